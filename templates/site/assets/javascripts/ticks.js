// @ts-check
/**
 * What a tick does to a state. Pure: no page, no storage, no clock.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {"open" | "done" | "na"} Mark
 */
import { mondayOf } from "./days.js";
import { EMPTY } from "./state.js";

/** @param {State} state @param {string} id @returns {Mark} */
export function markOf(state, id) {
  return Object.hasOwn(state.items, id) ? state.items[id].state : "open";
}

/**
 * @param {State} state @param {string} id
 * @returns {string} when it was marked, as 2026-11-23; of an open item, nothing
 */
export function dateOf(state, id) {
  return Object.hasOwn(state.items, id) ? state.items[id].date : "";
}

/** The first open item of a list; nothing when none is. @param {State} state @param {readonly string[]} ids */
export const nextOf = (state, ids) => ids.find((id) => markOf(state, id) === "open");

/**
 * @param {State} state @param {string} id
 * @returns {string} the last day on which it was done before the tick that it has; nothing if it never was
 */
export function earlierOf(state, id) {
  const days = Object.hasOwn(state.log, id) ? state.log[id] : [];
  return days.findLast((day) => markOf(state, id) !== "done" || day !== dateOf(state, id)) ?? "";
}

/** @param {State} state @param {string} id @returns {import("./state.js").Note} of an item without one, an empty one */
export function noteOf(state, id) {
  return Object.hasOwn(state.notes, id) ? state.notes[id] : { owner: "", text: "" };
}

/**
 * Whoever takes a tick away says that it was not done: its day goes from the log, too.
 *
 * @param {State} state @param {string} id @param {Mark} mark @param {string} date  as 2026-11-23
 * @returns {State}
 */
export function markItem(state, id, mark, date) {
  const { [id]: tick, ...others } = state.items;
  const { [id]: days = [], ...otherDays } = state.log;
  const before = days.filter((day) => tick?.state !== "done" || day !== tick.date);
  return {
    ...state,
    items: mark === "open" ? others : { ...others, [id]: { state: mark, date } },
    log: { ...otherDays, [id]: mark === "done" ? [...before, date] : before },
  };
}

/**
 * Opens the items that were done; what does not apply today does not apply next week. The log keeps what was done.
 *
 * @param {State} state @param {readonly string[]} ids
 * @returns {State}
 */
export function startAgain(state, ids) {
  const kept = Object.entries(state.items).filter(([id, tick]) => tick.state !== "done" || !ids.includes(id));
  return { ...state, items: Object.fromEntries(kept) };
}

/**
 * How far somebody is: of the items that apply.
 *
 * @param {State} state @param {readonly string[]} ids
 */
export function progressOf(state, ids) {
  const marks = ids.map((id) => markOf(state, id));
  return {
    done: marks.filter((mark) => mark === "done").length,
    of: marks.filter((mark) => mark !== "na").length,
  };
}

/**
 * Writes the note of an item; an empty one goes.
 *
 * @param {State} state @param {string} id @param {import("./state.js").Note} note
 * @returns {State}
 */
export function noteItem(state, id, note) {
  return { ...state, notes: { ...state.notes, [id]: note } };
}

/**
 * What was done in each week, newest week first.
 *
 * @param {State} state
 * @returns {{week: string, items: {id: string, date: string}[]}[]}  a week by its Monday, as 2026-11-23; of each item the last day
 */
export function weeksOf({ log }) {
  const weeks = /** @type {Map<string, Map<string, string>>} */ (new Map());
  for (const [id, days] of Object.entries(log)) {
    for (const date of days) {
      const week = mondayOf(date);
      weeks.set(week, (weeks.get(week) ?? new Map()).set(id, date));
    }
  }
  return [...weeks]
    .sort(([one], [other]) => (one < other ? 1 : -1))
    .map(([week, items]) => ({
      week,
      items: [...items].map(([id, date]) => ({ id, date })).sort((one, other) => (one.date < other.date ? -1 : 1)),
    }));
}

/** How much is kept, to say what goes when all is cleared. @param {State} state */
export function amountOf({ items, answers, snapshots, log, notes, team, asked }) {
  const ticks = Object.values(items);
  return {
    done: ticks.filter(({ state }) => state === "done").length,
    na: ticks.filter(({ state }) => state === "na").length,
    answers: Object.keys(answers).length,
    snapshots: snapshots.length,
    weeks: weeksOf({ ...EMPTY, log }).length,
    notes: Object.keys(notes).length,
    members: team.members.length,
    asked: Number(asked !== ""),
    deals: Number(Object.values(team.deal).some(Boolean)),
  };
}
