// @ts-check
/** The archive, filtered by certainty; the address (archive/#referral) says by which. Without this it is two lists. */
import { words } from "./words.js";

/**
 * Adds the filter when it is not there yet, and does what the address asks; a page may ask this as often as it likes.
 *
 * @param {boolean} jump  also go to the letters: not when somebody comes back
 */
export function startArchive(jump) {
  const [byYear, byCertainty] = ["by-year", "by-certainty"].map((id) => document.getElementById(id));
  if (!byYear || !byCertainty) return;
  let filter = /** @type {HTMLElement | null} */ (document.querySelector(".letter-filter"));
  if (!filter) byYear.before((filter = makeFilter(byCertainty)));
  const asked = location.hash.slice(1);
  // A link to a year or a heading filters nothing.
  if (asked && !buttonsOf(filter).some((button) => button.value === asked)) return;
  show(filter, asked);
  if (asked && jump) filter.scrollIntoView();
}

/**
 * A button for each certainty that has letters: those are the headings of the second list, which then goes.
 *
 * @param {HTMLElement} byCertainty
 */
function makeFilter(byCertainty) {
  const [filter, name, count] = ["div", "p", "p"].map((tag) => document.createElement(tag));
  filter.className = "letter-filter";
  filter.setAttribute("role", "group");
  filter.setAttribute("aria-labelledby", "letter-filter");
  name.id = "letter-filter";
  name.className = "letter-filter__name";
  name.textContent = words.filter;
  count.className = "letter-filter__count";
  count.setAttribute("role", "status");
  filter.append(name, makeButton(filter, "", words.everything));
  byCertainty.hidden = true;
  for (const part of following(byCertainty)) {
    part.hidden = true;
    if (part.matches("h3[id]")) filter.append(makeButton(filter, part.id, part.firstChild?.textContent ?? ""));
  }
  filter.append(count);
  return filter;
}

/** @param {HTMLElement} filter @param {string} value @param {string} text */
function makeButton(filter, value, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "z7-button";
  button.value = value;
  button.textContent = text.trim();
  button.addEventListener("click", () => {
    // The address is for keeping and sharing; a choice is no step to go back to.
    history.replaceState(history.state, "", value ? `#${value}` : location.pathname + location.search);
    show(filter, value);
  });
  return button;
}

/** @param {HTMLElement} filter @param {string} certainty  none: all letters */
function show(filter, certainty) {
  const letters = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("article li[data-certainty]")]);
  for (const letter of letters) letter.hidden = Boolean(certainty) && letter.dataset.certainty !== certainty;
  for (const list of new Set(letters.map((letter) => letter.parentElement))) {
    if (!list) continue;
    list.hidden = [...list.children].every((letter) => letter instanceof HTMLElement && letter.hidden);
    const year = list.previousElementSibling;
    if (year instanceof HTMLElement && year.matches("h3")) year.hidden = list.hidden;
  }
  for (const button of buttonsOf(filter)) button.setAttribute("aria-pressed", String(button.value === certainty));
  const count = filter.querySelector(".letter-filter__count");
  const said = words.letters(letters.filter((letter) => !letter.hidden).length);
  if (count && count.textContent !== said) count.textContent = said;
}

/** @param {HTMLElement} filter */
const buttonsOf = (filter) => [...filter.querySelectorAll("button")];

/** What stands below a heading, up to the next of its level or the form below the text. @param {HTMLElement} heading */
function following(heading) {
  const parts = /** @type {HTMLElement[]} */ ([]);
  let part = heading.nextElementSibling;
  while (part instanceof HTMLElement && !part.matches("h2, form")) {
    parts.push(part);
    part = part.nextElementSibling;
  }
  return parts;
}
