// @ts-check
/** Texts to take along from the page of a certainty: copied, printed or as a file. Without this they are there to select. */

import { button, make } from "./elements.js";
import { download } from "./files.js";
import { copyAndTell } from "./links.js";
import { words } from "./words.js";

/** Adds the buttons where they are not yet; a page may ask this as often as it likes. */
export function startTemplates() {
  for (const block of document.querySelectorAll("h2.templates ~ .highlight")) {
    const heading = nameOf(block);
    if (!heading || block.nextElementSibling?.matches(".template-tools")) continue;
    const text = block.querySelector("code")?.textContent ?? "";
    const named = (/** @type {string} */ what) => ({
      id: `${what}-${heading.id}`,
      "aria-labelledby": `${what}-${heading.id} ${heading.id}`,
    });
    block.after(
      make(
        "p",
        { class: "buttons template-tools" },
        button(words.copyText, () => copyAndTell(text, words.copiedText, words.copyTextYourself), named("copy")),
        button(words.printText, () => print(heading, block), named("print")),
        button(words.downloadText, () => download(text, "text/plain", "txt", heading.id), named("download")),
      ),
    );
  }
}

/** The heading above a text. @param {Element} block */
function nameOf(block) {
  let above = block.previousElementSibling;
  while (above && !above.matches("h2, h3")) above = above.previousElementSibling;
  return above?.matches("h3") ? above : null;
}

/** Prints one text with its name, and nothing else of the page. @param {Element} heading @param {Element} block */
function print(heading, block) {
  const parts = [document.documentElement, heading, block];
  for (const part of parts) part.classList.add("printed-alone");
  window.addEventListener("afterprint", () => parts.forEach((part) => part.classList.remove("printed-alone")), {
    once: true,
  });
  window.print();
}
