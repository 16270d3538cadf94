// @ts-check
/** The dialog of the search. Everything that it needs is fetched when it opens; finder.js searches. */
import { make } from "./elements.js";
import { words } from "./words.js";

const PAGE = 10;
const PAUSE = 150; // milliseconds without a key before it searches

/** @returns {HTMLDialogElement | null} */
const dialogOf = () => document.querySelector("dialog#search");

/** On every page, and again after each change of page: its dialog is a new one. */
export function startSearch() {
  const dialog = dialogOf();
  if (!dialog) return;
  prepare(dialog);
  const question = new URLSearchParams(location.search).get("q");
  if (question) open(question);
}

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-search-open]")) {
    event.preventDefault();
    open();
  }
});

// A question that is asked on the page, where that of a reader may have brought nobody.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-search-ask]")) return;
  event.preventDefault();
  open(form.querySelector("input")?.value);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const isTyping =
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
  const isShortcut = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key.toLowerCase() === "k";
  const isSlash = key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey;
  if ((!isShortcut && !isSlash) || document.querySelector("dialog[open]:not(#search)")) return;
  event.preventDefault();
  open();
});

/** @param {string} [question] */
function open(question) {
  const dialog = dialogOf();
  const input = dialog?.querySelector("input");
  if (!dialog || !input) return;
  if (!dialog.open) dialog.showModal();
  if (question !== undefined) {
    input.value = question;
    input.dispatchEvent(new Event("input"));
  }
  input.select();
  void import("./finder.js").then((finder) => finder.open()).catch(() => undefined); // it is said with the question
}

/** @param {HTMLDialogElement} dialog */
function prepare(dialog) {
  const [input, status, list, more, help] = /** @type {[HTMLInputElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement]} */ (
    ["input", "[role=status]", ".search__results", ".search__more", ".search__help"].map((name) => dialog.querySelector(name))
  );
  let asked = 0;
  let answered = "";
  let shown = 0;
  /** @type {number | undefined} */
  let waiting;
  /** @type {import("./finder.js").Answer | undefined} */
  let answer;

  /** @param {boolean} [goes]  on to the first page that is found */
  async function ask(goes) {
    const question = input.value.trim();
    const mine = (asked += 1);
    const isOld = () => mine !== asked;
    if (!question) return clear("");
    try {
      const { find } = await import("./finder.js");
      const found = await find(question);
      const first = await found.show(0, PAGE);
      if (isOld()) return undefined;
      clear(say(question, found));
      answer = found;
      answered = question;
      put(first);
      if (goes && dialog.open) list.querySelector("a")?.click();
    } catch {
      if (!isOld()) clear(words.searchFailed);
    }
    return undefined;
  }

  /** @param {string} text */
  function clear(text) {
    answer = undefined;
    answered = "";
    shown = 0;
    list.replaceChildren();
    status.textContent = text;
    more.hidden = true;
    help.hidden = false;
  }

  /** @param {import("./finder.js").Found[]} pages */
  function put(pages) {
    shown += PAGE;
    list.append(...pages.map(draw));
    more.hidden = !answer || answer.number <= shown;
    help.hidden = list.childElementCount > 0;
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void ask(), PAUSE);
  });
  more.addEventListener("click", async () => {
    const before = list.childElementCount;
    put((await answer?.show(shown, shown + PAGE)) ?? []);
    list.querySelectorAll("a")[before]?.focus();
  });
  dialog.querySelector(".search__close")?.addEventListener("click", close);
  dialog.addEventListener("click", ({ target, clientX, clientY }) => {
    // The backdrop is the dialog itself, but so is the room between its parts; a link may lead to a part of this page.
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const isOutside = clientX < left || clientX > right || clientY < top || clientY > bottom;
    if (target === dialog ? isOutside : target instanceof Element && target.closest("a")) close();
  });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page has keys of its own
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") event.preventDefault();
    if (event.key === "Escape") {
      event.preventDefault(); // or some browsers empty the field first
      close();
    }
    if (event.key === "Enter" && event.target === input) enter();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event);
  });

  /** Never to what was found for an earlier question. */
  function enter() {
    clearTimeout(waiting);
    if (answered === input.value.trim()) list.querySelector("a")?.click();
    else void ask(true);
  }

  function close() {
    dialog.close();
    // With nothing to give the focus back to, some browsers leave it here for a moment, and the next key with it.
    if (dialog.contains(document.activeElement)) /** @type {HTMLElement} */ (document.activeElement).blur();
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const places = [input, ...dialog.querySelectorAll("li a")].filter((place) => place.checkVisibility());
    const here = places.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = places[here + (event.key === "ArrowDown" ? 1 : -1)];
    if (here < 0 || !(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus();
  }
}

/** @param {string} question @param {import("./finder.js").Answer} answer */
function say(question, { number, instead }) {
  if (!number) return words.searchNone(question);
  return instead ? words.searchInstead(question, instead, number) : words.searchFound(number);
}

/** @param {import("./finder.js").Found} page */
function draw({ url, title, byline, heading, excerpt }) {
  return make(
    "li",
    { class: "search__result" },
    make("a", { href: url }, title, heading && make("span", { class: "search__part" }, ` · ${heading}`)),
    byline && make("p", { class: "search__byline" }, byline),
    make("p", { class: "search__excerpt" }, ...mark(excerpt)),
  );
}

/** The text of an excerpt, with the words that were found marked. @param {string} html */
function mark(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return [...body.childNodes].map((node) =>
    node.nodeName === "MARK" ? make("mark", {}, node.textContent) : node.textContent,
  );
}
