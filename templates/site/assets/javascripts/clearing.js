// @ts-check
/** “Clear everything”, wherever a page has it. */
import { ask } from "./ask.js";
import { tell } from "./note.js";
import { clear, read } from "./store.js";
import { amountOf } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/** A button that clears everything once somebody has read what goes. */
export function clearButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button";
  button.textContent = words.clear;
  button.addEventListener("click", async () => {
    const amount = amountOf(read());
    if (!Object.values(amount).some(Boolean)) {
      tell(words.nothingToClear);
    } else if (await ask({ title: words.clearTitle, text: words.clearText(amount), yes: words.clearDo })) {
      doWithWayBack(clear, words.cleared);
    }
  });
  return button;
}
