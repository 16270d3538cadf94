// @ts-check
/**
 * Home as somebody comes back to it: half-way through the assessment, the way on; with a result, what to do this week, and
 * the weeks before. Who has answered nothing sees the page as it was made.
 *
 * @typedef {import("./state.js").State} State @typedef {import("./score.js").Playbook} Playbook
 */
import { cells } from "./cells.js";
import { mondayOf, weekOf } from "./days.js";
import { make, refill } from "./elements.js";
import { watchStorage } from "./note.js";
import { findPlaybook } from "./playbook.js";
import { againOn, againReminder, isAgainDue, reminderButton } from "./reminder.js";
import { mostOf, ownAnswers, score, weakestFirst } from "./score.js";
import { finished } from "./snapshots.js";
import { read, subscribe, today } from "./store.js";
import { progressOf, weeksOf } from "./ticks.js";
import { findItem, weekField } from "./week.js";
import { sayDay, sayWeekday, words } from "./words.js";

const ASSESSMENT = "assessment/";

/** How many minutes the whole assessment takes. */
const MINUTES = 5;

/** How many weeks of the log are open. */
const WEEKS = 4;

/** @type {Playbook | null} */
let playbook = null;

export function startHome() {
  if (!document.querySelector(".home-now")) return;
  playbook = findPlaybook();
  show(read());
  watchStorage();
}

subscribe(show);

/** @param {State} state */
function show(state) {
  const [now, hero] = [".home-now", ".hero"].map((name) => document.querySelector(name));
  if (!playbook || !(now instanceof HTMLElement) || !(hero instanceof HTMLElement)) return;
  const scored = score(playbook, ownAnswers(playbook, state.answers));
  const result = latestResult(playbook, state);
  const begun = scored.missing < scored.questions;
  const ticked = weeksOf(state).length > 0;
  hero.hidden = begun || result !== null;
  now.hidden = hero.hidden ? false : !ticked;
  // Who only ticks gets the log, below the opening.
  if (hero.hidden && now.nextElementSibling !== hero) hero.before(now);
  if (!hero.hidden && now.previousElementSibling !== hero) hero.after(now);
  refill(now, result ? thisWeek(playbook, state, result, scored) : begun ? halfWay(playbook, scored) : ticked ? [log(playbook, state)] : []);
  showSeven(playbook, state, result ? score(playbook, result.answers) : scored, result?.date ?? "");
}

/**
 * The answers that count: those of now when they are complete, else the last that were. Who takes the assessment again is
 * no stranger meanwhile.
 *
 * @param {Playbook} playbook @param {State} state
 * @returns {import("./state.js").Snapshot | null}
 */
function latestResult(playbook, state) {
  const [latest] = finished(playbook, state);
  const answers = ownAnswers(playbook, state.answers);
  if (score(playbook, answers).missing === 0) return { date: latest?.date ?? today(), answers };
  return latest ?? null;
}

/** @param {Playbook} playbook @param {import("./score.js").Score} scored */
function halfWay({ aspects }, { parts, missing, questions }) {
  const minutes = Math.max(1, Math.round((MINUTES * missing) / questions));
  const done = questions - missing;
  return [
    make("p", { class: "eyebrow" }, words.assessment),
    make("h1", {}, words.left(missing)),
    make("p", {}, words.leftMinutes(minutes)),
    make(
      "div",
      { class: "home-now__cells", "aria-hidden": "true" },
      ...parts.map(({ levels }) =>
        make("span", { class: "step__cells" }, ...aspects.map((_, place) => make("i", { class: levels[place] === undefined ? "" : "done" }))),
      ),
    ),
    make("p", { class: "buttons" }, make("a", { class: "z7-button z7-button--main", href: ASSESSMENT }, words.goOn(done, questions))),
  ];
}

/**
 * @param {Playbook} playbook @param {State} state @param {import("./state.js").Snapshot} result
 * @param {import("./score.js").Score} scored  the answers of now
 */
