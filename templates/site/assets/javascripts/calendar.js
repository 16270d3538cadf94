// @ts-check
/** A reminder as an iCalendar file (RFC 5545), on a Monday morning in Amsterdam. Pure: no page, no clock. */

import { addDays } from "./days.js";

/**
 * @typedef {{id: string, date: string, summary: string, text: string, url: string}} Reminder  `id` stays the same when the
 *   date moves, so that a calendar moves it, too; `date` as 2026-11-23
 */

const HOUR = "090000";
const MINUTES = 15;

/** Longest line in octets, without its end. */
const LINE = 75;

/* The rule since 1996; no calendar needs what was before. */
const ZONE = [
  "BEGIN:VTIMEZONE",
  "TZID:Europe/Amsterdam",
  "BEGIN:DAYLIGHT",
  "TZOFFSETFROM:+0100",
  "TZOFFSETTO:+0200",
  "TZNAME:CEST",
  "DTSTART:19970330T020000",
  "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
  "END:DAYLIGHT",
  "BEGIN:STANDARD",
  "TZOFFSETFROM:+0200",
  "TZOFFSETTO:+0100",
  "TZNAME:CET",
  "DTSTART:19971026T030000",
  "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  "END:STANDARD",
  "END:VTIMEZONE",
];

/**
 * @param {Reminder} reminder
 * @param {string} host  makes the id one of this site: example.org
 * @param {number} now  in milliseconds since 1970
 */
export function toCalendar({ id, date, summary, text, url }, host, now) {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `PRODID:-//${host}//7 certainties//EN`,
    "METHOD:PUBLISH",
    ...ZONE,
    "BEGIN:VEVENT",
    `UID:${id}@${host}`,
    `DTSTAMP:${stamp}`,
    // Of two files with one id a calendar believes the higher number.
    `SEQUENCE:${Math.floor(now / 60_000) - Date.UTC(2026) / 60_000}`,
    `DTSTART;TZID=Europe/Amsterdam:${date.replaceAll("-", "")}T${HOUR}`,
    `DURATION:PT${MINUTES}M`,
    `SUMMARY:${escaped(summary)}`,
    `DESCRIPTION:${escaped(`${text}\n${url}`)}`,
    `URL:${url}`,
    "TRANSP:TRANSPARENT",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escaped(summary)}`,
    "TRIGGER:PT0M",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
  ]
    .map(fold)
    .join("");
}

/** The Monday seven weeks after a day's week. @param {string} monday  as 2026-11-23 */
export const sevenWeeksAfter = (monday) => addDays(monday, 49);

/** @param {string} text */
const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

/** In lines of at most 75 octets, none of which cuts a character. @param {string} line */
function fold(line) {
  const octets = new TextEncoder();
  let [folded, length] = ["", 0];
  for (const character of line) {
    const size = octets.encode(character).length;
    if (length + size > LINE) {
      folded += "\r\n ";
      length = 1;
    }
    folded += character;
    length += size;
  }
  return `${folded}\r\n`;
}
