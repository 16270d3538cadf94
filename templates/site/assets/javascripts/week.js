// @ts-check
/** “This week”: one item to tick, right here; and what was ticked this week, which may be taken back. */

import { put } from "./checklist.js";
import { mondayOf } from "./days.js";
import { make } from "./elements.js";
import { itemReminder, reminderButton } from "./reminder.js";
import { nextStep, score, weakestFirst } from "./score.js";
import { today } from "./store.js";
import { dateOf, markOf, weeksOf } from "./ticks.js";
import { sayDay, words } from "./words.js";

/** @typedef {import("./score.js").Playbook} Playbook @typedef {import("./state.js").State} State */

/** So many of what was done this week stand above what may be done next. */
const SHOWN = 3;

/**
 * @param {Playbook} playbook @param {State} state
 * @param {import("./score.js").Answers} answers  to all questions
 * @param {"h2" | "h3"} level  of its heading
 * @param {(turn: import("./score.js").Part) => string} [sayTurn]  whose turn it is, where that needs other words
 */
export function weekField(playbook, state, answers, level, sayTurn = ({ certainty }) => words.weekAt(certainty.title)) {
  const ranked = weakestFirst(score(playbook, answers));
  const step = nextStep(ranked, state.items);
  const done = doneThisWeek(playbook, state).slice(-SHOWN);
  const title = ranked[0].certainty.title;
  const begun = done.length > 0;
  return make(
    "section",
    { class: `week${begun ? " week--done" : ""}`, "aria-labelledby": "week-title" },
    make(level, { class: "week__title", id: "week-title" }, begun ? words.weekDone : step ? sayTurn(step.part) : words.weekEmpty),
    !begun && step && step.part !== ranked[0] && make("p", { class: "week__why" }, words.listDone(title, step.part.certainty.title)),
    begun && make("ul", { class: "week__items" }, ...done.map(({ item, url }) => make("li", {}, tickBox(state, item, url)))),
    step && begun && make("p", { class: "week__more" }, words.weekMore(step.part.certainty.title)),
    step && tickBox(state, step.item, step.part.certainty.url),
    !step && make("p", {}, words.allDone, " ", make("a", { href: ranked[0].certainty.url }, words.openPage(title))),
    step &&
      make(
        "p",
        { class: "buttons" },
        reminderButton(words.remind, () => itemReminder(step.item.id, step.item.text, addressOf(step)), {
          id: "week-remind",
          class: begun ? "z7-button" : "z7-button z7-button--main",
          "aria-describedby": "week-when",
        }),
        make("a", { class: "quiet-button", href: `${step.part.certainty.url}#checklist` }, words.weekOther),
      ),
    step && make("p", { class: "week__when", id: "week-when" }, words.remindExplained),
  );
}

/** What was done since Monday and still is, of all certainties. @param {Playbook} playbook @param {State} state */
function doneThisWeek(playbook, state) {
  const [latest] = weeksOf(state);
  if (latest?.week !== mondayOf(today())) return [];
  return latest.items.flatMap(({ id }) => {
    const found = findItem(playbook, id);
    return found && markOf(state, id) === "done" ? [found] : [];
  });
}

/** @param {Playbook} playbook @param {string} id */
export function findItem({ certainties }, id) {
  for (const { items, url } of certainties) {
    const item = items.find((one) => one.id === id);
    if (item) return { item, url };
  }
  return null;
}

/** @param {State} state @param {import("./score.js").Item} item @param {string} url  of its page */
function tickBox(state, { id, text }, url) {
  const isDone = markOf(state, id) === "done";
  const check = make("input", {
    type: "checkbox",
    class: "item__check",
    id: `week-${id}`,
    checked: isDone,
    change: () => put(id, check.checked ? "done" : "open"),
  });
  return make(
    "span",
    { class: "week__item" },
    check,
    make("label", { for: check.id }, text),
    isDone && make("span", { class: "week__date" }, words.done(sayDay(dateOf(state, id)))),
    !isDone && make("a", { class: "week__read", href: `${url}#${id}` }, words.weekRead),
  );
}

/** @param {NonNullable<ReturnType<typeof nextStep>>} step */
const addressOf = ({ part, item }) => new URL(`${part.certainty.url}#${item.id}`, location.href).href;
