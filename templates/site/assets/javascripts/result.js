// @ts-check
/** What the answers say: one sentence, one step to tick, and the seven with the weakest first. */

import { cells } from "./cells.js";
import { make, mark } from "./elements.js";
import { bandOf, meaningOf } from "./meaning.js";
import { HIGHEST, UNKNOWN, mostOf, score, weakestFirst } from "./score.js";
import { weekField } from "./week.js";
import { language, sayDay, words } from "./words.js";

/**
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Answers} Answers
 * @typedef {import("./score.js").Score} Score @typedef {import("./score.js").Part} Part
 * @typedef {{name: string, answers: Answers}} Other  what a result is compared with
 * @typedef {{playbook: Playbook, answers: Answers, shared: boolean, date: string | null, other: Other | undefined,
 *   state: import("./state.js").State}} Shown
 */

/** @param {Shown} shown @returns {import("./elements.js").Child[]} */
export function resultOf({ playbook, answers, shared, date, other, state }) {
  const scored = score(playbook, answers);
  const most = mostOf(playbook);
  const heading = (/** @type {import("./elements.js").Child[]} */ ...said) =>
    make("h2", { class: "result__says", id: "result-title", tabindex: -1 }, ...said);
  const meta = (/** @type {(string | false | null)[]} */ ...parts) =>
    make("p", { class: "result__meta" }, parts.filter(Boolean).join(" · "));
  const total = words.total(scored.total, most * scored.parts.length);
  if (scored.missing) {
    const why = shared ? words.sharedUnfinished : words.unfinished;
    const begun = scored.parts.filter(({ levels, missing }) => missing < levels.length);
    return [
      meta(shared && words.sharedResult),
      heading(words.soFar),
      make("p", { class: "result__unfinished" }, why(scored.missing, scored.questions)),
      bands(playbook, [{ title: "", parts: begun }], undefined),
    ];
  }
  const against = other && score(playbook, other.answers);
  const ranked = weakestFirst(scored);
  const { claim, reason } = meaningOf(playbook, scored);
  const of = (/** @type {import("./meaning.js").Band} */ band) => ({
    title: scored.unknown === scored.questions ? words.inDoubt : words[band],
    parts: ranked.filter(({ sum }) => bandOf(playbook, sum) === band),
  });
  return [
    meta(shared ? words.sharedResult : words.result, date && sayDay(date), total),
    heading(claim, " ", make("span", { class: "result__why" }, reason)),
    !shared && weekField(playbook, state, answers, "h3"),
    make("h3", { class: "result__seven" }, words.seven),
    make("p", { class: "result__legend" }, words.nineCells, scored.unknown > 0 && ` ${words.unknowns(scored.unknown)}`),
    against && other && make("p", { class: "result__change" }, changeOf(scored, against, other.name, shared)),
    bands(playbook, [of("improvising"), of("underway"), of("sure")], against, ranked[0]),
    make("p", { class: "result__caveat" }, words.caveat),
  ];
}

/**
 * The certainties in their bands; what a band has none of is not there.
 *
 * @param {Playbook} playbook @param {{title: string, parts: Part[]}[]} groups @param {Score | undefined} against
 * @param {Part} [turn]  whose turn it is
 */
function bands(playbook, groups, against, turn) {
  const most = mostOf(playbook);
  return make(
    "div",
    { class: "bands" },
    ...groups
      .filter(({ parts }) => parts.length > 0)
      .map(({ title, parts }) =>
        make(
          "section",
          { class: "band" },
          make(
            "div",
            { class: "band__head" },
            title && make("h4", {}, title),
            make("p", { class: "band__aspects", "aria-hidden": "true" }, ...playbook.aspects.map(({ name }) => make("span", {}, name))),
          ),
          make("ol", { class: "band__rows" }, ...parts.map((part) => row(playbook, part, most, against, part === turn))),
        ),
      ),
  );
}

/**
 * @param {Playbook} playbook @param {Part} part @param {number} most @param {Score | undefined} against
 * @param {boolean} isTurn
 */
function row(playbook, { certainty, levels, sum, missing }, most, against, isTurn) {
  const before = against?.parts.find((part) => part.certainty.id === certainty.id);
  const told = playbook.aspects.map(({ name }, place) => words.levelOf(name, sayLevel(levels[place])));
  return make(
    "li",
    { class: isTurn ? "band__row turn" : "band__row", "data-certainty": certainty.id },
    mark(certainty.id, { width: 32, height: 32 }),
    make("a", { class: "band__name", href: certainty.url }, certainty.title),
    make("span", { class: "said" }, ` ${told.join(", ").toLocaleLowerCase(language)}. `),
    cells(levels, before?.levels),
    make("span", { class: "band__sum" }, make("b", {}, String(sum)), " ", words.ofNine(missing ? HIGHEST * (levels.length - missing) : most)),
    before && before.sum !== sum && make("span", { class: "band__change" }, signed(sum - before.sum)),
  );
}

/** @param {string | undefined} level */
const sayLevel = (level) => (level === undefined ? words.notAnswered : level === UNKNOWN ? words.unknown : words.ofMost(Number(level), HIGHEST));

/**
 * What changed: the sum, and each certainty that moved.
 *
 * @param {Score} scored @param {Score} against @param {string} name @param {boolean} shared
 */
function changeOf(scored, against, name, shared) {
  const moved = scored.parts.flatMap(({ certainty, sum }, place) => {
    const change = sum - against.parts[place].sum;
    return change ? [`${certainty.title} ${signed(change)}`] : [];
  });
  const change = scored.total === against.total ? words.same : signed(scored.total - against.total);
  const whole = shared
    ? words.compared(change, against.total, scored.total)
    : words.change(name, change, against.total, scored.total);
  return moved.length ? `${whole} ${moved.join(", ")}.` : whole;
}

/** A change, which says which way it goes. @param {number} number */
const signed = (number) => (number > 0 ? `+${number}` : number < 0 ? `−${-number}` : "0");
