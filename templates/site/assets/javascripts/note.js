// @ts-check
/**
 * What a reader should know, at the bottom of the window; screen readers say it politely. It says two things at most: how
 * the storage does, and what became of what was done last. A later outcome takes the place of an earlier one, so that no
 * failure stands beside the success that came after it.
 */
import { button } from "./elements.js";
import { status, subscribe } from "./store.js";
import { words } from "./words.js";

const SECONDS = 8;
const SECONDS_TO_UNDO = 20;

const note = document.createElement("div");
// There from the beginning: what appears together with its text is not said by every screen reader.
const [storage, outcome] = [document.createElement("p"), document.createElement("p")];
let timer = 0;
/** @type {(() => void) | undefined} */
let undo;
/** What had the focus, or was clicked, when it was said. @type {Element | null} */
let origin = null;
/** What has or had it last, here: what is done may make it anew, or hide it. @type {Element | null} */
let focused = null;

note.className = "z7-note";
for (const line of [storage, outcome]) line.setAttribute("role", "status");
const undoing = button(words.undo, takeBack, { class: "z7-button z7-note__undo" });
const closing = button(words.close, close, { class: "z7-button z7-note__close" });
note.append(storage, outcome, undoing, closing);
document.body.append(note);
for (const event of ["focusin", "click"]) {
  // Safari gives a button that is clicked no focus.
  document.addEventListener(event, ({ target }) => remember(/** @type {Element} */ (target)), { capture: true });
}
render();

/**
 * Says that something was done; goes by itself.
 *
 * @param {string} message
 * @param {() => void} [wayBack]  undoes it
 */
export function tell(message, wayBack) {
  say(message, wayBack);
  hideAfter(wayBack ? SECONDS_TO_UNDO : SECONDS);
}

/**
 * Says what somebody has to know: it stays until it is closed, or until something else is said.
 *
 * @param {string} message
 */
export function warn(message) {
  say(message);
}

/** Takes back what was said last: somebody tries again, or it is no longer so. */
export function unsay() {
  window.clearTimeout(timer);
  outcome.textContent = "";
  undo = undefined;
  render();
}

let warned = "kept";

/** Says what is wrong with the storage, once; for pages that use it. From then on it is said when it changes. */
export function watchStorage() {
  const condition = status();
  if (condition === warned) return;
  warned = condition;
  storage.textContent = condition === "kept" ? "" : words[condition];
  render();
}

subscribe(watchStorage);

/** @param {string} message @param {() => void} [wayBack] */
function say(message, wayBack) {
  if (!note.contains(document.activeElement)) origin = focused;
  unsay(); // the same words again are news again
  undo = wayBack;
  timer = window.setTimeout(() => {
    outcome.textContent = message;
    render();
  });
}

/** @param {number} seconds */
function hideAfter(seconds) {
  const said = timer;
  window.setTimeout(() => {
    if (said !== timer) return; // something else was said
    if (note.matches(":hover, :focus-within")) hideAfter(seconds);
    else unsay();
  }, seconds * 1000);
}

function takeBack() {
  undo?.();
  tell(words.undone);
  goBack();
}

function close() {
  storage.textContent = "";
  unsay();
  goBack();
}

/** @param {Element} target */
function remember(target) {
  const control = target.closest("a, button, input, select, summary, textarea, [tabindex]");
  if (control && !note.contains(control)) focused = control;
}

/** The note goes, and the focus with it, to where it came from; what was made anew since has the same id. */
function goBack() {
  const target = origin && !origin.isConnected ? document.getElementById(origin.id) : origin;
  if (!(target instanceof HTMLElement)) return;
  const folded = target.matches("summary") ? null : target.closest("details");
  if (folded) folded.open = true;
  target.focus({ preventScroll: true });
}

function render() {
  note.classList.toggle("z7-note--shown", Boolean(storage.textContent || outcome.textContent));
  undoing.hidden = !undo || !outcome.textContent;
}
