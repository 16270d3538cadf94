// @ts-check
/** The page of the assessment: the questions, or a result, which may be somebody else's. */

import { resultActions } from "./actions.js";
import { ask } from "./ask.js";
import { button, make, refill } from "./elements.js";
import { unsay, warn, watchStorage } from "./note.js";
import { findPlaybook } from "./playbook.js";
import { startQuestions } from "./questions.js";
import { resultOf } from "./result.js";
import { keysOf, ownAnswers, score } from "./score.js";
import { decode } from "./share.js";
import { history as historyOf, snapshotList } from "./snapshots.js";
import { change, read, subscribe } from "./store.js";
import { doWithWayBack } from "./undo.js";
import { sayDay, words } from "./words.js";

/** @typedef {import("./score.js").Answers} Answers */
/** @typedef {number | "result"} At  a question, or the result: each visit to one is an entry of the history */

/**
 * The page that is shown.
 *
 * @type {{update: () => void, move: () => void, restore: (at: unknown) => void} | undefined}
 */
let page;

export function startAssessment() {
  const form = document.querySelector("#assessment");
  const place = document.querySelector("#result");
  const playbook = findPlaybook();
  if (!(form instanceof HTMLElement) || !(place instanceof HTMLElement) || !playbook) return;
  watchStorage();
  page = open(form, place, playbook);
}

subscribe(() => page?.update());
window.addEventListener("hashchange", () => page?.move());
window.addEventListener("popstate", ({ state }) => page?.restore(state?.at));

/** @param {HTMLElement} form @param {HTMLElement} place @param {import("./score.js").Playbook} playbook */
function open(form, place, playbook) {
  const keys = keysOf(playbook);
  const questions = startQuestions(form, playbook, go);
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

  /**
   * To a question or to the result, as a new entry of the history, whose address has no result in it.
   *
   * @param {At} at
   */
  function go(at) {
    const from = history.state?.at;
    history.pushState({ ...history.state, at, from }, "", location.pathname + location.search);
    see(at);
  }

  /** @param {At} at */
  function see(at) {
    view = at === "result" ? at : "questions";
    refresh();
    if (at !== "result") return questions.turn(at);
    place.querySelector("h2")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  /** What an entry of the history showed; nothing for one that we did not make. @param {unknown} at */
  function restore(at) {
    if (!isAt(at) || sharedAnswers()) return refresh();
    see(at);
    // After this the browser scrolls to where the entry was left, with the focus out of sight.
    requestAnimationFrame(() => window.scrollTo(0, 0));
  }

  /** @param {unknown} at @returns {at is At} */
  const isAt = (at) => at === "result" || (typeof at === "number" && at in keys);

  function refresh() {
    const state = read();
    const shared = sharedAnswers();
    questions.refresh(state);
    form.hidden = Boolean(shared) || view === "result";
    place.hidden = !form.hidden;
    // While somebody is asked, nothing else is on the page.
    document.documentElement.classList.toggle("asking", place.hidden);
    if (form.hidden) render(shared);
  }

  /** Something was kept, here or in another tab; or all was cleared, which leaves no result to show. */
  function update() {
    if (Object.keys(ownAnswers(playbook, read().answers)).length === 0) view = "questions";
    refresh();
    remember();
  }

  /** @param {Answers | null} shared */
  const render = (shared) => refill(place, shared ? sharedResult(shared) : ownResult());

  function ownResult() {
    document.documentElement.classList.remove("shared");
    const state = read();
    const answers = ownAnswers(playbook, state.answers);
    const shown = { playbook, answers, shared: false, state };
    if (!isFinished(answers)) {
      const more = button(words.finish, () => go(questions.open()), { id: "result-finish" });
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
      resultActions(playbook, answers, date, { changeAnswers: () => go(questions.open()), startAgain }),
    ];
  }

  async function startAgain() {
    const { answers, snapshots } = read();
    const text = words.againText(Object.keys(answers).length, snapshots.length);
    if (!(await ask({ title: words.againTitle, text, yes: words.againDo }))) return;
    doWithWayBack(() => change((state) => ({ ...state, answers: {} })), words.againDone);
    chosen = undefined;
    go(questions.open());
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
    document.documentElement.classList.add("shared");
    return [
      // What a colleague answered would colour one's own answers: those come first.
      !isFinished(own) &&
        make(
          "div",
          { class: "result__first" },
          make("p", {}, words.firstOwn),
          make("p", { class: "buttons" }, button(words.toOwnFirst, () => go(questions.open()), { id: "result-own", class: "z7-button z7-button--main" })),
        ),
      ...resultOf({ playbook, answers, shared: true, date: null, other, state }),
      make(
        "p",
        { class: "buttons" },
        isFinished(own) && isFinished(answers) && make("a", { class: "z7-button z7-button--ink", href: `../team-sheet/${location.hash}` }, words.toTeam),
        canCompare && button(comparing ? words.stopComparing : words.compareOwn, toggle, { id: "result-compare" }),
        isFinished(own) && button(words.toOwn, () => go("result"), { id: "result-own" }),
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
      questions.show(questions.placeOf(target));
      refresh();
    } else {
      refresh();
      if (link.kind === "shared") window.scrollTo(0, 0);
    }
    remember();
  }

  /** Where this entry of the history is: whoever reloads or comes back finds it again. */
  function remember() {
    history.replaceState({ ...history.state, at: view === "result" ? view : questions.place() }, "");
  }

  const { at } = history.state ?? {};
  questions.refresh(read());
  questions.show(isAt(at) && at !== "result" ? at : questions.open());
  view = at === "result" || (!isAt(at) && isFinished(ownAnswers(playbook, read().answers))) ? "result" : "questions";
  move();
  form.classList.add("assessment--live");
  if (!form.hidden) questions.turn(questions.place());
  if (location.hash === "#again") void startAgain();
  return { update, move, restore };
}
