// @ts-check
/** The menu: one sheet in the place of the page, whose button stays where it is. Without this it is reached by a link. */

export function startMenu() {
  const button = document.querySelector("[data-menu-switch]");
  const menu = document.getElementById("menu");
  if (!(button instanceof HTMLElement) || !menu) return;
  const behind = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".skip, #main, .foot")]);
  const isOpen = () => !menu.hidden;

  /** @param {boolean} open */
  function show(open) {
    menu.hidden = !open;
    for (const part of behind) part.inert = open;
    document.documentElement.classList.toggle("menu-open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) window.scrollTo(0, 0);
  }

  button.addEventListener("click", () => show(!isOpen()));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen() || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    show(false);
    button.focus();
  });
  // A link to a place on this page, as the search may have, leads there: the place has to be on the page before that.
  document.addEventListener("click", ({ target }) => {
    const link = target instanceof Element && target.closest("a");
    if (link && link.hash && link.pathname === location.pathname && isOpen()) show(false);
  });
  // Who comes back does not find it open, on this page or from another.
  window.addEventListener("pagehide", () => show(false));
  window.addEventListener("hashchange", () => isOpen() && show(false));
  if (location.hash === "#menu") show(true);
}

/** Opens the contents where they stand beside the text. */
export function startContents() {
  const contents = document.querySelector("details.contents");
  if (contents instanceof HTMLDetailsElement) contents.open = matchMedia("(min-width: 60em)").matches;
}
