// @ts-check
/**
 * How far somebody is on the page of a certainty.
 *
 * @typedef {import("./state.js").State} State
 */
import { ask } from "./ask.js";
import { idOf } from "./checklist.js";
import { tell } from "./note.js";
import { change, read, subscribe } from "./store.js";
import { progressOf, startAgain } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/** Adds what is not there yet, and shows what is kept; a page may ask this as often as it likes. */
export function startProgress() {
  startCertainty();
}

subscribe(show);

function startCertainty() {
  const items = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("li.item[id]")]);
  const list = items[0]?.parentElement;
  if (!list || document.querySelector(".progress")) return;
  const ids = items.map(idOf);
  list.classList.add("checklist");
  list.before(makeProgress(ids, words.progress, true));
  list.after(makeTools(startAgainButton(ids)));
}

/**
 * A bar for the eye and its words for everybody.
 *
 * @param {readonly string[]} ids
 * @param {string} name
 * @param {boolean} said  when it changes, screen readers say so
 */
function makeProgress(ids, name, said) {
  const [whole, bar, part, text] = ["span", "span", "span", "span"].map((tag) => document.createElement(tag));
  whole.className = "progress";
  whole.dataset.progress = ids.join(" ");
  bar.className = "progress__bar";
  bar.setAttribute("role", "progressbar");
  bar.setAttribute("aria-label", name);
  bar.setAttribute("aria-valuemin", "0");
  part.className = "progress__part";
  text.className = "progress__text";
  if (said) text.setAttribute("role", "status");
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
  const message = words.doneOf(done, of);
  whole.style.setProperty("--progress", `${of ? (100 * done) / of : 0}%`);
  bar?.setAttribute("aria-valuemax", String(of));
  bar?.setAttribute("aria-valuenow", String(done));
  bar?.setAttribute("aria-valuetext", message);
  if (text && text.textContent !== message) text.textContent = message; // the same again is no news
}

/** @param {readonly string[]} ids */
function startAgainButton(ids) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button";
  button.textContent = words.startAgain;
  button.addEventListener("click", async () => {
    const { done } = progressOf(read(), ids);
    const heading = document.querySelector("h1");
    const title = heading?.firstChild?.textContent?.trim() ?? ""; // without the link to itself
    if (!done) {
      tell(words.nothingToStart);
    } else if (
      await ask({ title: words.startAgainTitle, text: words.startAgainText(done, title), yes: words.startAgainDo })
    ) {
      doWithWayBack(() => change((state) => startAgain(state, ids)), words.startAgainDone);
    }
  });
  return button;
}

/** @param {HTMLElement[]} buttons */
function makeTools(...buttons) {
  const tools = document.createElement("p");
  tools.className = "checklist-tools";
  tools.append(...buttons);
  return tools;
}
