// @ts-check
/** Everything that is kept, as a file, and back. */

import { ask } from "./ask.js";
import { button, make } from "./elements.js";
import { download } from "./files.js";
import { unsay, warn } from "./note.js";
import { isEmpty } from "./state.js";
import { change, clear, read, subscribe, today } from "./store.js";
import { amountOf } from "./ticks.js";
import { LARGEST, fromJson, toJson } from "./transfer.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

const REFUSALS = {
  corrupt: words.importCorrupt,
  wrong: words.importWrong,
  newer: words.importNewer,
  empty: words.importEmpty,
};

/** Where a page has room for it: what a reader keeps, taken along, put back or cleared. */
export function startBackup() {
  for (const place of document.querySelectorAll(".kept:empty")) place.append(...backup());
  show();
}

subscribe(show);

function backup() {
  const input = make("input", {
    type: "file",
    accept: ".json,application/json",
    hidden: true,
    change: async () => {
      const [file] = input.files ?? [];
      if (file) await importFile(file);
      input.value = ""; // the same file again is a change again
    },
  });
  return [
    make("p", { class: "kept__amount" }),
    make(
      "p",
      { class: "buttons" },
      button(words.exportAll, () => download(toJson(read(), today()), "application/json", "json"), { class: "z7-button kept__some" }),
      button(words.importAll, () => input.click()),
      button(words.clear, clearAll, { class: "quiet-button kept__some" }),
      input,
    ),
  ];
}

/** Nothing to take along or to clear greets who keeps nothing. */
function show() {
  const state = read();
  for (const place of document.querySelectorAll(".kept")) {
    const amount = place.querySelector(".kept__amount");
    if (amount) amount.textContent = words.keptNow(amountOf(state));
    for (const button of place.querySelectorAll(".kept__some")) button.toggleAttribute("hidden", isEmpty(state));
  }
}

/** @param {Event} event */
async function clearAll({ target }) {
  const text = words.clearText(amountOf(read()));
  if (!(await ask({ title: words.clearTitle, text, yes: words.clearDo }))) return;
  const left = target instanceof Element ? target.parentElement?.querySelector("button:not(.kept__some)") : null;
  if (left instanceof HTMLElement) left.focus({ preventScroll: true }); // this one goes
  doWithWayBack(clear, words.cleared);
}

/** @param {File} file */
async function importFile(file) {
  unsay(); // of a file that was tried before
  if (file.size > LARGEST) return warn(words.importLarge);
  const text = await file.text().catch(() => ""); // it may be gone by now
  const result = fromJson(text);
  if (result.found !== "good") return warn(REFUSALS[result.found]);
  const { state } = result;
  const question = words.importText(amountOf(read()), amountOf(state));
  if (!(await ask({ title: words.importTitle, text: question, yes: words.importDo }))) return;
  doWithWayBack(() => change(() => state), words.imported);
}
