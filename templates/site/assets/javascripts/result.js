// @ts-check
/** What the answers say: the weakest certainty first and one next step; then the pictures and the figures. */

import { make, mark } from "./elements.js";
import { bars, radar } from "./radar.js";
import { mostOf, nextStep, score, weakestFirst } from "./score.js";
import { signed, table } from "./table.js";
import { sayDay, words } from "./words.js";

/**
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Answers} Answers
 * @typedef {import("./score.js").Score} Score @typedef {import("./score.js").Part} Part
 * @typedef {{name: string, answers: Answers}} Other  what a result is compared with
 * @typedef {{playbook: Playbook, answers: Answers, shared: boolean, date: string | null, other: Other | undefined,
 *   marked: Readonly<Record<string, unknown>>}} Shown
 */

/** @param {Shown} shown @returns {import("./elements.js").Child[]} */
export function resultOf({ playbook, answers, shared, date, other, marked }) {
  const scored = score(playbook, answers);
  const most = mostOf(playbook);
  const against = other && { name: other.name, score: score(playbook, other.answers) };
  const ranked = weakestFirst(scored);
  const heading = (/** @type {string} */ text) => make("h2", { id: "result-title", tabindex: -1 }, text);
  if (scored.missing) {
    const why = shared ? words.sharedUnfinished : words.unfinished;
    return [
      heading(shared ? words.sharedResult : words.soFar),
      shared && make("p", {}, words.sharedExplained),
      make("p", { class: "result__unfinished" }, why(scored.missing, scored.questions)),
      table(playbook, scored.parts, scored, most, undefined),
    ];
  }
  return [
    heading(shared ? words.sharedResult : words.result),
    shared && make("p", {}, words.sharedExplained),
    weakestOf(ranked, most, shared),
    !shared && stepOf(ranked, marked),
    make(
      "p",
      { class: "result__total" },
      [date && sayDay(date), words.total(scored.total, most * scored.parts.length)].filter(Boolean).join(" · "),
    ),
    against && make("p", { class: "result__change" }, changeOf(scored, against, shared)),
    scored.unknown > 0 && make("p", { class: "result__unknown" }, words.unknowns(scored.unknown)),
    make("div", { class: "result__figures" }, radar(scored, most, against), bars(scored, most, against)),
    legend(scored, against),
    table(playbook, ranked, scored, most, against),
    make("p", { class: "result__caveat" }, words.caveat),
  ];
}

/** @param {Part[]} ranked @param {number} most @param {boolean} shared */
function weakestOf(ranked, most, shared) {
  const [{ certainty, sum }] = ranked;
  const tied = ranked.slice(1).filter((part) => part.sum === sum);
  return make(
    "div",
    { class: "result__weakest" },
    mark(certainty.id, { width: 64, height: 64 }),
    make(
      "p",
      {},
      make("span", { class: "result__label" }, shared ? words.sharedWeakest : words.weakest),
      " ",
      make("a", { class: "result__name", href: certainty.url }, certainty.title),
      " ",
      make("span", { class: "result__sum" }, words.ofMost(sum, most)),
    ),
    tied.length > 0 && make("p", { class: "result__tied" }, words.tied(tied.map((part) => part.certainty.title))),
  );
}

/** @param {Part[]} ranked @param {Readonly<Record<string, unknown>>} marked */
function stepOf(ranked, marked) {
  const [weakest] = ranked;
  const step = nextStep(ranked, marked);
  const title = weakest.certainty.title;
  return make(
    "div",
    { class: "result__step" },
    make("h3", {}, words.nextStep),
    step && step.part !== weakest && make("p", {}, words.listDone(title, step.part.certainty.title)),
    step
      ? make("p", {}, make("a", { href: `${step.part.certainty.url}#${step.item.id}` }, step.item.text))
      : make("p", {}, words.allDone, " ", make("a", { href: weakest.certainty.url }, words.openPage(title))),
  );
}

/** @param {Score} scored @param {{name: string, score: Score}} against @param {boolean} shared */
function changeOf({ total }, against, shared) {
  const change = total === against.score.total ? words.same : signed(total - against.score.total);
  return shared
    ? words.compared(change, against.score.total, total)
    : words.change(against.name, change, against.score.total, total);
}

/** @param {Score} scored @param {{name: string} | undefined} against */
function legend({ unknown }, against) {
  const entry = (/** @type {string} */ kind, /** @type {string} */ text) =>
    make("li", { class: `legend__entry legend__entry--${kind}` }, text);
  if (!against && !unknown) return null;
  return make(
    "ul",
    { class: "legend" },
    entry("now", words.legendNow),
    against && entry("then", words.against(against.name)),
    unknown > 0 && entry("unknown", words.legendUnknown),
  );
}
