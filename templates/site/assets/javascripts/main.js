// @ts-check
/** Starts what is on a page. */
import { startArchive } from "./archive.js";
import { startBackup } from "./backup.js";
import { startChecklists } from "./checklist.js";
import { startColour } from "./colour.js";
import { askDone } from "./done.js";
import { startForward } from "./forward.js";
import { startHome } from "./home.js";
import { followLink, startFeedAddress } from "./links.js";
import { startContents, startMenu } from "./menu.js";
import { startOffline } from "./offline.js";
import { startProgress } from "./progress.js";
import { startSearch } from "./search.js";
import { startSignup } from "./signup.js";
import { startSwitch } from "./switch.js";
import { startTemplates } from "./templates.js";

/**
 * Whether an entry of the history is new. Somebody who comes back finds the page where it stood, so each entry is marked
 * when it has been seen.
 */
function isNew() {
  if (history.state?.seen) return false;
  history.replaceState({ ...history.state, seen: true }, "");
  return true;
}

document.documentElement.classList.add("js");
startMenu();
startSwitch();
startColour();
startContents();
startSearch();
startProgress();
startHome();
startBackup();
startSignup();
startChecklists();
startTemplates();
const jump = isNew();
startArchive(jump);
startFeedAddress();
startForward();
if (document.querySelector("#assessment")) void import("./assessment.js").then((part) => part.startAssessment());
if (document.querySelector("#team")) void import("./team.js").then((part) => part.startTeam());
followLink(jump);
askDone(jump);
startOffline();

// Another item or another certainty on the same page.
window.addEventListener("hashchange", () => {
  const jump = isNew();
  followLink(jump);
  askDone(jump);
  startArchive(jump);
});
