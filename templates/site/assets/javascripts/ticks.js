// @ts-check
/**
 * What a tick does to a state. Pure: no page, no storage, no clock.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {"open" | "done" | "na"} Mark
 */

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

/**
 * @param {State} state @param {string} id @param {Mark} mark @param {string} date  as 2026-11-23
 * @returns {State}
 */
export function markItem(state, id, mark, date) {
  const { [id]: _, ...others } = state.items;
  return { ...state, items: mark === "open" ? others : { ...others, [id]: { state: mark, date } } };
}

/**
 * Opens the items that were done; what does not apply today does not apply next week.
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

/** How much is kept, to say what goes when all is cleared. @param {State} state */
export function amountOf({ items, answers, snapshots }) {
  const ticks = Object.values(items);
  return {
    done: ticks.filter(({ state }) => state === "done").length,
    na: ticks.filter(({ state }) => state === "na").length,
    answers: Object.keys(answers).length,
    snapshots: snapshots.length,
  };
}
