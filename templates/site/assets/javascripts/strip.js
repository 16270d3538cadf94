// @ts-check
/**
 * “This week” on the page of a certainty: the next open item with a box to tick, and how far one is, which stays in view.
 *
 * @typedef {import("./state.js").State} State
 */
import { startAgainButton } from "./again.js";
import { put } from "./checklist.js";
import { make } from "./elements.js";
import { itemReminder, reminderButton } from "./reminder.js";
import { change, read, subscribe, today } from "./store.js";
import { markItem, markOf, nextOf, progressOf } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/** For so long a tick is seen before the next item takes its place, in milliseconds. */
const MOMENT = 900;

/** @param {readonly string[]} ids  the items of the page */
export function startStrip(ids) {
  const strip = document.querySelector(".strip");
  const list = strip?.querySelector(".strip__items");
  const [room, when] = [".strip__room", ".week__when"].map((one) => strip?.querySelector(one));
  if (!strip || !list || !room || !when) return;

  const texts = new Map(
    [...list.querySelectorAll("a")].map((link) => [link.hash.slice(1), link.textContent?.trim() ?? ""]),
  );
  let shown = /** @type {string | undefined} */ (undefined);
  /** Until then the item that was ticked here stays. */
  let moving = 0;

  const count = make("span", { class: "strip__count" });
  const check = make("input", { type: "checkbox", class: "item__check", id: "week-tick", change: tick });
  const label = make("label", { class: "strip__text", for: check.id });
  const item = make("p", { class: "strip__next" }, check, label);
  const all = make("p", { class: "strip__all", id: "week-all", tabindex: -1 });
  const remind = reminderButton(words.remind, () => itemReminder(shown ?? "", label.textContent ?? "", addressOf(shown ?? "")), {
    class: "z7-button z7-button--main",
    id: "week-remind",
    "aria-describedby": "week-when",
  });
  const again = startAgainButton(ids, () => check.focus(), "z7-button");

  function tick() {
    const id = shown ?? "";
    window.clearTimeout(moving);
    moving = 0;
    if (!check.checked) return put(id, "open");
    moving = window.setTimeout(() => {
      moving = 0;
      show(read());
    }, MOMENT);
    const after = ids.find((other) => other !== id && markOf(read(), other) === "open");
    doWithWayBack(
      () => change((state) => markItem(state, id, "done", today())),
      after ? words.tickedNext(texts.get(after) ?? "") : words.tickedAll,
    );
  }

  function show(/** @type {State} */ state) {
    const { done, of } = progressOf(state, ids);
    count.textContent = done ? ` · ${words.doneOf(done, of)}` : "";
    if (!(moving && markOf(state, shown ?? "") === "done")) shown = nextOf(state, ids);
    const focused = check === document.activeElement;
    check.checked = markOf(state, shown ?? "") === "done";
    label.textContent = texts.get(shown ?? "") ?? "";
    item.hidden = remind.hidden = !shown;
    all.hidden = again.hidden = !item.hidden;
    all.textContent = of ? words.weekAllDone : words.noneApplies;
    when.textContent = shown ? words.remindExplained : words.weekLogged;
    strip?.classList.toggle("week--done", !shown);
    if (focused && item.hidden) all.focus(); // what had the focus is gone
  }

  strip.querySelector(".week__title")?.append(count);
  list.before(item, all);
  room.replaceWith(remind, again);
  strip.classList.add("strip--live");
  stayInView(strip, ids);
  subscribe(show);
  show(read());
}

/** @param {string} id */
const addressOf = (id) => new URL(`#${id}`, location.origin + location.pathname).href;

/**
 * Once the field has left the window at its top: how far one is, as a link to the checklist. Only when something is done.
 *
 * @param {Element} strip @param {readonly string[]} ids
 */
function stayInView(strip, ids) {
  const text = make("span", {});
  const link = make("a", { class: "strip-progress", href: "#checklist", hidden: true }, text);
  let past = false;

  function show(/** @type {State} */ state) {
    const { done, of } = progressOf(state, ids);
    text.textContent = done ? words.doneOf(done, of) : "";
    link.hidden = !past || !done;
    link.classList.toggle("strip-progress--begun", done > 0);
    link.style.setProperty("--progress", `${of ? (100 * done) / of : 0}%`);
  }

  strip.after(link);
  new IntersectionObserver(([entry]) => {
    past = !entry.isIntersecting && entry.boundingClientRect.bottom <= 0;
    show(read());
  }).observe(strip);
  subscribe(show);
  show(read());
}
