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

/** @param {readonly string[]} parts @param {Intl.ListFormatOptions} [options] */
export const list = (parts, options) => new Intl.ListFormat(LOCALE, options).format(parts);

/** @typedef { {names: readonly string[], sum: number} } Given  a score, and who gave it */
/** @typedef {(names: readonly string[], agree: readonly string[], differ: readonly string[]) => string} Apart */

/** More than these are counted. */
const NAMED = 3;

/** @param {readonly string[]} names */
const listSome = (names) =>
  list(names.length > NAMED ? [...names.slice(0, NAMED), fill("teamOthers", { others: names.length - NAMED })] : names);

/** Anouk en Bas (3): the number stays with its name. @param {Given} given */
const sayAll = ({ names, sum }) => `${listSome(names)}\u00a0(${sum})`;

/** Any of them will do: Anouk of Bas (3). @param {Given} given */
const sayAny = ({ names, sum }) => `${list(names.slice(0, NAMED), { type: "disjunction" })}\u00a0(${sum})`;

/** @param { {name: string, unknown: number} } given  how often somebody did not know */
const sayUnknown = ({ name, unknown }) =>
  unknown === 1 ? fill("teamUnknownOnce", { name }) : fill("teamUnknownOften", { name, unknown });

/** @param {number} number  of the seven */
const sayMany = (number) => fill("meansMany", { number: TEXTS.numbers.split(" ")[number] });

/** Two are named; more are a team. @param {readonly string[]} names */
const sayWho = (names) => (names.length === 2 ? list(names) : TEXTS.teamWho);

/** More than two certainties are counted. @param {readonly string[]} titles */
const sayTitles = (titles) => (titles.length > 2 ? sayMany(titles.length) : list(titles));

/** @typedef {Record<"done" | "na" | "answers" | "snapshots" | "weeks" | "notes" | "members" | "deals" | "asked", number>} Amount */

/** How much a browser or a file holds. What there is none of needs no words. @param {Amount} amount */
const sayAmount = ({ done, na, answers, snapshots, weeks, notes, members, deals, asked }) =>
  list(
    [
      done && fill("keptDone", { done }),
      na && fill("keptNa", { na }),
      answers && fill("keptAnswers", { answers }),
      snapshots && fill("keptSnapshots", { snapshots }),
      weeks && fill("keptWeeks", { weeks }),
      notes && fill("keptNotes", { notes }),
      members && fill("keptMembers", { members }),
      asked && TEXTS.keptAsked,
      deals && fill("keptDeals", { deals }),
    ].flatMap((part) => part || []),
  ) || TEXTS.keptNothing;

