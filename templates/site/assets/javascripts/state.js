// @ts-check
/**
 * What a reader keeps, as text and as values. Pure: no page, no storage, no clock.
 *
 * @typedef {{state: "done", date: string} | {state: "na", date: string}} Tick
 * @typedef {Readonly<Record<string, string>>} Answers  "relations-idea": "0" to "3", or "x" for “I don't know”
 * @typedef {Readonly<{date: string, answers: Answers}>} Snapshot
 * @typedef {Readonly<{owner: string, text: string}>} Note  of an item: who does it, and whatever else; one of them at least
 * @typedef {Readonly<{name: string, answers: Answers}>} Member
 * @typedef {Readonly<{action: string, owner: string, date: string}>} Deal  what a team agreed on; `date` may be empty
 * @typedef {Readonly<{members: readonly Member[], deal: Deal}>} Team
 * @typedef {Readonly<{
 *   version: number, items: Readonly<Record<string, Tick>>, answers: Answers, snapshots: readonly Snapshot[],
 *   log: Readonly<Record<string, readonly string[]>>, notes: Readonly<Record<string, Note>>, team: Team,
 *   asked: string
 * }>} State  `asked`: the day on which the letter was asked for, or empty; `log`: the days on which an item was done, oldest first; it survives when a week begins again
 */

/**
 * The n-th turns data of version n into data of version n + 1; what is kept today has the version after the last.
 * Never change a step that readers have had: add one.
 *
 * @type {((data: any) => any)[]}
 */
const MIGRATIONS = [
  // 2: a log of what was done, which begins with the ticks that are there; notes; the results of a team.
  (data) => ({ ...data, log: logOf(data.items) }),
];

export const VERSION = MIGRATIONS.length + 1;

/** @type {State} */
export const EMPTY = freeze({
  version: VERSION,
  items: {},
  answers: {},
  snapshots: [],
  log: {},
  notes: {},
  team: { members: [], deal: { action: "", owner: "", date: "" } },
  asked: "",
});

/** How long a text may be, in characters; the fields of the pages have the same limits. */
export const LONGEST = { name: 40, owner: 60, text: 500, action: 200 };

/** How many results a team has at most. */
export const LARGEST_TEAM = 8;

/** More than a year of an item every week. */
const LOGGED = 60;

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
    log: choose(data.log, ITEM, (days) => tidyDays(days).length > 0, tidyDays),
    notes: choose(data.notes, ITEM, (note) => isObject(note) && Boolean(tidyNote(note).owner || tidyNote(note).text), tidyNote),
    team: tidyTeam(data.team),
    asked: isDate(data.asked) ? data.asked : "",
  });
}

/** @param {State} state */
export function isEmpty({ items, answers, snapshots, log, notes, team, asked }) {
  const lists = [items, answers, snapshots, log, notes, team.members];
  return lists.every((part) => Object.keys(part).length === 0) && !Object.values(team.deal).some(Boolean) && !asked;
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
    log: back(before.log, after.log, now.log),
    notes: back(before.notes, after.notes, now.notes),
    ...back({ asked: before.asked }, { asked: after.asked }, { asked: now.asked }),
    team: /** @type {any} */ (back(before.team, after.team, now.team)), // members and deal each: what was agreed since stays
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

/** The days of the ticks of version 1, which had no log. @param {any} items */
function logOf(items) {
  return choose(items, ITEM, (tick) => isTick(tick) && tick.state === "done", ({ date }) => [date]);
}

/** @param {any} found */
function tidyDays(found) {
  return Array.isArray(found) ? [...new Set(found.filter(isDate))].sort().slice(-LOGGED) : [];
}

/** @param {any} note */
const tidyNote = ({ owner, text }) => ({ owner: tidyText(owner, LONGEST.owner), text: tidyText(text, LONGEST.text) });

/** @param {any} found @returns {Team} */
function tidyTeam(found) {
  const { members, deal } = isObject(found) ? found : EMPTY.team;
  const { action, owner, date } = isObject(deal) ? deal : EMPTY.team.deal;
  return {
    members: /** @type {any[]} */ (Array.isArray(members) ? members : [])
      .filter((member) => isObject(member) && tidyText(member.name, LONGEST.name))
      .map(({ name, answers }) => ({ name: tidyText(name, LONGEST.name), answers: tidyAnswers(answers) }))
      .slice(0, LARGEST_TEAM),
    deal: {
      action: tidyText(action, LONGEST.action),
      owner: tidyText(owner, LONGEST.owner),
      date: isDate(date) ? date : "",
    },
  };
}

/** Text of a person: no characters that control anything, and not longer than may be. @param {any} found @param {number} longest */
function tidyText(found, longest) {
  if (typeof found !== "string") return "";
  const characters = [...found.replace(/\p{Cc}+/gu, " ").trim()];
  return characters.slice(0, longest).join("").trimEnd();
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
