// @ts-check
/** What the scripts say, in the language of the page. The build puts in the table [script] of templates/words/. */

export const language = {{ language | tojson }};

/** Where the site begins, of all languages: the pages and scripts of most stand one folder deeper. */
export const root = new URL({{ up | tojson }}, import.meta.url);

const LOCALE = {{ locale | tojson }};

/** @type {Readonly<Record<string, string>>} */
const TEXTS = {{ texts | tojson(indent=2) }};

/**
 * A text with its values: {name} is one of them, and {name|one|more} a number and the noun that goes with it.
 *
 * @param {string} name @param {Readonly<Record<string, string | number>>} values
 */
const fill = (name, values) =>
  TEXTS[name].replace(/\{(\w+)(?:\|([^|}]+)\|([^|}]+))?\}/g, (_, key, one, more) =>
    one ? `${values[key]} ${values[key] === 1 ? one : more}` : `${values[key]}`,
  );

/** @param {readonly string[]} parts */
export const list = (parts) => new Intl.ListFormat(LOCALE).format(parts);

/** @typedef {Record<"done" | "na" | "answers" | "snapshots" | "weeks" | "notes" | "members", number>} Amount */

/** How much a browser or a file holds. What there is none of needs no words. @param {Amount} amount */
const sayAmount = ({ done, na, answers, snapshots, weeks, notes, members }) =>
  list(
    [
      done && fill("keptDone", { done }),
      na && fill("keptNa", { na }),
      answers && fill("keptAnswers", { answers }),
      snapshots && fill("keptSnapshots", { snapshots }),
      weeks && fill("keptWeeks", { weeks }),
      notes && fill("keptNotes", { notes }),
      members && fill("keptMembers", { members }),
    ].flatMap((part) => part || []),
  ) || TEXTS.keptNothing;

