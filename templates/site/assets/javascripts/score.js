// @ts-check
/**
 * What a set of answers means. Pure: no page, no storage, no clock.
 *
 * @typedef {{id: string, text: string}} Item
 * @typedef {{id: string, name: string}} Aspect
 * @typedef {{id: string, title: string, url: string, items: Item[]}} Certainty
 * @typedef {{language: string, aspects: Aspect[], certainties: Certainty[]}} Playbook
 * @typedef {Readonly<Record<string, string>>} Answers  "relations-idea" → "0" … "3", or "x" for “I don't know”
 * @typedef {{certainty: Certainty, levels: (string | undefined)[], sum: number, unknown: number, missing: number}} Part
 * @typedef {{parts: Part[], total: number, unknown: number, missing: number, questions: number}} Score
 */

export const UNKNOWN = "x";
export const CODES = ["0", "1", "2", "3", UNKNOWN];
export const HIGHEST = 3;

/** The questions in their one order: that of the form, the share link and the table. @param {Playbook} playbook */
export const keysOf = (playbook) =>
  playbook.certainties.flatMap(({ id }) => playbook.aspects.map((aspect) => `${id}-${aspect.id}`));

/** The most points that one certainty can have: 9. @param {Playbook} playbook */
export const mostOf = (playbook) => HIGHEST * playbook.aspects.length;

/**
 * Only answers to questions that we ask, and only in codes that we know.
 *
 * @param {Playbook} playbook @param {Answers} answers
 */
export function ownAnswers(playbook, answers) {
  /** @type {Record<string, string>} */
  const known = {};
  for (const key of keysOf(playbook)) {
    if (Object.hasOwn(answers, key) && CODES.includes(answers[key])) known[key] = answers[key];
  }
  return known;
}

/**
 * “I don't know” counts 0 and is counted apart; so does an answer that is missing.
 *
 * @param {Playbook} playbook @param {Answers} answers @returns {Score}
 */
export function score(playbook, answers) {
  const known = ownAnswers(playbook, answers);
  const parts = playbook.certainties.map((certainty) => {
    const levels = playbook.aspects.map(({ id }) => /** @type {string | undefined} */ (known[`${certainty.id}-${id}`]));
    return {
      certainty,
      levels,
      sum: add(levels.map(points)),
      unknown: levels.filter((level) => level === UNKNOWN).length,
      missing: levels.filter((level) => level === undefined).length,
    };
  });
  return {
    parts,
    total: add(parts.map(({ sum }) => sum)),
    unknown: add(parts.map(({ unknown }) => unknown)),
    missing: add(parts.map(({ missing }) => missing)),
    questions: keysOf(playbook).length,
  };
}

/** The points of one answer. @param {string | undefined} level */
export const points = (level) => (level === undefined || level === UNKNOWN ? 0 : Number(level));

/**
 * Weakest first: the lowest sum, then the lowest execution (the last aspect), then the playbook's order.
 *
 * @param {Score} scored
 */
export function weakestFirst({ parts }) {
  const execution = (/** @type {Part} */ part) => points(part.levels.at(-1));
  return [...parts].sort((one, other) => one.sum - other.sum || execution(one) - execution(other)); // sort is stable
}

/**
 * The first item that is neither done nor not applicable, in the weakest certainty that has one; null when none has.
 *
 * @param {Part[]} ranked @param {Readonly<Record<string, unknown>>} marked  items with a state: they are not open
 */
export function nextStep(ranked, marked) {
  for (const part of ranked) {
    const item = part.certainty.items.find(({ id }) => !Object.hasOwn(marked, id));
    if (item) return { part, item };
  }
  return null;
}

/** @param {number[]} numbers */
const add = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
