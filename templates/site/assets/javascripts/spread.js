// @ts-check
/**
 * How far a team is apart, and what that means. Pure: no page, no storage, no clock.
 *
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Certainty} Certainty
 * @typedef {import("./state.js").Member} Member
 * @typedef {{name: string, place: number, sum: number, unknown: number}} Given  the score of a member, and the member's place
 * @typedef {{certainty: Certainty, scores: Given[], absent: string[], lowest: number, highest: number, spread: number}} Row
 *   `absent`: who did not answer every question of it
 * @typedef {"alone" | "equal" | "low" | "high" | "close" | "mixed" | "apart"} Kind
 * @typedef {{kind: Kind, agree: Row[], differ: Row[], far: boolean}} Meaning  `far`: they see it very differently
 */

import { mostOf, score } from "./score.js";

/** A spread in points from which a team sees something very differently. */
const FAR = 5;

/**
 * A row for each certainty, the widest spread first; then the one that the team as a whole scores lowest, then the
 * playbook's order.
 *
 * @param {Playbook} playbook @param {readonly Member[]} members
 * @returns {Row[]}
 */
export function spreadOf(playbook, members) {
  const scored = members.map(({ answers }) => score(playbook, answers).parts);
  const rows = playbook.certainties.map((certainty, number) => {
    const scores = members
      .map(({ name }, place) => ({ name, place, ...scored[place][number] }))
      .filter(({ missing }) => !missing)
      .map(({ name, place, sum, unknown }) => ({ name, place, sum, unknown }));
    const sums = scores.map(({ sum }) => sum);
    const [lowest, highest] = sums.length ? [Math.min(...sums), Math.max(...sums)] : [0, 0];
    const absent = members.filter((_, place) => scored[place][number].missing).map(({ name }) => name);
    return { certainty, scores, absent, lowest, highest, spread: highest - lowest };
  });
  const mean = (/** @type {Row} */ { scores }) => scores.reduce((sum, given) => sum + given.sum, 0) / (scores.length || 1);
  return rows.sort((one, other) => other.spread - one.spread || mean(one) - mean(other)); // sort is stable
}

/** Who gave a score. @param {Row} row @param {number} sum */
export function whoGave({ scores }, sum) {
  return { names: scores.filter((given) => given.sum === sum).map(({ name }) => name), sum };
}

/**
 * What the rows say together. A certainty that fewer than two have answered says nothing.
 *
 * @param {Playbook} playbook @param {readonly Row[]} rows  the widest first
 * @returns {Meaning}
 */
export function meaningOf(playbook, rows) {
  const compared = rows.filter(({ scores }) => scores.length > 1);
  if (compared.length === 0) return { kind: "alone", agree: [], differ: [], far: false };
  const most = mostOf(playbook);
  const [widest, closest] = [compared[0].spread, compared[compared.length - 1].spread];
  const agree = closest <= 1 ? compared.filter(({ spread }) => spread === closest) : [];
  const differ = compared.filter(({ spread }) => spread === widest);
  const all = { agree, differ, far: widest >= FAR };
  if (widest === 0) return { kind: "equal", ...all };
  if (compared.every(({ highest }) => 3 * highest <= most)) return { kind: "low", ...all };
  if (compared.every(({ lowest }) => 3 * lowest > 2 * most)) return { kind: "high", ...all };
  if (widest === 1) return { kind: "close", ...all };
  return { kind: agree.length ? "mixed" : "apart", ...all };
}

/**
 * One letter for each name; two where names begin alike; a letter and a number where those are alike, too.
 *
 * @param {readonly string[]} names
 */
export function initialsOf(names) {
  const forms = names.map((name) => {
    const parts = name.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
    const [first, last] = [[...parts[0]], [...parts[parts.length - 1]]];
    const letter = first[0].toUpperCase();
    const second = parts.length > 1 ? last[0].toUpperCase() : (first[1] ?? "").toLowerCase();
    return [letter, letter + second];
  });
  const isAlone = (/** @type {number} */ form, /** @type {string} */ initials) =>
    forms.filter((one) => one[form] === initials).length === 1;
  return forms.map(([one, two], place) => {
    if (isAlone(0, one)) return one;
    if (isAlone(1, two)) return two;
    return `${one}${forms.slice(0, place + 1).filter((form) => form[0] === one).length}`;
  });
}
