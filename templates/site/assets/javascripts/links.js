// @ts-check
/** Links to an item: following one, and copying one; and copying the address of the feed. */
import { tell, warn } from "./note.js";
import { words } from "./words.js";

const DONE = /^#([a-z]{1,20}-\d{1,4})-done$/;

/**
 * The item of this page that the address names; of an id that nobody knows, nothing.
 *
 * @returns {{item: HTMLElement | null, asks: boolean}}  `asks`: whether it is done, as the link of a letter does
 */
export function linkedItem() {
  const id = DONE.exec(location.hash)?.[1];
  const item = document.getElementById(id ?? location.hash.slice(1));
  return { item: item?.matches("li.item") ? item : null, asks: Boolean(id) };
}

/**
 * Marks the item that the address names.
 *
 * @param {boolean} jump  also go there: not when somebody comes back, for then the page stands where it stood
 */
export function followLink(jump) {
  for (const item of document.querySelectorAll(".item--linked")) item.classList.remove("item--linked");
  const { item } = linkedItem();
  if (!item) return;
  item.classList.add("item--linked");
  if (jump) item.scrollIntoView(); // the browser went there before the list became taller
}

/**
 * @param {HTMLElement} item
 * @param {HTMLElement} label  says which item it is
 */
export function copyButton(item, label) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button item__copy";
  button.id = label.id.replace("text-", "copy-");
  button.textContent = words.copyLink;
  button.setAttribute("aria-labelledby", `${button.id} ${label.id}`);
  button.addEventListener("click", () => copyAndTell(addressOf(item)));
  return button;
}

/** Adds a button to the address of the feed, which without scripts is a link to copy. */
export function startFeedAddress() {
  for (const place of document.querySelectorAll(".feed-address")) {
    const link = place.querySelector("a");
    if (!link || place.querySelector("button")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "z7-button";
    button.textContent = words.copyLink;
    button.addEventListener("click", () => copyAndTell(link.href));
    place.append(button);
  }
}

/**
 * Copies an address, or another text.
 *
 * @param {string} text @param {string} [done] @param {string} [failed]  what to say
 */
export async function copyAndTell(text, done = words.copied, failed = words.copyYourself(text)) {
  if (await copy(text)) tell(done);
  else warn(failed);
}

/** Where an item stands. @param {HTMLElement} item  on a letter's page it has a link to there */
export function addressOf(item) {
  const link = item.querySelector(".item__open");
  const url = new URL(item.id ? `#${item.id}` : link instanceof HTMLAnchorElement ? link.href : "", location.href);
  url.search = "";
  return url.href;
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text); // no permission, or a page without https
  }
}

/** @param {string} text */
function copyByHand(text) {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.style.position = "fixed"; // where it is, so that nothing scrolls
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
