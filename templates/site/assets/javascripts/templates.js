// @ts-check
/** The text of a template: copied, printed or as a file. Without this it is there to select. */

import { button, make } from "./elements.js";
import { download } from "./files.js";
import { copyAndTell } from "./links.js";
import { words } from "./words.js";

/** Adds the buttons below the text of a page that has one. */
export function startTemplates() {
  const block = document.querySelector(".template-of ~ :is(.highlight, table)");
  if (!block) return;
  const text = textOf(block);
  const name = document.querySelector("h1")?.textContent ?? "";
  block.after(
    make(
      "p",
      { class: "buttons template-tools" },
      button(words.copyText, () => copyAndTell(text, words.copiedText, words.copyTextYourself)),
      button(words.printText, () => window.print()),
      button(words.downloadText, () => download(text, "text/plain", "txt", fileNameOf(name))),
    ),
  );
}

/** As it was typed; a table has tabs between its cells, which is what a spreadsheet takes. @param {Element} block */
function textOf(block) {
  if (!(block instanceof HTMLTableElement)) return block.querySelector("code")?.textContent ?? "";
  const rows = [...block.rows].map((row) => [...row.cells].map((cell) => cell.textContent?.trim()).join("\t"));
  return `${rows.join("\n")}\n`;
}

/** @param {string} title */
function fileNameOf(title) {
  return title.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join("-") ?? "";
}
