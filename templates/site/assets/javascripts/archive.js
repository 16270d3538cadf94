// @ts-check
/** The archive, filtered by certainty; the address (archive/#referral) says by which. Without this it is one list. */
import { words } from "./words.js";

/**
 * Does what the address asks; a page may ask this as often as it likes.
 *
 * @param {boolean} jump  also go to the letters: not when somebody comes back
 */
export function startArchive(jump) {
  const filter = /** @type {HTMLElement | null} */ (document.querySelector(".letter-filter"));
  if (!filter) return;
  filter.onclick = ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    // The address is for keeping and sharing; a choice is no step to go back to.
    history.replaceState(history.state, "", button.value ? `#${button.value}` : location.pathname + location.search);
    show(filter, button);
  };
  const asked = location.hash.slice(1);
  const button = [...filter.querySelectorAll("button")].find(({ value }) => value === asked);
  if (!button) return; // a link to a year filters nothing
  show(filter, button);
  if (asked && jump) filter.scrollIntoView();
}

/** @param {HTMLElement} filter @param {HTMLButtonElement} chosen  its value is a certainty; all letters without */
function show(filter, chosen) {
  const certainty = chosen.value;
  const letters = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".letter-row")]);
  for (const letter of letters) letter.hidden = Boolean(certainty) && letter.dataset.certainty !== certainty;
  for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".letter-rows"))) {
    list.hidden = !list.querySelector(".letter-row:not([hidden])");
    const year = list.previousElementSibling;
    if (year instanceof HTMLElement && year.matches("h2")) year.hidden = list.hidden;
  }
  for (const button of filter.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
  const number = letters.filter((letter) => !letter.hidden).length;
  const said = number ? words.letters(number) : words.lettersNone(chosen.firstChild?.textContent?.trim() ?? "");
  const status = filter.querySelector("[role=status]");
  if (!status || status.textContent === said) return;
  status.classList.toggle("said", number > 0); // each choice has its number; that there are none is seen too
  status.textContent = said;
}
