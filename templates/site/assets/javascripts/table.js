// @ts-check
/** The result in figures. */

import { make } from "./elements.js";
import { UNKNOWN, score } from "./score.js";
import { words } from "./words.js";

/**
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Score} Score
 * @typedef {import("./score.js").Part} Part
 */

/**
 * @param {Playbook} playbook @param {Part[]} parts @param {Score} scored @param {number} most
 * @param {{name: string, score: Score} | undefined} against
 */
export function table(playbook, parts, scored, most, against) {
  const caption = scored.missing ? words.tableSoFar : words.table;
  const column = (/** @type {string} */ text) => make("th", { scope: "col" }, text);
  const number = (/** @type {string | number} */ text) => make("td", {}, String(text));
  const rows = parts.map(({ certainty, levels, sum }) => {
    const before = against?.score.parts.find((part) => part.certainty.id === certainty.id);
    const name = make("th", { scope: "row" }, make("a", { href: certainty.url }, certainty.title));
    return make("tr", {}, name, ...levels.map(levelCell), number(sum), before && number(signed(sum - before.sum)));
  });
  const sums = playbook.aspects.map((_, place) => number(score(playbook, onlyAspect(playbook, parts, place)).total));
  const difference = against && number(signed(scored.total - against.score.total));
  const head = [words.certainty, ...playbook.aspects.map(({ name }) => name), `${words.sum} (0–${most})`];
  const all = make("tr", {}, make("th", { scope: "row" }, words.all), ...sums, number(scored.total), difference);
  return make(
    "div",
    { class: "result__table", role: "region", "aria-label": caption, tabindex: 0 }, // it scrolls when text is large
    make(
      "table",
      { class: "scores" },
      make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...head.map(column), against && column(words.difference))),
      make("tbody", {}, ...rows),
      make("tfoot", {}, all),
    ),
  );
}

/** @param {Playbook} playbook @param {Part[]} parts @param {number} place */
function onlyAspect({ aspects }, parts, place) {
  const { id } = aspects[place];
  return Object.fromEntries(parts.map(({ certainty, levels }) => [`${certainty.id}-${id}`, levels[place] ?? ""]));
}

/** @param {string | undefined} level */
function levelCell(level) {
  if (level !== UNKNOWN && level !== undefined) return make("td", {}, level);
  const [sign, text] = level === UNKNOWN ? ["?", words.unknown] : ["–", words.notAnswered];
  return make("td", {}, make("abbr", { title: text, class: "scores__none" }, sign));
}

/** A change, which says which way it goes. @param {number} number */
export const signed = (number) => (number > 0 ? `+${number}` : number < 0 ? `−${-number}` : "0");
