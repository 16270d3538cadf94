// @ts-check
/**
 * “Done”, as a letter links to it: `#ref-2-done`. Opening that ticks nothing, for programs open the links of a mail, too.
 * The item gets one button that ticks it here.
 */
import { put } from "./checklist.js";
import { button } from "./elements.js";
import { linkedItem } from "./links.js";
import { read, subscribe, today } from "./store.js";
import { markOf } from "./ticks.js";
import { sayDay, words } from "./words.js";

/** The button that is there, and whose item it asks about. @type {{id: string, asking: HTMLElement} | null} */
let asked = null;
subscribe((state) => asked && markOf(state, asked.id) === "done" && withdraw());

/**
 * Asks about the item that the address says is done.
 *
 * @param {boolean} jump  also go to the button: not when somebody comes back
 */
export function askDone(jump) {
  withdraw();
  const { item, asks } = linkedItem();
  if (!item || !asks) return;
  if (markOf(read(), item.id) === "done") return clean(item.id);
  const asking = button(words.askDone(sayDay(today())), () => tick(item.id), {
    class: "z7-button z7-button--main item__ask",
    "aria-describedby": `text-${item.id}`,
  });
  asked = { id: item.id, asking };
  item.querySelector(".item__facts")?.before(asking);
  if (jump) asking.focus({ preventScroll: true });
}

/** @param {string} id */
function tick(id) {
  put(id, "done"); // which takes this button away
  clean(id);
  document.getElementById(`tick-${id}`)?.focus({ preventScroll: true });
}

function withdraw() {
  asked?.asking.remove();
  asked = null;
}

/** What was asked is answered: whoever reloads or bookmarks the page has the item. @param {string} id */
const clean = (id) => history.replaceState(history.state, "", `#${id}`);
