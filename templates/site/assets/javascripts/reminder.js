// @ts-check
/** Reminders for the reader's own calendar. */

import { sevenWeeksAfter, toCalendar } from "./calendar.js";
import { addDays, mondayOf, nextMonday } from "./days.js";
import { button } from "./elements.js";
import { download } from "./files.js";
import { tell } from "./note.js";
import { today } from "./store.js";
import { sayDay, words } from "./words.js";

/** @typedef {import("./calendar.js").Reminder & {file: string}} Reminder  `file`: the name of its file, without a date */

/**
 * A button that makes a file for a calendar.
 *
 * @param {string} text @param {() => Reminder} reminder @param {import("./elements.js").Attributes} [attributes]
 */
export function reminderButton(text, reminder, attributes) {
  return button(
    text,
    () => {
      const made = reminder();
      download(toCalendar(made, location.hostname, Date.now()), "text/calendar", "ics", made.file);
      tell(words.reminded(sayDay(made.date)));
    },
    attributes,
  );
}

/**
 * To do an item, next Monday.
 *
 * @param {string} id @param {string} text @param {string} url  of the item, absolute
 * @returns {Reminder}
 */
export const itemReminder = (id, text, url) => ({
  id: `item-${id}`,
  date: nextMonday(today()),
  summary: text,
  text: words.reminderItem,
  file: words.reminderFile,
  url,
});

/**
 * To take the assessment again.
 *
 * @param {string} date  of the result, as 2026-11-23
 * @param {string} url  of the assessment, absolute
 * @returns {Reminder}
 */
export const againReminder = (date, url) => ({
  id: "assessment",
  date: againOn(date),
  summary: words.reminderAgain,
  text: words.reminderAgainText,
  file: words.againFile,
  url,
});

/** The Monday on which the assessment is due again; never one that is over. @param {string} date  of the result */
export const againOn = (date) => (isAgainDue(date) ? nextMonday(today()) : dueAfter(date));

/** Whether seven weeks are over. @param {string} date  of the result */
export const isAgainDue = (date) => dueAfter(date) <= today();

/** Seven weeks after the Monday that is nearest. @param {string} date */
const dueAfter = (date) => sevenWeeksAfter(mondayOf(addDays(date, 3)));