/** What there is to say. Numbers come as numbers, days as `sayDay` says them. */
export const words = {
  .../** @type {Readonly<Record<string, any>>} */ (TEXTS),
  // Checklists
  done: /** @param {string} day */ (day) => fill("done", { day }),
  unticked: /** @param {string} day */ (day) => fill("unticked", { day }),
  copyYourself: /** @param {string} url */ (url) => fill("copyYourself", { url }),
  doneOf: /** @param {number} done @param {number} of */ (done, of) =>
    of ? fill("doneOf", { done, of }) : TEXTS.noneApplies,
  startAgainText: /** @param {number} ticks @param {string} title */ (ticks, title) =>
    fill("startAgainText", { ticks, title }),
  clearText: /** @param {Amount} amount */ (amount) => fill("clearText", { amount: sayAmount(amount) }),
  // Reminders
  reminded: /** @param {string} day */ (day) => fill("reminded", { day }),
  // Archive
  letters: /** @param {number} number */ (number) => fill("letters", { number }),
  // Search
  searchFound: /** @param {number} number */ (number) => fill("searchFound", { number }),
  searchInstead: /** @param {string} question @param {string} instead @param {number} number */ (
    question,
    instead,
    number,
  ) => fill("searchInstead", { question, instead, number }),
  searchNone: /** @param {string} question */ (question) => fill("searchNone", { question }),
  // Assessment
  answered: /** @param {number} number @param {number} of */ (number, of) => fill("answered", { number, of }),
  question: /** @param {number} number @param {number} of */ (number, of) => fill("question", { number, of }),
  // This week
  weekAt: /** @param {string} title */ (title) => fill("weekAt", { title }),
  weekOf: /** @param {string} day @param {number} week */ (day, week) => fill("weekOf", { day, week }),
  weekNumber: /** @param {number} week */ (week) => fill("weekNumber", { week }),
  weeksOlder: /** @param {number} weeks */ (weeks) => fill("weeksOlder", { weeks }),
  left: /** @param {number} left */ (left) => fill("left", { left }),
  leftMinutes: /** @param {number} minutes */ (minutes) => fill("leftMinutes", { minutes }),
  goOn: /** @param {number} number @param {number} of */ (number, of) => fill("goOn", { number, of }),
  since: /** @param {string} day */ (day) => fill("since", { day }),
  againFrom: /** @param {string} day */ (day) => fill("againFrom", { day }),
  againDue: /** @param {string} day */ (day) => fill("againDue", { day }),
  weekMore: /** @param {string} title */ (title) => fill("weekMore", { title }),
  // Result
  meansUnknownReason: /** @param {string} title */ (title) => fill("meansUnknownReason", { title }),
  meansBegin: /** @param {string} title @param {string} reason */ (title, reason) => fill("meansBegin", { title, reason }),
  meansLevel: /** @param {number} sum @param {number} most */ (sum, most) => fill("meansLevel", { sum, most }),
  meansAllSure: /** @param {string} weak */ (weak) => fill("meansAllSure", { weak }),
  meansImprovising: /** @param {string} weak */ (weak) => fill("meansImprovising", { weak }),
  meansUnderway: /** @param {string} weak */ (weak) => fill("meansUnderway", { weak }),
  meansBoth: /** @param {string} sure @param {string} weak */ (sure, weak) => fill("meansBoth", { sure, weak }),
  meansSure: /** @param {string} sure @param {string} weak */ (sure, weak) => fill("meansSure", { sure, weak }),
  meansMany: /** @param {number} number */ (number) => fill("meansMany", { number: TEXTS.numbers.split(" ")[number] }),
  levelOf: /** @param {string} name @param {string} level */ (name, level) => fill("levelOf", { name, level }),
  ofNine: /** @param {number} most */ (most) => fill("ofNine", { most }),
  shareText: /** @param {string} meaning */ (meaning) => fill("shareText", { meaning }),
  againExplained: /** @param {string} day */ (day) => fill("againExplained", { day }),
  unfinished: /** @param {number} missing @param {number} of */ (missing, of) => fill("unfinished", { missing, of }),
  sharedUnfinished: /** @param {number} missing @param {number} of */ (missing, of) =>
    fill("sharedUnfinished", { missing, of }),
  total: /** @param {number} total @param {number} most */ (total, most) => fill("total", { total, most }),
  ofMost: /** @param {number} sum @param {number} most */ (sum, most) => fill("ofMost", { sum, most }),
  openPage: /** @param {string} title */ (title) => fill("openPage", { title }),
  listDone: /** @param {string} title @param {string} other */ (title, other) => fill("listDone", { title, other }),
  unknowns: /** @param {number} number */ (number) => fill("unknowns", { number }),
  change: /** @param {string} since @param {string} change @param {number} then @param {number} now */ (
    since,
    change,
    then,
    now,
  ) => fill("change", { since, change, then, now }),
  compared: /** @param {string} change @param {number} own @param {number} other */ (change, own, other) =>
    fill("compared", { change, own, other }),
  againText: /** @param {number} answers @param {number} snapshots */ (answers, snapshots) =>
    fill("againText", { answers, snapshots }),
  // Export and import
  keptNow: /** @param {Amount} amount */ (amount) => fill("keptNow", { amount: sayAmount(amount) }),
  importText: /** @param {Amount} own @param {Amount} found */ (own, found) =>
    fill("importText", { own: sayAmount(own), found: sayAmount(found) }),
};

/** @param {string} date  as 2026-11-23 */
export const sayDay = (date) => format(date, { day: "numeric", month: "long", year: "numeric" });

/** @param {string} date  as 2026-11-23 */
export const sayWeekday = (date) => format(date, { weekday: "long", day: "numeric", month: "long" });

/** @param {string} date @param {Intl.DateTimeFormatOptions} options */
function format(date, options) {
  const [year, month, day] = date.split("-").map(Number);
  return new Intl.DateTimeFormat(LOCALE, options).format(new Date(year, month - 1, day));
}
