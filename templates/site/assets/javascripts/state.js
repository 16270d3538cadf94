// @ts-check
/**
 * What a reader keeps, as text and as values. Pure: no page, no storage, no clock.
 *
 * @typedef {{state: "done", date: string} | {state: "na", date: string}} Tick
 * @typedef {Readonly<Record<string, string>>} Answers  "relations-idea": "0" to "3", or "x" for “I don't know”
 * @typedef {Readonly<{date: string, answers: Answers}>} Snapshot
 * @typedef {Readonly<{
 *   version: number, items: Readonly<Record<string, Tick>>, answers: Answers, snapshots: readonly Snapshot[]
 * }>} State
 */

/**
 * The n-th turns data of version n into data of version n + 1; what is kept today has the version after the last.
 * Never change a step that readers have had: add one.
 *
 * @type {((data: any) => any)[]}
 */
const MIGRATIONS = [];

export const VERSION = MIGRATIONS.length + 1;

/** @type {State} */
export const EMPTY = freeze({ version: VERSION, items: {}, answers: {}, snapshots: [] });

const ITEM = /^[a-z]{1,20}-\d{1,4}$/;
const QUESTION = /^[a-z]{1,20}-[a-z]{1,20}$/;
const ANSWER = /^[0-3x]$/;

/**
 * Reads what was kept. Nothing (null) is an empty state; an entry that we do not understand is left out.
 *
 * @param {string | null} text
 * @returns {{state: State, found: "good" | "newer" | "corrupt"}}
 */
export function parse(text) {
  if (text === null) return { state: EMPTY, found: "good" };
  try {
    const data = JSON.parse(text);
    if (!isObject(data) || !Number.isInteger(data.version) || data.version < 1) throw new TypeError("no state");
    if (data.version > VERSION) return { state: EMPTY, found: "newer" };
    return { state: tidy(upgrade(data, MIGRATIONS)), found: "good" };
  } catch {
    return { state: EMPTY, found: "corrupt" };
  }
}

/**
 * Takes data of an older version to the newest, one step at a time.
 *
 * @param {any} data  has a version from 1 up to the number of migrations + 1
 * @param {((data: any) => any)[]} migrations
 */
export function upgrade(data, migrations) {
  return migrations
    .slice(data.version - 1)
    .reduce((older, migrate) => ({ ...migrate(older), version: older.version + 1 }), data);
}

/**
 * A state of what may be anything: the entries that we understand.
 *
 * @param {any} data
 * @returns {State}
 */
export function tidy(data) {
  const snapshots = /** @type {any[]} */ (Array.isArray(data.snapshots) ? data.snapshots : []);
  return freeze({
    version: VERSION,
    items: choose(data.items, ITEM, isTick, ({ state, date }) => ({ state, date })),
    answers: tidyAnswers(data.answers),
    snapshots: snapshots
      .filter((found) => isObject(found) && isDate(found.date) && isObject(found.answers))
      .map(({ date, answers }) => ({ date, answers: tidyAnswers(answers) })),
  });
}

/** @param {State} state */
export function isEmpty({ items, answers, snapshots }) {
  return [items, answers, snapshots].every((part) => Object.keys(part).length === 0);
}

/**
 * Undoes a change: every entry that is still as the change left it becomes as it was before. What somebody changed since,
 * here or in another tab, stays.
 *
 * @param {State} before @param {State} after @param {State} now
 * @returns {State}
 */
export function undone(before, after, now) {
  const days = (/** @type {State} */ { snapshots }) => Object.fromEntries(snapshots.map((snapshot) => [snapshot.date, snapshot]));
  return {
    ...now,
    items: back(before.items, after.items, now.items),
    answers: back(before.answers, after.answers, now.answers),
    snapshots: Object.values(back(days(before), days(after), days(now))),
  };
}

/**
 * @template T
 * @param {Readonly<Record<string, T>>} before @param {Readonly<Record<string, T>>} after
 * @param {Readonly<Record<string, T>>} now
 * @returns {Record<string, T>}
 */
function back(before, after, now) {
  const isLeft = (/** @type {string} */ key) => JSON.stringify(now[key]) === JSON.stringify(after[key]);
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  const entries = [...keys].map((key) => [key, isLeft(key) ? before[key] : now[key]]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** @param {any} found */
function tidyAnswers(found) {
  return choose(found, QUESTION, (answer) => typeof answer === "string" && ANSWER.test(answer), String);
}

/**
 * @param {any} record
 * @param {RegExp} key
 * @param {(value: any) => boolean} fits
 * @param {(value: any) => any} copy
 */
function choose(record, key, fits, copy) {
  if (!isObject(record)) return {};
  const entries = Object.entries(record).filter(([name, value]) => key.test(name) && fits(value));
  return Object.fromEntries(entries.map(([name, value]) => [name, copy(value)]));
}

/** @param {any} found */
function isTick(found) {
  return isObject(found) && (found.state === "done" || found.state === "na") && isDate(found.date);
}

/** @param {any} found  a day that exists, as 2026-11-23 */
function isDate(found) {
  if (typeof found !== "string" || !/^\d{4}-\d\d-\d\d$/.test(found)) return false;
  const day = new Date(`${found}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(found);
}

/** @param {any} found */
function isObject(found) {
  return typeof found === "object" && found !== null && !Array.isArray(found);
}

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
function freeze(value) {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