/** What there is to say. Numbers come as numbers, days as `sayDay` says them. */
export const words = {
  .../** @type {Readonly<Record<string, any>>} */ (TEXTS),
  // Checklists
  done: /** @param {string} day */ (day) => fill("done", { day }),
  earlierDone: /** @param {string} day */ (day) => fill("earlierDone", { day }),
  moreOf: /** @param {string} text */ (text) => fill("moreOf", { text }),
  tickedNext: /** @param {string} text */ (text) => fill("tickedNext", { text }),
  askDone: /** @param {string} day */ (day) => fill("askDone", { day }),
  unticked: /** @param {string} day */ (day) => fill("unticked", { day }),
  copyYourself: /** @param {string} url */ (url) => fill("copyYourself", { url }),
  doneOf: /** @param {number} done @param {number} of */ (done, of) =>
    of ? fill("doneOf", { done, of }) : TEXTS.noneApplies,
  startAgainText: /** @param {number} ticks @param {string} title */ (ticks, title) =>
    fill("startAgainText", { ticks, title }),
  clearText: /** @param {Amount} amount */ (amount) => fill("clearText", { amount: sayAmount(amount) }),
  // Reminders
  reminded: /** @param {string} day */ (day) => fill("reminded", { day }),
  // The letter
  asked: /** @param {string} day */ (day) => fill("asked", { day }),
  // Archive
  letters: /** @param {number} number */ (number) => fill("letters", { number }),
  lettersNone: /** @param {string} certainty */ (certainty) => fill("lettersNone", { certainty }),
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
  meansBut: /** @param {readonly string[]} parts @param {string} last */ (parts, last) => fill("meansBut", { parts: list(parts), last }),
  meansMany: sayMany,
  levelOf: /** @param {string} name @param {string} level */ (name, level) => fill("levelOf", { name, level }),
  ofNine: /** @param {number} most */ (most) => fill("ofNine", { most }),
  shareText: /** @param {string} page */ (page) => fill("shareText", { page }),
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
  // Team
  scoreOf: /** @param {string} title @param {number} sum @param {number} most @param {number} unknown */ (
    title,
    sum,
    most,
    unknown,
  ) => unknown ? fill("scoreOfUnknown", { title, sum, most, unknown }) : fill("scoreOf", { title, sum, most }),
  teamCount: /** @param {number} number */ (number) => fill("teamCount", { number }),
  teamNameless: /** @param {number} number */ (number) => fill("teamNameless", { number }),
  teamNameOf: /** @param {string} name */ (name) => fill("teamNameOf", { name }),
  teamRemoveOf: /** @param {string} name */ (name) => fill("teamRemoveOf", { name }),
  teamRemoved: /** @param {string} name */ (name) => fill("teamRemoved", { name }),
  teamRenamed: /** @param {string} before @param {string} name */ (before, name) => fill("teamRenamed", { before, name }),
  teamAdded: /** @param {number} added */ (added) => fill("teamAdded", { added }),
  teamBad: /** @param {number} bad @param {number} of */ (bad, of) =>
    of > 1 ? fill("teamBad", { bad, of }) : TEXTS.teamBadOnly,
  teamUnfinished: /** @param {readonly string[]} names */ (names) => fill("teamUnfinished", { names: list(names) }),
  teamTwice: /** @param {readonly string[]} names */ (names) => fill("teamTwice", { names: list([...new Set(names)]) }),
  teamAlike: /** @param {readonly string[]} names */ (names) => fill("teamAlike", { names: list(names) }),
  teamNamed: /** @param {readonly string[]} names */ (names) => fill("teamNamed", { names: list([...new Set(names)]) }),
  teamFull: /** @param {number} most @param {number} left */ (most, left) => fill("teamFull", { most, left }),
  teamEqual: /** @param {readonly string[]} names */ (names) => fill("teamEqual", { who: sayWho(names) }),
  teamLow: /** @param {readonly string[]} names */ (names) => fill("teamLow", { who: sayWho(names) }),
  teamHigh: /** @param {readonly string[]} names */ (names) => fill("teamHigh", { who: sayWho(names) }),
  teamClose: /** @param {readonly string[]} names */ (names) => fill("teamClose", { who: sayWho(names) }),
  teamMixed: /** @type {Apart} */ (names, agree, differ) =>
    fill("teamMixed", { who: sayWho(names), agree: sayTitles(agree), differ: sayTitles(differ) }),
  teamMixedFar: /** @type {Apart} */ (names, agree, differ) =>
    fill("teamMixedFar", { who: sayWho(names), agree: sayTitles(agree), differ: sayTitles(differ) }),
  teamApart: /** @param {readonly string[]} names @param {readonly string[]} differ */ (names, differ) =>
    fill("teamApart", { who: sayWho(names), differ: sayTitles(differ) }),
  teamSpread: /** @param {number} spread */ (spread) => fill("teamSpread", { spread }),
  teamBegin: /** @param {Given} low @param {Given} high */ (low, high) =>
    fill("teamBegin", { low: sayAny(low), high: sayAny(high) }),
  teamEnds: /** @param {Given} low @param {Given} high */ (low, high) =>
    fill("teamEnds", { low: sayAll(low), high: sayAll(high) }),
  teamSame: /** @param {number} sum */ (sum) => fill("teamSame", { sum }),
  teamUnknown: /** @param {readonly {name: string, unknown: number}[]} given */ (given) =>
    fill("teamUnknown", { names: listSome(given.map(sayUnknown)) }),
  teamAbsent: /** @param {readonly string[]} names */ (names) => fill("teamAbsent", { names: listSome(names) }),
  teamScores: /** @param {string} title @param {number} most */ (title, most) => fill("teamScores", { title, most }),
  teamProposal: /** @param {string} title */ (title) => fill("teamProposal", { title }),
  teamReminded: /** @param {string} day */ (day) => fill("teamReminded", { day }),
  teamReminder: /** @param {string} owner @param {readonly string[]} names */ (owner, names) =>
    fill("teamReminder", { owner, names: list(names) }),
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
