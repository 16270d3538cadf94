// @ts-check
/** The questions, one certainty at a time; every answer is kept at once. */

import { button, make, mark } from "./elements.js";
import { CODES, UNKNOWN, keysOf, ownAnswers, score } from "./score.js";
import { record } from "./snapshots.js";
import { change, today } from "./store.js";
import { words } from "./words.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {HTMLElement} form @param {import("./score.js").Playbook} playbook
 * @param {(at: number | "result") => void} go  somebody wants to see another step, or the result
 */
export function startQuestions(form, playbook, go) {
  const keys = keysOf(playbook);
  const sections = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".assessment__certainty")]);
  /** @type {import("./score.js").Answers} */
  let answers = {};
  let place = 0;

  const status = make("p", { class: "assessment__status", role: "status" });
  const bar = make("progress", { class: "assessment__bar", max: keys.length, value: 0, "aria-hidden": "true" });
  const resumed = make("p", { class: "assessment__resumed", hidden: true }, words.resumed);
  const steps = playbook.certainties.map(({ id, title }, step) =>
    make(
      "button",
      { type: "button", class: "step", click: () => go(step) },
      mark(id),
      make("span", { class: "step__title" }, title),
    ),
  );
  const list = make("ol", { class: "steps__list" }, ...steps.map((step) => make("li", {}, step)));
  // Who came from there goes back in the history, as with the button of the browser.
  const goBack = () => (history.state?.from === place - 1 ? history.back() : go(place - 1));
  const previous = button(words.previous, goBack, { id: "assessment-previous" });
  const next = button(words.next, () => go(place === sections.length - 1 ? "result" : place + 1), {
    id: "assessment-next",
  });
  form.prepend(
    make("div", { class: "assessment__head" }, status, bar, resumed),
    make("nav", { class: "steps", "aria-label": words.steps }, list),
  );
  form.append(
    make("p", { class: "buttons assessment__turn" }, previous, next),
    make("p", { class: "assessment__keys" }, words.keys),
  );

  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) keep(target);
  });
  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (!(target instanceof HTMLInputElement) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (key === "Enter") {
      event.preventDefault();
      return goOn(target.name);
    }
    const code = key === "?" ? UNKNOWN : key;
    const chosen = CODES.includes(code) && radiosOf(target.name).find(({ value }) => value === code);
    if (!chosen) return;
    event.preventDefault();
    event.stopPropagation(); // not for the search of the site
    chosen.checked = true;
    keep(chosen);
    goOn(target.name);
  });

  /** @param {HTMLInputElement} radio */
  function keep({ name, value }) {
    const date = today();
    change((state) => record(playbook, { ...state, answers: { ...state.answers, [name]: value } }, date));
  }

  /** To the question after this one, and after the last to the button. @param {string} key */
  function goOn(key) {
    const following = keys[keys.indexOf(key) + 1];
    if (!following) return next.focus();
    if (placeOf(following) !== place) go(placeOf(following));
    focus(following);
  }

  /** @param {string} key */
  function focus(key) {
    show(placeOf(key));
    const radios = radiosOf(key);
    const radio = radios.find(({ checked }) => checked) ?? radios[0];
    radio?.focus({ preventScroll: true });
    radio?.closest("fieldset")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} key */
  const radiosOf = (key) =>
    /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll(`input[name="${CSS.escape(key)}"]`)]);

  /** @param {string} key */
  const placeOf = (key) => Math.floor(keys.indexOf(key) / playbook.aspects.length);

  /** The first question without an answer, of one certainty or of all. @param {readonly string[]} [among] */
  const firstOpen = (among = keys) => among.find((key) => !Object.hasOwn(answers, key));

  /** The step of that question; the first one when all are answered. */
  const open = () => placeOf(firstOpen() ?? keys[0]);

  /** A certainty's questions and the focus at the first that is open. @param {number} step */
  function turn(step) {
    const asked = keys.filter((key) => placeOf(key) === step);
    resumed.hidden = true;
    focus(firstOpen(asked) ?? asked[0]);
    form.scrollIntoView({ block: "start" });
  }

  /** @param {number} step */
  function show(step) {
    place = step;
    for (const [index, section] of sections.entries()) section.hidden = index !== place;
    render();
  }

  function render() {
    const { parts, missing, questions } = score(playbook, answers);
    put(status, missing ? words.answered(questions - missing, questions) : words.allAnswered);
    bar.value = questions - missing;
    for (const [index, step] of steps.entries()) {
      const answered = parts[index].levels.length - parts[index].missing;
      step.setAttribute(
        "aria-label",
        `${parts[index].certainty.title}: ${words.answered(answered, parts[index].levels.length)}`,
      );
      step.classList.toggle("step--done", !parts[index].missing);
      if (index === place) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    const isLast = place === sections.length - 1;
    previous.hidden = place === 0;
    put(next, isLast ? (missing ? words.showSoFar : words.showResult) : words.next);
    next.classList.toggle("z7-button--main", isLast ? !missing : !parts[place].missing);
  }

  return {
    /** @param {State} state */
    refresh(state) {
      answers = ownAnswers(playbook, state.answers);
      for (const key of keys) for (const radio of radiosOf(key)) radio.checked = answers[key] === radio.value;
      render();
    },
    /** Where somebody left off. @param {number} step */
    resume(step) {
      const answered = Object.keys(answers).length;
      resumed.hidden = answered === 0 || answered === keys.length;
      show(step);
    },
    open,
    turn,
    place: () => place,
    /** @param {Element} element  somewhere in the questions */
    reveal(element) {
      const step = sections.findIndex((section) => section.contains(element));
      if (step >= 0) show(step);
    },
  };
}

/** The same words again would be said again. @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
