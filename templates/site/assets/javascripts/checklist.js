// @ts-check
/**
 * Makes the items of a page items to tick: open, done with its date, or not applicable. Without this they are a list.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./ticks.js").Mark} Mark
 */
import { copyButton } from "./links.js";
import { unsay, watchStorage } from "./note.js";
import { change, read, subscribe, today } from "./store.js";
import { dateOf, markItem, markOf } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { sayDay, words } from "./words.js";

/** Enhances what is not yet, and shows what is kept; a page may ask this as often as it likes. */
export function startChecklists() {
  const items = findItems();
  if (items.length === 0) return;
  items.forEach(enhance);
  show(read());
  watchStorage();
}

subscribe(show);

/** @param {HTMLElement} item  of a certainty's page; or of a letter's, which names it without being the item */
export const idOf = (item) => item.dataset.item ?? item.id;

function findItems() {
  return [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("li.item"))].filter(idOf);
}

/** @param {HTMLElement} item */
function enhance(item) {
  const id = idOf(item);
  const box = item.querySelector(".item__box");
  const text = item.querySelector(".item__text");
  if (!box || !text) return; // it has been

  const check = document.createElement("input");
  check.type = "checkbox";
  check.className = "item__check";
  check.id = `tick-${id}`;
  check.setAttribute("aria-describedby", `date-${id}`);
  check.addEventListener("change", () => put(id, check.checked ? "done" : "open"));

  const label = document.createElement("label");
  label.className = "item__text";
  label.id = `text-${id}`;
  label.htmlFor = check.id;
  // In a letter the whole text is a link to its item, which would take whoever wants to tick it away from the letter.
  const link = text.children.length === 1 ? text.querySelector(":scope > a") : null;
  label.append(...(link ?? text).childNodes);

  const unfit = document.createElement("button");
  unfit.type = "button";
  unfit.className = "quiet-button item__unfit";
  unfit.id = `unfit-${id}`;
  unfit.textContent = words.notApplicable;
  unfit.setAttribute("aria-labelledby", `${unfit.id} ${label.id}`);
  unfit.addEventListener("click", () => put(id, markOf(read(), id) === "na" ? "open" : "na"));

  const date = document.createElement("span");
  date.className = "item__date";
  date.id = `date-${id}`;

  const tools = document.createElement("span");
  tools.className = "item__tools";
  // The date comes last: when it appears, no button moves from under a finger.
  tools.append(unfit, copyButton(item, label), ...(link instanceof HTMLAnchorElement ? [toItem(link, label)] : []), date);

  box.replaceWith(check);
  text.replaceWith(label);
  item.append(tools);
  item.classList.add("item--live");
}

/**
 * The link of a letter's item to the checklist that it is from.
 *
 * @param {HTMLAnchorElement} link @param {HTMLElement} label  says which item it is
 */
function toItem(link, label) {
  link.className = "quiet-button item__open";
  link.id = label.id.replace("text-", "open-");
  link.textContent = words.toItem;
  link.setAttribute("aria-labelledby", `${link.id} ${label.id}`);
  return link;
}

/** Marks an item as of today, with a way back to a tick that goes. @param {string} id @param {Mark} mark */
export function put(id, mark) {
  const [date, before] = [today(), read()];
  const set = () => change((state) => markItem(state, id, mark, date));
  if (markOf(before, id) === "done") doWithWayBack(set, words.unticked(sayDay(dateOf(before, id))));
  else {
    set();
    unsay(); // what was said of another item is no longer what was done last
  }
}

/** @param {State} state */
function show(state) {
  for (const item of findItems()) {
    const mark = markOf(state, idOf(item));
    const check = item.querySelector(".item__check");
    if (!(check instanceof HTMLInputElement)) continue;
    check.checked = mark === "done";
    item.classList.toggle("item--done", mark === "done");
    item.classList.toggle("item--unfit", mark === "na");
    item.querySelector(".item__unfit")?.setAttribute("aria-pressed", String(mark === "na"));
    const date = item.querySelector(".item__date");
    if (date) date.textContent = mark === "done" ? words.done(sayDay(dateOf(state, idOf(item)))) : "";
  }
}
