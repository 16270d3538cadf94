// @ts-check
/** What a reader keeps, as a file, and back. Pure: no page, no storage, no clock. */

import { isEmpty, parse } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** What our files are known by. */
const KIND = "7-certainties-export";

/** A file of ours is some 30 kB after a year. What is larger is not read at all. */
export const LARGEST = 1_000_000;

/** @param {State} state @param {string} date */
export const toJson = (state, date) => `${JSON.stringify({ kind: KIND, exported: date, kept: state }, null, 2)}\n`;

/**
 * Reads what may be any file.
 *
 * @param {string} text
 * @returns {{found: "good", state: State} | {found: "corrupt" | "wrong" | "newer" | "empty"}}
 */
export function fromJson(text) {
  let data;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, "")); // some editors put a mark before it
  } catch {
    return { found: "corrupt" };
  }
  if (data?.kind !== KIND) return { found: "wrong" };
  const { state, found } = parse(reread(data.kept));
  if (found === "corrupt") return { found: "wrong" };
  if (found === "newer") return { found };
  return isEmpty(state) ? { found: "empty" } : { found, state };
}

/** As text again, which is what `parse` takes; anything that is none becomes what it refuses. @param {unknown} kept */
function reread(kept) {
  try {
    return JSON.stringify(kept) ?? "";
  } catch {
    return ""; // nested too deep
  }
}
