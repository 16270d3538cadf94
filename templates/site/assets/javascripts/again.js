// @ts-check
/** “Begin the week again”, wherever a page has it. */

import { ask } from "./ask.js";
import { make } from "./elements.js";
import { change, read, subscribe } from "./store.js";
import { progressOf, startAgain } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/**
 * A button that opens what is done, once somebody has said yes. It is there when something is done.
 *
 * @param {readonly string[]} ids
 * @param {() => void} focus  where the focus goes when there is nothing to do for the button any more
 * @param {string} [look]
 */
export function startAgainButton(ids, focus, look = "quiet-button") {
  const button = make(
    "button",
    {
      type: "button",
      class: `${look} again`,
      click: async () => {
        const { done } = progressOf(read(), ids);
        const heading = document.querySelector("h1");
        const title = heading?.firstChild?.textContent?.trim() ?? ""; // without the link to itself
        const question = { title: words.startAgainTitle, text: words.startAgainText(done, title), yes: words.startAgainDo };
        if (!(await ask(question))) return;
        doWithWayBack(() => change((state) => startAgain(state, ids)), words.startAgainDone);
        focus(); // this one goes
      },
    },
    words.startAgain,
  );
  const update = (/** @type {import("./state.js").State} */ state) =>
    button.classList.toggle("again--none", progressOf(state, ids).done === 0);
  subscribe(update);
  update(read());
  return button;
}
