// @ts-check
/** What a reader should know, at the bottom of the window; screen readers say it politely. */
import { status, subscribe } from "./store.js";
import { words } from "./words.js";

const SECONDS = 8;

const note = document.createElement("div");
// There from the beginning: what appears together with its text is not said by every screen reader.
const [warning, passing] = [document.createElement("p"), document.createElement("p")];
const close = document.createElement("button");
let timer = 0;

note.className = "z7-note";
for (const line of [warning, passing]) line.setAttribute("role", "status");
close.type = "button";
close.className = "z7-button z7-note__close";
close.textContent = words.close;
close.addEventListener("click", () => {
  put(warning, "");
  put(passing, "");
});
note.append(warning, passing, close);
document.body.append(note); // outside of what instant navigation replaces

/**
 * Says that something was done; goes by itself.
 *
 * @param {string} message
 */
export function tell(message) {
  put(passing, ""); // the same words again are news again
  window.setTimeout(() => put(passing, message));
  window.clearTimeout(timer);
  timer = window.setTimeout(() => put(passing, ""), SECONDS * 1000);
}

/**
 * Says what somebody has to know: it stays until it is closed.
 *
 * @param {string} message
 */
export function warn(message) {
  put(warning, message);
}

let warned = "kept";

/** Says what is wrong with the storage, once; for pages that use it. From then on it is said when it changes. */
export function watchStorage() {
  const condition = status();
  if (condition === warned) return;
  warned = condition;
  warn(condition === "kept" ? "" : words[condition]);
}

subscribe(watchStorage);

/** @param {HTMLElement} line @param {string} message */
function put(line, message) {
  line.textContent = message;
  note.classList.toggle("z7-note--shown", Boolean(warning.textContent || passing.textContent));
}
