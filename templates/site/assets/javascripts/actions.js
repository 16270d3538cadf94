// @ts-check
/** What a reader can do with a finished result. */

import { button, make } from "./elements.js";
import { download } from "./files.js";
import { copyAndTell } from "./links.js";
import { keysOf, mostOf } from "./score.js";
import { encode } from "./share.js";
import { read, today } from "./store.js";
import { toMarkdown } from "./transfer.js";
import { sayDay, words } from "./words.js";

/**
 * @param {import("./score.js").Playbook} playbook @param {import("./score.js").Answers} answers
 * @param {string | null} date  when they were given
 * @param {{changeAnswers: () => void, startAgain: () => void}} pages
 */
export function resultActions(playbook, answers, date, { changeAnswers, startAgain }) {
  function share() {
    return copyAndTell(new URL(encode(keysOf(playbook), answers), location.origin + location.pathname).href);
  }

  function save() {
    const [day, base, marked, most] = [sayDay(date ?? today()), location.href, read().items, mostOf(playbook)];
    download(toMarkdown({ playbook, answers, day, base, marked, most, words }), "text/markdown", "md");
  }

  return make(
    "div",
    { class: "result__actions" },
    make(
      "p",
      { class: "buttons" },
      button(words.share, share, { id: "result-share" }),
      button(words.toMarkdown, save, { id: "result-markdown" }),
      button(words.print, () => window.print(), { id: "result-print" }),
      button(words.changeAnswers, changeAnswers, { id: "result-change" }),
      button(words.again, startAgain, { id: "result-again" }),
    ),
    make("p", { class: "result__explained" }, words.shareExplained),
  );
}