function thisWeek(playbook, state, { date, answers }, scored) {
  const day = today();
  const due = againOn(date);
  const isDue = isAgainDue(date);
  const page = new URL(ASSESSMENT, location.href).href;
  const isAnswering = scored.missing > 0 && scored.missing < scored.questions;
  const turn = (/** @type {import("./score.js").Part} */ { certainty, sum }) =>
    `${certainty.title} · ${words.ofMost(sum, mostOf(playbook))}`;
  return [
    make("p", { class: "eyebrow" }, words.weekOf(sayWeekday(day), weekOf(day))),
    make("h1", {}, words.week),
    make(
      "div",
      { class: "home-now__columns" },
      make(
        "div",
        {},
        isAnswering &&
          make("p", { class: "home-now__due" }, make("a", { href: ASSESSMENT }, words.goOn(scored.questions - scored.missing, scored.questions))),
        isDue &&
          !isAnswering &&
          make("p", { class: "home-now__due" }, words.againDue(sayDay(date)), " ", make("a", { href: `${ASSESSMENT}#again` }, words.againNow)),
        weekField(playbook, state, answers, "h2", turn),
      ),
      make(
        "div",
        {},
        log(playbook, state),
        make("p", { class: "log__next" }, ...letterOf(day), " ", !isDue && words.againFrom(sayDay(due))),
        !isDue &&
          make("p", {}, reminderButton(words.againRemind, () => againReminder(date, page), { id: "home-again", class: "quiet-button" })),
      ),
    ),
  ];
}

/** The letter of this week, once it is there; till then, when it comes. @param {string} day */
function letterOf(day) {
  const newest = document.querySelector(".letter-sample__title");
  const link = newest?.querySelector("a");
  if (!(newest instanceof HTMLElement) || !link || (newest.dataset.published ?? "") < mondayOf(day)) return [words.fridayLetter];
  return [words.weekLetter, " ", make("a", { href: link.href }, link.textContent)];
}

/**
 * What was ticked when, week by week. Before this week, for who has a field for this one.
 *
 * @param {Playbook} playbook @param {State} state
 */
function log(playbook, state) {
  const rows = logOf(playbook, state);
  return rows.length > 0 && make("section", { class: "log", "aria-labelledby": "log-title" }, ...rows);
}

/** @param {Playbook} playbook @param {State} state */
function logOf(playbook, state) {
  const monday = mondayOf(today());
  const isKnown = latestResult(playbook, state) !== null;
  const weeks = weeksOf(state).filter(({ week }) => week < monday || !isKnown);
  if (weeks.length === 0) return [];
  const rows = weeks.map(({ week, items }) => {
    const texts = items.flatMap(({ id }) => findItem(playbook, id)?.item.text ?? []);
    return make(
      "li",
      {},
      make("span", { class: "log__week" }, words.weekNumber(weekOf(week))),
      make("span", {}, ...texts.map((text) => make("span", { class: "log__item" }, text))),
    );
  });
  const older = rows.splice(WEEKS);
  return [
    make("h2", { id: "log-title" }, isKnown ? words.weeksBefore : words.weeks),
    make("ol", { class: "log__weeks" }, ...rows),
    older.length > 0 &&
      make("details", { class: "log__older" }, make("summary", {}, words.weeksOlder(older.length)), make("ol", { class: "log__weeks" }, ...older)),
  ];
}

/**
 * Above the seven: what they are, for who does not know; else of when the result is.
 *
 * @param {HTMLElement} text  of the page @param {string} date  of the result, or none
 */
function tellSince(text, date) {
  const place = text.classList.contains("seven-since") ? text.previousElementSibling : text;
  if (!(place instanceof HTMLElement)) return;
  place.hidden = date !== "";
  document.querySelector(".seven-since")?.remove();
  if (date) place.after(make("p", { class: "seven-since" }, words.since(sayDay(date)), " ", make("a", { href: ASSESSMENT }, words.seeResult)));
}

/**
 * What each of the seven has: its cells once it has answers, and its ticks above nought.
 *
 * @param {Playbook} playbook @param {State} state @param {import("./score.js").Score} scored
 * @param {string} date  of a finished result, or empty
 */
function showSeven(playbook, state, scored, date) {
  const [weakest] = weakestFirst(scored);
  const heading = document.querySelector(".seven")?.previousElementSibling;
  if (heading instanceof HTMLElement) tellSince(heading, date);
  for (const part of scored.parts) {
    const { certainty, levels, sum, missing } = part;
    const row = document.querySelector(`.seven [data-certainty="${certainty.id}"]`);
    if (!row) continue;
    const { done, of } = progressOf(state, certainty.items.map(({ id }) => id));
    const known = missing === 0;
    const said = [known && words.ofMost(sum, mostOf(playbook)), done > 0 && words.doneOf(done, of)].filter(Boolean).join(" · ");
    row.classList.toggle("turn", scored.missing === 0 && part === weakest);
    row.querySelector(".seven__score")?.remove();
    if (said) row.append(make("span", { class: "seven__score" }, known && cells(levels), make("span", {}, said)));
  }
}
