// @ts-check
/**
 * What a page must have before it is drawn: that there are scripts, the colours that its reader chose, and whether it knows
 * answers of the reader, so that home need not show its opening first. Not a module, which would be too late; colour.js is
 * the switch.
 */
{
  const page = document.documentElement;
  page.classList.remove("no-js");
  try {
    const root = new URL(document.currentScript?.dataset.root ?? ".", location.href);
    const chosen = localStorage.getItem(`z7:${root.pathname}:colour`);
    if (chosen === "light" || chosen === "dark") page.dataset.colour = chosen;
    if (/"answers":\s*\{\s*"/.test(localStorage.getItem(`z7:${root.pathname}`) ?? "")) page.classList.add("known");
  } catch {
    // A browser that keeps nothing: the colours are the device's.
  }
}
