// @ts-check
/**
 * The link to the other language also leads to the place on the page: both languages have the same items, filters and
 * shared results. It is set just before the link is used, in whatever way: click, new tab, or “copy address”.
 */

export function startSwitch() {
  // Before other scripts of the page hear of it, and before the browser follows the link.
  for (const kind of ["pointerdown", "focusin", "contextmenu", "click"]) document.addEventListener(kind, carry, true);
}

/** @param {Event} event */
function carry({ target }) {
  const link = target instanceof Element ? target.closest("a[hreflang]") : null;
  if (link instanceof HTMLAnchorElement) link.hash = location.hash;
}
