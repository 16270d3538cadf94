// @ts-check
/**
 * How far somebody is on the page of a certainty.
 *
 * @typedef {import("./state.js").State} State
 */
import { startAgainButton } from "./again.js";
import { idOf } from "./checklist.js";
import { read, subscribe } from "./store.js";
import { startStrip } from "./strip.js";
import { progressOf } from "./ticks.js";
import { words } from "./words.js";

/** Adds what is not there yet, and shows what is kept; a page may ask this as often as it likes. */
export function startProgress() {
  const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("li.item[id]")]);
  const list = items[0]?.parentElement;
  if (!list || document.querySelector(".progress")) return;
  const ids = items.map(idOf);
  list.classList.add("checklist");
  list.before(makeProgress(ids));
  const again = startAgainButton(ids, () => items[0].querySelector("input")?.focus());
  list.after(makeTools(again));
  startStrip(ids);
}

subscribe(show);

/** A bar for the eye and its words for everybody. @param {readonly string[]} ids */
function makeProgress(ids) {
  const [whole, bar, part, text] = ["span", "span", "span", "span"].map((tag) => document.createElement(tag));
  whole.className = "progress";
  whole.dataset.progress = ids.join(" ");
  bar.className = "progress__bar";
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", words.progress);
  bar.setAttribute("aria-valuemin", "0");
  part.className = "progress__part";
  text.className = "progress__text";
  text.setAttribute("role", "status");
  bar.append(part);
  whole.append(bar, text);
  showOne(whole, read()); // before it is on the page: what was there is no news
  return whole;
}

/** @param {State} state */
function show(state) {
  for (const whole of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-progress]"))) {
    showOne(whole, state);
  }
}

/** @param {HTMLElement} whole @param {State} state */
function showOne(whole, state) {
  const { done, of } = progressOf(state, (whole.dataset.progress ?? "").split(" "));
  const [bar, text] = [whole.querySelector(".progress__bar"), whole.querySelector(".progress__text")];
  const message = done || !of ? words.doneOf(done, of) : ""; // nothing done is no news
  whole.classList.toggle("progress--none", !done);
  whole.style.setProperty("--progress", `${of ? (100 * done) / of : 0}%`);
  bar?.setAttribute("aria-valuemax", String(of));
  bar?.setAttribute("aria-valuenow", String(done));
  bar?.setAttribute("aria-valuetext", message);
  if (text && text.textContent !== message) text.textContent = message; // the same again is no news
}

/** @param {HTMLElement[]} buttons */
function makeTools(...buttons) {
  const tools = document.createElement("p");
  tools.className = "checklist-tools";
  tools.append(...buttons);
  return tools;
}
