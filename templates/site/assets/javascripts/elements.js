// @ts-check
/** Builds elements. Text goes in as text: there is no way in here for HTML. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | ((event: Event) => void) | undefined>} Attributes */
/** @typedef {Node | string | null | undefined | false} Child  what is not there is left out */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Attributes} [attributes]  `false` and `undefined` leave one out, `true` gives it no value, a function listens
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** @param {string} name @param {Attributes} [attributes] @param {Child[]} children */
export function draw(name, attributes = {}, ...children) {
  return fill(/** @type {SVGElement} */ (document.createElementNS(SVG, name)), attributes, children);
}

/**
 * @param {string} text @param {(event: Event) => void} click @param {Attributes} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(text, click, attributes = {}) {
  return make("button", { type: "button", class: "z7-button", click, ...attributes }, text);
}

/** The mark of a certainty, from the drawings that the page brings. @param {string} id @param {Attributes} [place] */
export function mark(id, place = {}) {
  const use = draw("use", { href: `#mark-${id}`, width: 48, height: 48 });
  return draw(
    "svg",
    { class: "mark", viewBox: "0 0 48 48", width: 24, height: 24, "aria-hidden": "true", ...place },
    use,
  );
}

/** What the site is called. */
export const siteName = () => document.querySelector(".wordmark")?.textContent ?? "";

/**
 * Fills a place anew; the focus stays on the element of the same id.
 *
 * @param {Element} place @param {Child[]} children
 */
export function refill(place, children) {
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
  place.replaceChildren(.../** @type {(Node | string)[]} */ (children.filter(Boolean)));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/**
 * @template {Element} T
 * @param {T} element @param {Attributes} attributes @param {Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child || child === "")));
  return element;
}
