// @ts-check
/** Earlier results: kept by day, one a day. Pure but for `snapshotList`. */

import { button, make } from "./elements.js";
import { ownAnswers, score } from "./score.js";
import { sayDay, words } from "./words.js";

/** @typedef {import("./state.js").State} State @typedef {import("./state.js").Snapshot} Snapshot */
/** @typedef {import("./score.js").Playbook} Playbook */

/** More than a year of a result every week. */
const KEPT = 60;

/**
 * Keeps today's answers as a result, once they are complete; a later one of the same day takes its place.
 *
 * @param {Playbook} playbook @param {State} state @param {string} date
 * @returns {State}
 */
export function record(playbook, state, date) {
  const answers = ownAnswers(playbook, state.answers);
  if (score(playbook, answers).missing) return state;
  const others = state.snapshots.filter((snapshot) => snapshot.date !== date);
  return { ...state, snapshots: newestFirst([...others, { date, answers }]).slice(0, KEPT) };
}

/** Finished results only, newest first. @param {Playbook} playbook @param {State} state */
export function finished(playbook, state) {
  return newestFirst(state.snapshots).filter(({ answers }) => !score(playbook, answers).missing);
}

/**
 * Which results came before the answers that are shown: all of them but the one that these answers are.
 *
 * @param {Playbook} playbook @param {State} state
 * @returns {{date: string | null, before: Snapshot[]}}  the day of these answers, when they are kept
 */
export function history(playbook, state) {
  const all = finished(playbook, state);
  const known = ownAnswers(playbook, state.answers);
  const isShown = (/** @type {Snapshot} */ { answers }) =>
    Object.entries(known).every(([key, answer]) => answers[key] === answer);
  const place = all.findIndex(isShown);
  return place < 0 ? { date: null, before: all } : { date: all[place].date, before: all.slice(place + 1) };
}

/**
 * @param {Playbook} playbook @param {readonly Snapshot[]} snapshots
 * @param {string | undefined} chosen  the day that the result is compared with
 * @param {(date: string | undefined) => void} choose
 */
export function snapshotList(playbook, snapshots, chosen, choose) {
  const most = score(playbook, {}).questions * 3;
  const lines = snapshots.map(({ date, answers }) => {
    const pressed = date === chosen;
    const compare = button(words.compareWith, () => choose(pressed ? undefined : date), {
      id: `compare-${date}`,
      "aria-pressed": String(pressed),
      "aria-labelledby": `compare-${date} day-${date}`,
    });
    const day = make("span", { id: `day-${date}` }, sayDay(date));
    return make("li", {}, day, " ", make("span", {}, words.total(score(playbook, answers).total, most)), " ", compare);
  });
  return make("section", { class: "result__earlier" }, make("h3", {}, words.earlier), make("ol", {}, ...lines));
}

/** @param {readonly Snapshot[]} snapshots */
function newestFirst(snapshots) {
  return [...snapshots].sort((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0));
}
