// @ts-check
/**
 * Makes the items of a page items to tick: open, done with its date, or not applicable. Without this they are a list.
 *
 * @typedef {import("./state.js").State} State
 * @typedef {import("./ticks.js").Mark} Mark
 */
import { make } from "./elements.js";
import { itemTools } from "./item.js";
import { unsay, watchStorage } from "./note.js";
import { change, read, subscribe, today } from "./store.js";
import { dateOf, earlierOf, markItem, markOf, nextOf } from "./ticks.js";
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

  const check = make("input", {
    type: "checkbox",
    class: "item__check",
    id: `tick-${id}`,
    "aria-describedby": `date-${id}`,
    change: () => put(id, check.checked ? "done" : "open"),
  });
  const label = make("label", { class: "item__text", id: `text-${id}`, for: check.id });
  // In a letter the whole text is a link to its item, which would take whoever wants to tick it away from the letter.
  const link = text.children.length === 1 ? text.querySelector(":scope > a") : null;
  label.append(...(link ?? text).childNodes);
  const { button, panel, note } = itemTools(id, item, label, put);

  box.replaceWith(check);
  text.replaceWith(label);
  item.append(
    button,
    note,
    // The date comes last: when it appears, nothing moves from under a finger.
    make(
      "span",
      { class: "item__facts" },
      item.querySelector(".item__links"),
      link instanceof HTMLAnchorElement && toItem(link, label),
      make("span", { class: "item__date", id: `date-${id}` }),
    ),
    panel,
  );
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
  const items = findItems();
  const next = nextOf(state, items.filter((item) => item.id).map(idOf));
  for (const item of items) {
    const [id, check, date] = [idOf(item), item.querySelector(".item__check"), item.querySelector(".item__date")];
    if (!(check instanceof HTMLInputElement) || !date) continue;
    const mark = markOf(state, id);
    check.checked = mark === "done";
    item.classList.toggle("item--done", mark === "done");
    item.classList.toggle("item--unfit", mark === "na");
    item.classList.toggle("item--next", id === next);
    date.textContent = saysOf(state, id, mark);
  }
}

/** When it was done, or what it is instead. @param {State} state @param {string} id @param {Mark} mark */
function saysOf(state, id, mark) {
  if (mark === "na") return words.notApplicable;
  if (mark === "done") return words.done(sayDay(dateOf(state, id)));
  const earlier = earlierOf(state, id);
  return earlier && words.earlierDone(sayDay(earlier));
}
