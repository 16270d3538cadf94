// @ts-check
/** What a reader can do with a finished result. */

import { button, make, siteName } from "./elements.js";
import { download } from "./files.js";
import { copyAndTell } from "./links.js";
import { warn } from "./note.js";
import { drawResult } from "./picture.js";
import { againOn, againReminder, reminderButton } from "./reminder.js";
import { keysOf } from "./score.js";
import { encode } from "./share.js";
import { today } from "./store.js";
import { sayDay, words } from "./words.js";

/**
 * @param {import("./score.js").Playbook} playbook @param {import("./score.js").Answers} answers
 * @param {string | null} date  when they were given
 * @param {{changeAnswers: () => void, startAgain: () => void}} pages
 */
export function resultActions(playbook, answers, date, { changeAnswers, startAgain }) {
  const page = location.origin + location.pathname;
  const url = new URL(encode(keysOf(playbook), answers), page).href;
  // Without what it says: who is to take the assessment first should not know the answer.
  const text = words.shareText(page);
  const copy = () => copyAndTell(url);

  async function share() {
    if (!("share" in navigator)) return copy();
    try {
      await navigator.share({ title: siteName(), text, url });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) await copy(); // somebody changed their mind
    }
  }

  async function save() {
    const picture = await drawResult(playbook, answers, date ?? today(), page);
    if (picture) download(picture, "image/png", "png");
    else warn(words.noPicture);
  }

  const due = againOn(date ?? today());
  const mail = `mailto:?subject=${encodeURIComponent(siteName())}&body=${encodeURIComponent(`${text}\n\n${url}`)}`;
  return make(
    "div",
    { class: "result__after" },
    make(
      "section",
      { class: "result__actions", "aria-labelledby": "result-team" },
      make("h3", { id: "result-team" }, words.team),
      make("p", {}, words.teamExplained, " ", make("a", { href: "../team-sheet/" }, words.teamPage)),
      make("p", { class: "buttons" }, button(words.share, share, { id: "result-share", class: "z7-button z7-button--ink" })),
      make(
        "p",
        { class: "buttons buttons--quiet" },
        quiet(words.copyLink, copy, "result-copy"),
        make("a", { class: "quiet-button", href: mail }, words.mail),
        quiet(words.toPicture, save, "result-picture"),
        quiet(words.print, () => window.print(), "result-print"),
      ),
      make("p", { class: "result__explained" }, words.shareExplained),
    ),
    make(
      "section",
      { class: "result__again", "aria-labelledby": "result-again-title" },
      make("h3", { id: "result-again-title" }, words.againIn),
      make("p", {}, words.againExplained(sayDay(due))),
      make(
        "p",
        { class: "buttons buttons--quiet" },
        reminderButton(words.againRemind, () => againReminder(date ?? today(), page), { id: "result-remind", class: "quiet-button" }),
        quiet(words.changeAnswers, changeAnswers, "result-change"),
        quiet(words.again, startAgain, "result-again"),
      ),
    ),
  );
}

/** @param {string} text @param {() => void} click @param {string} id */
const quiet = (text, click, id) => button(text, click, { id, class: "quiet-button" });
