// @ts-check
/** The page of the assessment: the questions, or a result, which may be somebody else's. */

import { resultActions } from "./actions.js";
import { ask } from "./ask.js";
import { backup } from "./backup.js";
import { button, make } from "./elements.js";
import { unsay, warn, watchStorage } from "./note.js";
import { startQuestions } from "./questions.js";
import { resultOf } from "./result.js";
import { keysOf, ownAnswers, score } from "./score.js";
import { decode } from "./share.js";
import { history as historyOf, snapshotList } from "./snapshots.js";
import { change, read, subscribe } from "./store.js";
import { doWithWayBack } from "./undo.js";
import { sayDay, words } from "./words.js";

/** @typedef {import("./score.js").Answers} Answers */

/** The page that is shown. @type {{update: () => void, move: () => void} | undefined} */
let page;

export function startAssessment() {
  const form = document.querySelector("#assessment");
  const place = document.querySelector("#result");
  const data = document.querySelector("#playbook");
  if (
    !(form instanceof HTMLFormElement) ||
    !(place instanceof HTMLElement) ||
    !(data instanceof HTMLElement)
  )
    return;
  watchStorage();
  page = open(form, place, JSON.parse(data.dataset.playbook ?? ""));
}

subscribe(() => page?.update());
window.addEventListener("hashchange", () => page?.move());

/** @param {HTMLFormElement} form @param {HTMLElement} place @param {import("./score.js").Playbook} playbook */
function open(form, place, playbook) {
  const keys = keysOf(playbook);
  const questions = startQuestions(form, playbook, () => see("result"));
  /** @type {"questions" | "result"} */
  let view = "questions";
  /** @type {string | null | undefined}  the day to compare with; null for none, undefined for the one before */
  let chosen;
  let comparing = false;

  const sharedAnswers = () => {
    const link = decode(keys, location.hash);
    return link.kind === "shared" ? link.answers : null;
  };
  const isFinished = (/** @type {Answers} */ answers) => score(playbook, answers).missing === 0;

  /** @param {typeof view} which */
  function see(which) {
    view = which;
    leaveLink();
    refresh();
    if (which === "questions") return questions.resume(true);
    const title = place.querySelector("h2");
    title?.focus({ preventScroll: true });
    title?.scrollIntoView({ block: "start" });
  }

  /** The address without the result in it. */
  function leaveLink() {
    if (decode(keys, location.hash).kind === "none") return;
    history.replaceState(history.state, "", location.pathname + location.search);
  }

  function refresh() {
    const state = read();
    const shared = sharedAnswers();
    questions.refresh(state);
    form.hidden = Boolean(shared) || view === "result";
    place.hidden = !form.hidden;
    if (form.hidden) render(shared);
  }

  /** Something was kept, here or in another tab; or all was cleared, which leaves no result to show. */
  function update() {
    if (Object.keys(ownAnswers(playbook, read().answers)).length === 0) view = "questions";
    refresh();
  }

  /** @param {Answers | null} shared */
  function render(shared) {
    const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
    place.replaceChildren(.../** @type {Node[]} */ ((shared ? sharedResult(shared) : ownResult()).filter(Boolean)));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function ownResult() {
    const state = read();
    const answers = ownAnswers(playbook, state.answers);
    const shown = { playbook, answers, shared: false, marked: state.items };
    if (!isFinished(answers)) {
      const more = button(words.finish, () => see("questions"), { id: "result-finish" });
      return [...resultOf({ ...shown, date: null, other: undefined }), make("p", { class: "buttons" }, more)];
    }
    const { date, before } = historyOf(playbook, state);
    const other = chosen === undefined ? before[0] : before.find((one) => one.date === chosen);
    const choose = (/** @type {string | undefined} */ day) => {
      chosen = day ?? null;
      refresh();
    };
    return [
      ...resultOf({ ...shown, date, other: other && { name: sayDay(other.date), answers: other.answers } }),
      before.length > 0 && snapshotList(playbook, before, other?.date, choose),
      resultActions(playbook, answers, date, { changeAnswers: () => see("questions"), startAgain }),
    ];
  }

  async function startAgain() {
    const { answers, snapshots } = read();
    const text = words.againText(Object.keys(answers).length, snapshots.length);
    if (!(await ask({ title: words.againTitle, text, yes: words.againDo }))) return;
    doWithWayBack(() => change((state) => ({ ...state, answers: {} })), words.againDone);
    chosen = undefined;
    see("questions");
  }

  /** @param {Answers} answers */
  function sharedResult(answers) {
    const state = read();
    const own = ownAnswers(playbook, state.answers);
    const canCompare = isFinished(own) && isFinished(answers);
    const other = canCompare && comparing ? { name: words.own, answers: own } : undefined;
    const toggle = () => {
      comparing = !comparing;
      refresh();
    };
    return [
      ...resultOf({ playbook, answers, shared: true, date: null, other, marked: {} }),
      make(
        "p",
        { class: "buttons" },
        canCompare && button(comparing ? words.stopComparing : words.compareOwn, toggle, { id: "result-compare" }),
        button(words.toOwn, () => see(isFinished(own) ? "result" : "questions"), { id: "result-own" }),
      ),
    ];
  }

  /** The address names a result or a place on this page. */
  function move() {
    const link = decode(keys, location.hash);
    if (link.kind === "bad") warn(words.badLink);
    if (link.kind === "shared") {
      comparing = false;
      unsay(); // of a link that could not be read
    }
    const target = document.getElementById(location.hash.slice(1));
    // A link to the questions or their heading is followed when they are not shown, too.
    if (target && (form.contains(target) || form.previousElementSibling === target)) {
      view = "questions";
      refresh();
      questions.reveal(target);
      return target.scrollIntoView();
    }
    refresh();
    if (link.kind === "shared") place.scrollIntoView({ block: "start" });
  }

  place.after(backup());
  questions.refresh(read());
  questions.resume(false);
  view = isFinished(ownAnswers(playbook, read().answers)) ? "result" : "questions";
  move();
  return { update, move };
}
