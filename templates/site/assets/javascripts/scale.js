// @ts-check
/** How far a team is apart: for each certainty the line from 0 to 9, with everybody on it, and what it says. */

import { make, mark } from "./elements.js";
import { mostOf } from "./score.js";
import { initialsOf, whoGave } from "./spread.js";
import { words } from "./words.js";

/** @typedef {import("./spread.js").Row} Row */

/** More than this many at one score are drawn smaller. */
const APART = 3;

/**
 * A member on the line and in the legend; the name stands beside it.
 *
 * @param {string} initials @param {string | false} [kind]
 */
export const coin = (initials, kind) =>
  make(
    "span",
    { class: classes("coin", kind && `coin--${kind}`, initials.length > 1 && "coin--two"), "aria-hidden": "true" },
    initials,
  );

/** @param {(string | false | undefined)[]} names */
const classes = (...names) => names.filter(Boolean).join(" ");

/**
 * @param {import("./score.js").Playbook} playbook @param {readonly import("./state.js").Member[]} members
 * @param {readonly Row[]} rows  the widest spread first
 */
export function rowsOf(playbook, members, rows) {
  const most = mostOf(playbook);
  const initials = initialsOf(members.map(({ name }) => name));
  return rows.map((row, place) => {
    const { certainty, spread } = row;
    const first = place === 0 && spread > 0;
    return make(
      "li",
      { class: first ? "team__row team__row--first" : "team__row" },
      make(
        "div",
        { class: "team__head" },
        mark(certainty.id),
        make("h3", {}, make("a", { href: certainty.url }, certainty.title)),
        make("span", { class: "team__spread" }, words.teamSpread(spread)),
      ),
      line(row, most, initials),
      make("p", { class: "team__line" }, sayRow(row, first)),
    );
  });
}

/** @param {Row} row @param {boolean} first */
function sayRow(row, first) {
  const { lowest, highest, spread, scores, absent } = row;
  const [low, high] = [whoGave(row, lowest), whoGave(row, highest)];
  const unknown = scores.filter((given) => given.unknown > 0);
  const ends = first ? words.teamBegin(low, high) : words.teamEnds(low, high);
  return [
    scores.length > 0 && (spread === 0 ? words.teamSame(lowest) : ends),
    unknown.length > 0 && words.teamUnknown(unknown),
    absent.length > 0 && words.teamAbsent(absent),
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * The scores from 0 to 9 with everybody on them; the line is as long as the spread.
 *
 * @param {Row} row @param {number} most @param {readonly string[]} initials
 */
function line({ certainty, scores, lowest, highest, spread }, most, initials) {
  const said = scores.map(({ name, sum, unknown }) => make("li", {}, words.scoreOf(name, sum, most, unknown)));
  const stacks = Array.from({ length: most + 1 }, (_, sum) => {
    const here = scores.filter((given) => given.sum === sum);
    const end = here.length > 0 && (sum === lowest || sum === highest);
    return make(
      "span",
      { class: classes("scale__place", end && "scale__place--end", here.length > APART && "scale__place--many") },
      make(
        "span",
        { class: "scale__coins" },
        ...here.map(({ place, unknown }) => coin(initials[place], unknown > 0 ? "unknown" : end && spread > 0 && "end")),
      ),
      make("span", { class: "scale__number" }, end || sum === 0 || sum === most ? String(sum) : "\u00a0"),
    );
  });
  const range = make("span", { class: "scale__range" });
  range.style.setProperty("--from", String(lowest));
  range.style.setProperty("--spread", String(spread));
  return make(
    "div",
    { class: "scale" },
    make("ul", { class: "said", "aria-label": words.teamScores(certainty.title, most) }, ...said),
    make("div", { class: "scale__drawn", "aria-hidden": "true" }, scores.length > 0 && range, ...stacks),
  );
}
