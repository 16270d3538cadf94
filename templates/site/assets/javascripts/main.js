// @ts-check
/** Starts what is on a page, after every change of page: instant navigation replaces its content and keeps the scripts. */
import { startArchive } from "./archive.js";
import { stopAsking } from "./ask.js";
import { startChecklists } from "./checklist.js";
import { followLink } from "./links.js";
import { startOffline } from "./offline.js";
import { startProgress } from "./progress.js";
import { startSwitch } from "./switch.js";

/** @typedef {{subscribe: (listener: () => void) => void}} Stream  what Material tells the page's scripts with */

const { document$, location$ } = /** @type {{document$?: Stream, location$?: Stream}} */ (/** @type {any} */ (window));

/** @param {boolean} jump  whether the address asks to go to an item */
function start(jump) {
  path = location.pathname;
  stopAsking();
  startProgress();
  startChecklists();
  startArchive(jump);
  if (document.querySelector("#assessment")) void import("./assessment.js").then((part) => part.startAssessment());
  followLink(jump);
  startOffline();
}

let path = "";

/** Somebody who comes back finds the page where it stood. */
const isNew = () => history.state === null;

let first = true;
// Not from history.state at the arrival: Material notes there how far the page before was scrolled, and may be late.
let returns = false;
window.addEventListener("popstate", ({ state }) => (returns = state !== null));

const arrive = () => {
  const [entry] = performance.getEntriesByType("navigation");
  start(first ? /** @type {PerformanceNavigationTiming} */ (entry)?.type === "navigate" : !returns);
  first = returns = false;
};
document.documentElement.classList.add("js");
if (document$) document$.subscribe(arrive);
else arrive();
startSwitch();

// Another item or another certainty on the same page; Material also tells, too early for us, of another page.
const moved = () => {
  if (location.pathname !== path) return;
  followLink(isNew());
  startArchive(isNew());
  returns = false;
};
location$?.subscribe(moved);
window.addEventListener("hashchange", moved);
