// @ts-check
/** The questions, one on the screen at a time; every answer is kept at once. */

import { button, make, mark } from "./elements.js";
import { CODES, UNKNOWN, keysOf, ownAnswers, score } from "./score.js";
import { record } from "./snapshots.js";
import { change, today } from "./store.js";
import { words } from "./words.js";

/** @typedef {import("./state.js").State} State */

/** How long an answer is seen before the next question comes, in milliseconds. */
const BLINK = 350;

/**
 * @param {HTMLElement} form @param {import("./score.js").Playbook} playbook
 * @param {(at: number | "result") => void} go  somebody wants to see another question, or the result
 */
export function startQuestions(form, playbook, go) {
  const keys = keysOf(playbook);
  const sections = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".assessment__certainty")]);
  const fields = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".question")]);
  /** @type {import("./score.js").Answers} */
  let answers = {};
  let place = 0;
  let tapped = false;
  let blink = 0;

  const status = make("p", { class: "assessment__status", role: "status" });
  const stop = make("a", { class: "quiet-button", href: "../" }, words.stop);
  const toResult = button(words.backToResult, () => go("result"), { id: "assessment-result", class: "quiet-button" });
  const steps = playbook.certainties.map(({ id, title }, step) =>
    make(
      "button",
      { type: "button", class: "step", click: () => go(openIn(step)) },
      mark(id),
      make("span", { class: "step__title" }, title),
      make("span", { class: "step__cells", "aria-hidden": "true" }, ...playbook.aspects.map(() => make("i"))),
    ),
  );
  const list = make("ol", { class: "steps__list" }, ...steps.map((step) => make("li", {}, step)));
  // Who came from there goes back in the history, as with the button of the browser.
  const goBack = () => (history.state?.from === place - 1 ? history.back() : go(place - 1));
  const previous = button(words.previous, goBack, { id: "assessment-previous" });
  const next = button(words.next, goOn, { id: "assessment-next" });
  const elsewhere = make(
    "p",
    { class: "assessment__hint" },
    make("a", { class: "quiet-button", href: "../privacy/#kept" }, words.elsewhere),
  );
  form.prepend(
    make("p", { class: "assessment__head" }, status, stop, toResult),
    make("nav", { class: "steps", "aria-label": words.steps }, list),
  );
  form.append(
    make("p", { class: "buttons assessment__turn" }, previous, next),
    make("p", { class: "assessment__hint" }, words.hint),
    make("p", { class: "assessment__hint assessment__hint--keys" }, words.keys),
    elsewhere,
  );

  form.addEventListener("pointerdown", () => void (tapped = true));
  form.addEventListener("keydown", (event) => {
    tapped = false;
    const { target, key } = event;
    if (!(target instanceof HTMLInputElement) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Enter") {
      event.preventDefault();
      return goOn();
    }
    const code = key === "?" ? UNKNOWN : key;
    const chosen = CODES.includes(code) && radiosOf(target.name).find(({ value }) => value === code);
    if (!chosen) return;
    event.preventDefault();
    event.stopPropagation(); // not for the search of the site
    chosen.checked = true;
    keep(chosen);
    if (place < keys.length - 1) goOn();
    else next.focus();
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) keep(target);
  });
  // A tap moves on by itself, also on the answer that was given before. Arrows only choose.
  form.addEventListener("click", ({ target }) => {
    if (!tapped || !(target instanceof HTMLInputElement)) return;
    const from = place;
    window.clearTimeout(blink);
    blink = window.setTimeout(() => place === from && form.offsetParent && goOn(), BLINK);
  });

  /** @param {HTMLInputElement} radio */
  function keep({ name, value }) {
    const date = today();
    change((state) => record(playbook, { ...state, answers: { ...state.answers, [name]: value } }, date));
  }

  function goOn() {
    window.clearTimeout(blink);
    go(place === keys.length - 1 ? "result" : place + 1);
  }

  /** @param {string} key */
  const radiosOf = (key) =>
    /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll(`input[name="${CSS.escape(key)}"]`)]);

  const isOpen = (/** @type {string} */ key) => !Object.hasOwn(answers, key);

  /** The first question without an answer; the first one when all are answered. */
  const open = () => Math.max(0, keys.findIndex(isOpen));

  /** The first question of a certainty that is open, or its first. @param {number} step */
  function openIn(step) {
    const first = step * playbook.aspects.length;
    const found = keys.slice(first, first + playbook.aspects.length).findIndex(isOpen);
    return first + Math.max(0, found);
  }

  /** A question and the focus on it, so that a key answers it. @param {number} question */
  function turn(question) {
    show(question);
    const radios = radiosOf(keys[question]);
    (radios.find(({ checked }) => checked) ?? radios[0])?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  /** @param {number} question */
  function show(question) {
    window.clearTimeout(blink);
    place = question;
    for (const [index, field] of fields.entries()) field.hidden = index !== place;
    const step = Math.floor(place / playbook.aspects.length);
    for (const [index, section] of sections.entries()) section.hidden = index !== step;
    render();
  }

  function render() {
    const { parts, missing } = score(playbook, answers);
    put(status, words.question(place + 1, keys.length));
    for (const [index, step] of steps.entries()) {
      const { certainty, levels, missing: left } = parts[index];
      const first = index * levels.length;
      step.setAttribute("aria-label", `${certainty.title}: ${words.answered(levels.length - left, levels.length)}`);
      for (const [aspect, cell] of [...step.querySelectorAll("i")].entries()) {
        cell.className = first + aspect === place ? "now" : levels[aspect] === undefined ? "" : "done";
      }
      if (place >= first && place < first + levels.length) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    const isLast = place === keys.length - 1;
    previous.hidden = place === 0;
    elsewhere.hidden = missing < keys.length;
    stop.hidden = missing === 0;
    toResult.hidden = missing > 0;
    put(next, isLast ? (missing ? words.showSoFar : words.showResult) : words.next);
    next.classList.toggle("z7-button--main", isLast ? !missing : !isOpen(keys[place]));
  }

  return {
    /** @param {State} state */
    refresh(state) {
      answers = ownAnswers(playbook, state.answers);
      for (const key of keys) for (const radio of radiosOf(key)) radio.checked = answers[key] === radio.value;
      render();
    },
    open,
    show,
    turn,
    place: () => place,
    /** The question that an element is in, or the one that is shown. @param {Element} element */
    placeOf(element) {
      const field = fields.findIndex((one) => one.contains(element));
      const step = sections.findIndex((section) => section.contains(element));
      return field >= 0 ? field : step >= 0 ? openIn(step) : place;
    },
  };
}

/** The same words again would be said again. @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
