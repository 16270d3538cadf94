// @ts-check
/** A result in one sentence, made from the levels. Pure but for the words. */

import { mostOf, points, weakestFirst } from "./score.js";
import { list, words } from "./words.js";

/** @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Score} Score @typedef {import("./score.js").Part} Part */
/** @typedef {"improvising" | "underway" | "sure"} Band */

/** How many names stand in a sentence; more of them become a number. */
const NAMED = 3;

/**
 * How sure a certainty is: in thirds of what it can have.
 *
 * @param {Playbook} playbook @param {number} sum @returns {Band}
 */
export function bandOf(playbook, sum) {
  const most = mostOf(playbook);
  return sum <= most / 3 ? "improvising" : sum <= (2 * most) / 3 ? "underway" : "sure";
}

/**
 * What a finished result means: where one is sure and where not, and why not.
 *
 * @param {Playbook} playbook @param {Score} scored
 * @returns {{claim: string, reason: string}}  two parts of one text, which are read one after the other
 */
export function meaningOf(playbook, scored) {
  const ranked = weakestFirst(scored);
  const [weakest] = ranked;
  const of = (/** @type {Band} */ band) => ranked.filter(({ sum }) => bandOf(playbook, sum) === band);
  const begin = weakest.certainty.title;
  if (ranked.every(({ sum }) => sum === mostOf(playbook))) return { claim: words.meansFull, reason: words.meansFullReason };
  if (scored.unknown * 2 > scored.questions) {
    const claim = scored.unknown === scored.questions ? words.meansUnknown : words.meansUnknownMost;
    return { claim, reason: words.meansUnknownReason(begin) };
  }
  const [sure, level] = [of("sure"), ranked.filter(({ sum }) => sum === weakest.sum)];
  const reason = capital(reasonOf(playbook, weakest));
  const why = level.length > 1 ? words.meansBegin(begin, reasonOf(playbook, weakest)) : reason;
  if (level.length === ranked.length) {
    return { claim: weakest.sum ? words.meansLevel(weakest.sum, mostOf(playbook)) : words.meansNothing, reason: why };
  }
  const names = { sure: nameAll(sure.filter(({ sum }) => sum === ranked.at(-1)?.sum)), weak: nameAll(level) };
  if (sure.length === ranked.length) return { claim: words.meansAllSure(names.weak), reason: why };
  const improvises = bandOf(playbook, weakest.sum) === "improvising";
  if (!sure.length) return { claim: improvises ? words.meansImprovising(names.weak) : words.meansUnderway(names.weak), reason: why };
  return { claim: improvises ? words.meansBoth(names.sure, names.weak) : words.meansSure(names.sure, names.weak), reason: why };
}

/** The three levels of one certainty in words: no full stop is missing. @param {Playbook} playbook @param {Part} part */
function reasonOf({ aspects }, { levels, unknown }) {
  if (unknown === levels.length) return words.level_unknown;
  const parts = aspects.map(({ id }, place) => words[`level_${id}_${levels[place]}`]);
  const last = parts.pop() ?? "";
  const falls = levels.slice(0, -1).every((level) => points(level) - points(levels.at(-1)) >= 2);
  return `${falls ? words.meansBut(parts, last) : list([...parts, last])}.`;
}

/** @param {Part[]} parts */
const nameAll = (parts) =>
  parts.length > NAMED ? words.meansMany(parts.length) : list(parts.map(({ certainty }) => certainty.title));

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
