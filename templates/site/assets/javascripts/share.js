// @ts-check
/**
 * A result as a link: `#r=1.` and one character for every question, in the playbook's order. Pure.
 *
 * What follows the # is never sent to a server. A link is read as a stranger's letter: it is exactly what we write, or
 * it is refused whole; nothing in it can become anything but one of these six characters.
 */

import { CODES } from "./score.js";

const BEGIN = "#r=";
const VERSION = "1";
const OPEN = "-"; // a question without an answer
const ENDS = /[.,;:!?)\]>'"’”]+$/;

/**
 * @param {readonly string[]} keys @param {import("./score.js").Answers} answers
 * @returns {string} the fragment, with its #
 */
export function encode(keys, answers) {
  const codes = keys.map((key) => (Object.hasOwn(answers, key) && CODES.includes(answers[key]) ? answers[key] : OPEN));
  return `${BEGIN}${VERSION}.${codes.join("")}`;
}

/**
 * What a fragment holds: `none` is no result at all (a link to a heading), `bad` is one that we cannot read.
 *
 * @param {readonly string[]} keys @param {string} fragment
 * @returns {{kind: "none"} | {kind: "bad"} | {kind: "shared", answers: Record<string, string>}}
 */
export function decode(keys, fragment) {
  if (!fragment.startsWith(BEGIN)) return { kind: "none" };
  // In a text a link ends where a sentence does, and some programs take that along.
  const [version, codes, ...more] = fragment.slice(BEGIN.length).replace(ENDS, "").split(".");
  if (version !== VERSION || codes === undefined || more.length || codes.length !== keys.length) return { kind: "bad" };
  /** @type {Record<string, string>} */
  const answers = {};
  for (const [place, key] of keys.entries()) {
    const code = codes[place];
    if (CODES.includes(code)) answers[key] = code;
    else if (code !== OPEN) return { kind: "bad" };
  }
  return Object.keys(answers).length ? { kind: "shared", answers } : { kind: "bad" };
}
