// @ts-check
/** The switch of the colours: as the device, light, dark. early.js gives the next page what was chosen. */
import { root, words } from "./words.js";

const KEY = `z7:${root.pathname}:colour`;
const CHOICES = /** @type {const} */ (["device", "light", "dark"]);

export function startColour() {
  const button = document.querySelector("[data-colour-switch]");
  button?.addEventListener("click", () => choose(CHOICES[(CHOICES.indexOf(chosen()) + 1) % CHOICES.length]));
  // Another tab changed it; without a key, all of this site was cleared.
  window.addEventListener("storage", ({ key, newValue }) => key === KEY && show(newValue));
  window.addEventListener("pageshow", ({ persisted }) => persisted && show(read() ?? chosen()));
  name();
}

/** @returns {typeof CHOICES[number]} */
function chosen() {
  return CHOICES.find((choice) => choice === document.documentElement.dataset.colour) ?? "device";
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {typeof CHOICES[number]} choice */
function choose(choice) {
  show(choice);
  try {
    if (choice === "device") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Nothing can be kept: it holds for this page.
  }
}

/** @param {string | null} choice */
function show(choice) {
  if (choice === "light" || choice === "dark") document.documentElement.dataset.colour = choice;
  else delete document.documentElement.dataset.colour;
  name();
}

/** The button says what is on and what it does. */
function name() {
  const text = { device: words.colourDevice, light: words.colourLight, dark: words.colourDark }[chosen()];
  const button = document.querySelector("[data-colour-switch]");
  button?.setAttribute("aria-label", text);
  button?.setAttribute("title", text);
}
