// @ts-check
/** Everything that is kept, as a file, and back. */

import { ask } from "./ask.js";
import { clearButton } from "./clearing.js";
import { button, make } from "./elements.js";
import { download } from "./files.js";
import { unsay, warn } from "./note.js";
import { change, read, today } from "./store.js";
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

/** Where a reader takes along or puts back everything that is kept. */
export function backup() {
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
  return make(
    "section",
    { class: "backup", "aria-labelledby": "backup" },
    make("h3", { id: "backup" }, words.backup),
    make("p", {}, words.backupExplained),
    make(
      "p",
      { class: "buttons" },
      button(words.exportAll, () => download(toJson(read(), today()), "application/json", "json")),
      button(words.importAll, () => input.click()),
      clearButton(),
      input,
    ),
  );
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
