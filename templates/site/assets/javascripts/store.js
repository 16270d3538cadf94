// @ts-check
/**
 * Keeps a reader's ticks and answers in this browser, and nowhere else: one entry of localStorage. Whatever is wrong with
 * the storage, reading and changing go on, in memory; `status` tells.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {(state: State) => State} Mutator  pure: it may be applied more than once
 */
import { EMPTY, isEmpty, parse, tidy } from "./state.js";
import { root } from "./words.js";

/** Projects on one origin (user.github.io) share its storage; both languages share one entry. */
export const KEY = `z7:${root.pathname}`;
const ASIDE = `${KEY}:corrupt`;

/** @type {"kept" | "memory" | "newer" | "mended"} */
let condition = "kept";

/** What was read last: parsed once, and what we go on with when it can be read no more. */
let text = /** @type {string | null} */ (null);
let stored = EMPTY;

/** Changes that could not be kept: made again on whatever is kept by then, so that nothing of another tab is lost. */
let pending = /** @type {Mutator[]} */ ([]);

const listeners = /** @type {Set<(state: State) => void>} */ (new Set());

/** The newest state, frozen. */
export function read() {
  return pending.reduce((state, mutate) => tidy(mutate(state)), load());
}

/**
 * How the storage does: everything is kept; nothing is, for it is blocked or full; it belongs to a newer version of these
 * scripts; or it was unreadable, was put aside, and began anew.
 */
export function status() {
  load();
  return condition;
}

/**
 * Changes the newest state and tells everybody, in other tabs too.
 *
 * @param {Mutator} mutate
 */
export function change(mutate) {
  pending.push(mutate);
  const state = read();
  if (condition !== "newer") write(state);
  tell();
}

/** Forgets everything that this project keeps in this browser, but what a newer version of it keeps. */
export function clear() {
  if (condition === "newer") return change(() => EMPTY);
  pending = [() => EMPTY];
  attempt(() => {
    localStorage.removeItem(KEY);
    localStorage.removeItem(ASIDE);
    pending = [];
    condition = "kept";
  });
  tell();
}

/**
 * @param {(state: State) => void} listener  hears every change, of this tab and of others
 * @returns {() => void} ends it
 */
export function subscribe(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Today where the reader is, as 2026-11-23. */
export function today() {
  const now = new Date();
  const [month, day] = [now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${now.getFullYear()}-${month}-${day}`;
}

/** What is kept; what it was when it cannot be read now. */
function load() {
  attempt(() => {
    const found = localStorage.getItem(KEY);
    if (found === text && condition !== "newer") return;
    const parsed = parse(found);
    if (parsed.found === "newer") {
      condition = "newer";
      return;
    }
    if (parsed.found === "corrupt") {
      localStorage.setItem(ASIDE, String(found));
      localStorage.removeItem(KEY);
    }
    condition = parsed.found === "corrupt" ? "mended" : condition === "newer" ? "kept" : condition;
    text = parsed.found === "corrupt" ? null : found;
    stored = parsed.state;
  });
  return stored;
}

/** @param {State} state */
function write(state) {
  attempt(() => {
    // Never over what we could not read or put aside.
    if (localStorage.getItem(KEY) !== text) throw new Error("not ours to replace");
    if (isEmpty(state)) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(state));
    pending = [];
    if (condition === "memory") condition = "kept";
  });
}

/**
 * Storage may refuse anything at any time: blocked by a setting, full, or not there at all.
 *
 * @param {() => void} action
 */
function attempt(action) {
  try {
    action();
  } catch {
    condition = "memory";
  }
}

function tell() {
  const state = read();
  for (const listener of [...listeners]) listener(state);
}

// Another tab changed it (or cleared all: then there is no key); or this page comes back from the browser's memory.
window.addEventListener("storage", ({ key }) => (key === null || key === KEY) && tell());
window.addEventListener("pageshow", ({ persisted }) => persisted && tell());

// A tab that was left open shows the week that it is now.
let day = today();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || day === today()) return;
  day = today();
  tell();
});
