// @ts-check
/**
 * Finds pages: asks Pagefind, which knows the endings of a language and folds accents, and adds what it does not know: what
 * else a word is called, and a slip of one letter. Fetches the index with the first question.
 */
import { language, root } from "./words.js";

/** @typedef {{url: string, title: string, byline: string, heading: string, excerpt: string}} Found  excerpt: HTML of Pagefind */
/** @typedef {{number: number, instead: string, show: (from: number, to: number) => Promise<Found[]>}} Answer */
/** @typedef {{synonyms: Record<string, string[]>, words: string[]}} Knowledge */

const FOLDER = new URL("pagefind/", root);
const WORDS_OF_EXCERPT = 18;

/** @type {Promise<{pagefind: any, knowledge: Knowledge}> | undefined} */
let opened;

/** Fetches what is needed to search; again, when that has failed. */
export function open() {
  opened ??= fetchAll().catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

async function fetchAll() {
  const [pagefind, knowledge] = await Promise.all([
    import(new URL("pagefind.js", FOLDER).href),
    fetch(new URL(`${language}.json`, FOLDER)).then((response) => response.json()),
  ]);
  await pagefind.options({ excerptLength: WORDS_OF_EXCERPT });
  await pagefind.init();
  return { pagefind, knowledge };
}

/**
 * The pages with all words of a question, the best one first. `instead` is what was searched for when nothing has what
 * somebody typed: what our pages call it, or the same without a slip and without words that occur nowhere.
 *
 * @param {string} question @returns {Promise<Answer>}
 */
export async function find(question) {
  const { pagefind, knowledge } = await open();
  const typed = question.trim().split(/\s+/).join(" ");
  const known = await knowAll(typed, pagefind, knowledge);
  const other = [typed, known].map((text) => rephrase(text, knowledge.synonyms)).find((texts) => texts.length) ?? [];
  const tries = known === typed ? [typed, ...other] : other.length ? other : [known];
  const found = new Map();
  for (const words of tries.filter(Boolean)) {
    for (const result of (await pagefind.search(words)).results) if (!found.has(result.id)) found.set(result.id, result);
  }
  const results = await rank([...found.values()], tries[0] ?? "");
  return {
    number: results.length,
    instead: tries[0] === typed ? "" : tries.join(", "),
    show: async (from, to) =>
      (await Promise.all(results.slice(from, to).map((result) => result.data().then(choose, () => [])))).flat(),
  };
}

const RANKED = 20;
/** The part of a word that each of its forms has at least: “kort” is no form of “korting”, though their stem is the same. */
const SHORTEST_FORM = 0.6;

/**
 * Puts those of the first results last that only have much shorter words than what was typed.
 *
 * @param {any[]} results @param {string} question
 */
async function rank(results, question) {
  const length = Math.min(...question.split(" ").map((word) => fold(word).length)) * SHORTEST_FORM;
  const isForm = (/** @type {string[]} */ [, word]) => fold(word).length >= length;
  const first = await Promise.all(
    results.slice(0, RANKED).map(async (result) => {
      const { excerpt, sub_results: parts } = await result.data().catch(() => ({ excerpt: "", sub_results: [] }));
      const marked = [excerpt, ...parts.map((/** @type {any} */ part) => part.excerpt)].join(" ");
      return { result, good: Number([...marked.matchAll(/<mark>(.*?)<\/mark>/g)].some(isForm)) };
    }),
  );
  first.sort((one, other) => other.good - one.good);
  return [...first.map(({ result }) => result), ...results.slice(RANKED)];
}

/**
 * The question with the words that occur; one that does not is replaced by the commonest one that is a slip away, or left
 * out. Pagefind itself would cut a word that it does not know until it knows the rest, be it one letter.
 *
 * @param {string} question @param {any} pagefind @param {Knowledge} knowledge
 */
async function knowAll(question, pagefind, { synonyms, words: own }) {
  const all = [...own, ...Object.keys(synonyms)];
  const folded = all.map(fold);
  const onPages = folded.slice(0, own.length);
  const known = await Promise.all(
    question.split(" ").map(async (typed) => {
      const word = fold(typed);
      // What is quoted is found in all its forms, but not in part.
      const occurs = onPages.some((one) => one.startsWith(word)) || (await pagefind.search(`"${word}"`)).results.length;
      return occurs ? typed : word.length < 4 ? "" : all[folded.findIndex((one) => one !== word && isSlip(word, one))];
    }),
  );
  return known.filter(Boolean).join(" ");
}

/** The question in the words of our pages. @param {string} question @param {Record<string, string[]>} synonyms */
export function rephrase(question, synonyms) {
  const text = ` ${fold(question).split(/\s+/).join(" ")} `;
  return Object.entries(synonyms).flatMap(([typed, meant]) =>
    text.includes(` ${fold(typed)} `) ? meant.map((word) => text.replace(` ${fold(typed)} `, ` ${word} `).trim()) : [],
  );
}

/** Whether two words differ by one letter: another one, one too many or too few, or two that changed places. */
export function isSlip(/** @type {string} */ one, /** @type {string} */ other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  const most = Math.min(one.length, other.length) - start;
  while (end < most && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

/** In small letters, without accents and signs. @param {string} text */
const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[^\p{L}\p{N}\s]/gu, "").trim();

/** The part of a page that answers best. @returns {Found[]} */
function choose(/** @type {any} */ { url, meta, excerpt, sub_results: parts }) {
  const weigh = (/** @type {any} */ part) =>
    part.weighted_locations.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.balanced_score, 0);
  const best = [...parts].sort((one, other) => weigh(other) - weigh(one))[0];
  // The parts of a letter are called the same in each.
  const heading = best && !meta.byline && !best.url.endsWith("#__title") && best.title !== meta.title ? best.title : "";
  return [
    {
      url: heading ? best.url : url,
      title: meta.title,
      byline: meta.byline ?? "",
      heading,
      excerpt: best?.excerpt ?? excerpt,
    },
  ];
}
