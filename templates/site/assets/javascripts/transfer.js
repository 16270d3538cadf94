// @ts-check
/** What a reader keeps or has found, as a file, and back. Pure: no page, no storage, no clock. */

import { UNKNOWN, nextStep, score, weakestFirst } from "./score.js";
import { isEmpty, parse } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {typeof import("./words.js").words} Words */

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

/**
 * A finished result to paste into a document.
 *
 * @param {{playbook: import("./score.js").Playbook, answers: import("./score.js").Answers, day: string, base: string,
 *   marked: Readonly<Record<string, unknown>>, most: number, words: Words}} result  `base` is the page's address
 */
export function toMarkdown({ playbook, answers, day, base, marked, most, words }) {
  const scored = score(playbook, answers);
  const ranked = weakestFirst(scored);
  const [weakest] = ranked;
  const { title } = weakest.certainty;
  const step = nextStep(ranked, marked);
  const link = (/** @type {string} */ text, /** @type {string} */ url) => `[${text}](${new URL(url, base).href})`;
  const row = (/** @type {(string | number)[]} */ cells) => `| ${cells.map(plain).join(" | ")} |`;
  const heads = [words.certainty, ...playbook.aspects.map(({ name }) => name), `${words.sum} (0–${most})`];
  const level = (/** @type {string | undefined} */ code) => (code === UNKNOWN ? "?" : (code ?? "–"));
  return [
    `# ${words.result}`,
    `${day} · ${words.total(scored.total, most * scored.parts.length)}`,
    `**${words.weakest}: ${link(title, weakest.certainty.url)}** (${words.ofMost(weakest.sum, most)})`,
    ...(step
      ? [
          ...(step.part === weakest ? [] : [words.listDone(title, step.part.certainty.title)]),
          `## ${words.nextStep}`,
          `- [ ] ${link(step.item.text, `${step.part.certainty.url}#${step.item.id}`)}`,
        ]
      : [words.allDone]),
    [
      row(heads),
      row(heads.map((_, place) => (place ? "--:" : "---"))),
      ...ranked.map(({ certainty, levels, sum }) => row([certainty.title, ...levels.map(level), sum])),
    ].join("\n"),
    ...(scored.unknown ? [`? = ${words.unknown}`] : []),
    `${words.caveat}\n`,
  ].join("\n\n");
}

/** Text that cannot end a cell. @param {string | number} text */
const plain = (text) => String(text).replaceAll("|", "\\|");
