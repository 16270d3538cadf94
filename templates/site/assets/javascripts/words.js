// @ts-check
/** What the scripts say, in both languages, and where the site stands. A test compares the keys. */

/** @type {"nl" | "en"} */
export const language = document.documentElement.lang === "en" ? "en" : "nl";

/** Where the site begins, of both languages: English pages and their scripts stand one folder deeper. */
export const root = new URL(language === "nl" ? "../../" : "../../../", import.meta.url);

const LOCALES = { nl: "nl-NL", en: "en-GB" };

/** @param {number} number @param {string} one @param {string} more */
const count = (number, one, more) => `${number} ${number === 1 ? one : more}`;

/** What there is none of needs no words. @param {readonly string[]} counts */
const list = (counts) => new Intl.ListFormat(LOCALES[language]).format(counts.filter((part) => !part.startsWith("0 ")));

/** @typedef {{done: number, na: number, answers: number, snapshots: number}} Amount */

/** How much a browser or a file holds. */
const KEPT = {
  nl: /** @param {Amount} amount */ ({ done, na, answers, snapshots }) =>
    list([
      count(done, "vinkje", "vinkjes"),
      `${na} keer ‘niet van toepassing’`,
      count(answers, "antwoord van de toets", "antwoorden van de toets"),
      count(snapshots, "bewaarde uitslag", "bewaarde uitslagen"),
    ]) || "nog niets",
  en: /** @param {Amount} amount */ ({ done, na, answers, snapshots }) =>
    list([
      count(done, "tick", "ticks"),
      count(na, "‘not applicable’", "times ‘not applicable’"),
      count(answers, "answer of the test", "answers of the test"),
      count(snapshots, "saved result", "saved results"),
    ]) || "nothing yet",
};

/** What there is to say. Numbers come as numbers, days as `sayDay` says them. */
const WORDS = {
  nl: {
    // Checklists
    done: /** @param {string} day */ (day) => `Gedaan op ${day}`,
    notApplicable: "Niet van toepassing",
    copyLink: "Kopieer link",
    copied: "De link staat op het klembord.",
    copyYourself: /** @param {string} url */ (url) => `Kopiëren lukte niet. Dit is de link: ${url}`,
    progress: "Voortgang",
    progressOf: /** @param {string} title */ (title) => `Voortgang ${title}`,
    progressAll: "Alle zeven samen",
    doneOf: /** @param {number} done @param {number} of */ (done, of) =>
      of ? `${done} van ${of} gedaan` : "Niets van toepassing",
    startAgain: "Week opnieuw beginnen",
    startAgainTitle: "De week opnieuw beginnen?",
    startAgainText: /** @param {number} ticks @param {string} title */ (ticks, title) =>
      `Dit haalt ${count(ticks, "vinkje", "vinkjes")} weg bij ${title}. Wat niet van toepassing is, blijft zo staan.`,
    startAgainDo: "Vinkjes weghalen",
    startAgainDone: "De week begint opnieuw.",
    nothingToStart: "Er staan hier geen vinkjes.",
    clear: "Alles wissen",
    clearTitle: "Alles wissen?",
    clearText: /** @param {Amount} amount */ (amount) =>
      `Dit gaat weg uit deze browser, van alle zeven zekerheden: ${KEPT.nl(amount)}. Terughalen kan niet.`,
    clearDo: "Wissen",
    cleared: "Alles is gewist.",
    nothingToClear: "Er is niets bewaard.",
    cancel: "Laat staan",
    close: "Sluiten",
    // Storage
    memory:
      "Je browser bewaart niets voor deze site: de opslag is geblokkeerd of vol. Je kunt verder, maar wat je doet, verdwijnt als je dit venster sluit.",
    newer:
      "Een nieuwere versie van deze site heeft hier al iets bewaard. Laad de pagina opnieuw om erbij te kunnen. Tot dan blijft dat onaangeroerd en wordt wat je doet niet bewaard.",
    mended:
      "Wat hier bewaard was, is onleesbaar geworden. Het staat apart en is niet weggegooid; je begint met een lege lijst.",
    // Archive
    filter: "Brieven over",
    everything: "Alles",
    letters: /** @param {number} number */ (number) => count(number, "brief", "brieven"),
    // Assessment
    answered: /** @param {number} number @param {number} of */ (number, of) => `${number} van ${of} beantwoord`,
    resumed: "Je was al begonnen; je gaat verder waar je gebleven was.",
    allAnswered: "Alles is beantwoord. Je uitslag staat klaar.",
    keys: "Met het toetsenbord: 0 tot 3 of ? beantwoordt een vraag en gaat naar de volgende.",
    steps: "De zeven zekerheden in deze toets",
    previous: "Vorige",
    next: "Volgende",
    showResult: "Bekijk je uitslag",
    showSoFar: "Bekijk de tussenstand",
    // Result
    result: "Je uitslag",
    sharedResult: "Gedeelde uitslag",
    soFar: "Tussenstand",
    unfinished: /** @param {number} missing @param {number} of */ (missing, of) =>
      `Nog niet af: ${count(missing, "vraag staat", "vragen staan")} open van de ${of}. Een zwakste zekerheid noemen we pas als je alles hebt beantwoord.`,
    sharedUnfinished: /** @param {number} missing @param {number} of */ (missing, of) =>
      `Deze uitslag is niet af: ${count(missing, "vraag is", "vragen zijn")} niet beantwoord van de ${of}. Daarom noemen we geen zwakste zekerheid.`,
    finish: "Verder bij de eerste open vraag",
    total: /** @param {number} total @param {number} most */ (total, most) => `${total} van ${most} punten`,
    weakest: "Je zwakste zekerheid",
    sharedWeakest: "De zwakste zekerheid",
    ofMost: /** @param {number} sum @param {number} most */ (sum, most) => `${sum} van ${most}`,
    tied: /** @param {readonly string[]} titles */ (titles) =>
      `Even laag: ${list(titles)}. Bij gelijke stand gaat de laagste uitvoering voor, daarna de volgorde van het playbook.`,
    nextStep: "Eén volgende stap: zorg dat je dit kunt afvinken",
    openPage: /** @param {string} title */ (title) => `Naar de pagina ${title}`,
    listDone: /** @param {string} title @param {string} other */ (title, other) =>
      `De checklist van ${title} is helemaal gedaan of niet van toepassing: die week kun je opnieuw beginnen. Tot dan komt je volgende stap van ${other}.`,
    allDone: "Op geen enkele checklist staat nog iets open. Begin de week van je zwakste zekerheid opnieuw.",
    unknown: "Weet ik niet",
    unknowns: /** @param {number} number */ (number) =>
      `${number} keer “weet ik niet”. Dat telt als 0 en staat hieronder apart, als vraagteken.`,
    change: /** @param {string} since @param {string} change @param {number} then @param {number} now */ (
      since,
      change,
      then,
      now,
    ) => `Sinds ${since}: ${change} (van ${then} naar ${now}).`,
    compared: /** @param {string} change @param {number} own @param {number} other */ (change, own, other) =>
      `Vergeleken met jouw uitslag: ${change} (jij ${own}, deze uitslag ${other}).`,
    same: "geen verschil",
    radar: "Radar van de zeven zekerheden",
    bars: "Balken van de zeven zekerheden, de zwakste eerst",
    scoreOf: /** @param {string} title @param {number} sum @param {number} most @param {number} unknown */ (
      title,
      sum,
      most,
      unknown,
    ) => `${title}: ${sum} van ${most}${unknown ? `, ${unknown} keer weet ik niet` : ""}`,
    against: /** @param {string} name */ (name) => `Ter vergelijking, ${name}`,
    legendNow: "Deze uitslag",
    legendUnknown: "Weet ik niet: kan ook meer zijn",
    own: "jouw uitslag",
    table: "De uitslag in cijfers, de zwakste zekerheid eerst",
    tableSoFar: "De antwoorden tot nu toe",
    certainty: "Zekerheid",
    sum: "Samen",
    all: "Alles",
    difference: "Verschil",
    notAnswered: "Niet beantwoord",
    caveat:
      "Dit is een begin van een gesprek en geen gevalideerd meetinstrument. Er is geen normgroep; vergelijk alleen met jezelf of praat erover met je team.",
    earlier: "Eerdere uitslagen",
    compareWith: "Vergelijk met",
    share: "Kopieer de link naar deze uitslag",
    shareExplained:
      "In de link staan alleen de antwoorden, achter het #-teken: die gaan naar geen enkele server, alleen naar wie je de link stuurt.",
    toMarkdown: "Bewaar als Markdown",
    print: "Print",
    changeAnswers: "Pas antwoorden aan",
    again: "Doe de toets opnieuw",
    againTitle: "De toets opnieuw doen?",
    againText: /** @param {number} answers @param {number} snapshots */ (answers, snapshots) =>
      `Dit haalt ${count(answers, "antwoord", "antwoorden")} weg. Je vinkjes en ${count(snapshots, "bewaarde uitslag", "bewaarde uitslagen")} blijven staan.`,
    againDo: "Opnieuw beginnen",
    sharedExplained: "Deze uitslag kwam met een link. Je eigen antwoorden zijn niet veranderd.",
    compareOwn: "Vergelijk met die van mij",
    stopComparing: "Vergelijk niet meer",
    toOwn: "Naar mijn eigen toets",
    badLink:
      "De uitslag in deze link kunnen we niet lezen; misschien is er een stukje afgevallen. Aan je eigen antwoorden is niets veranderd.",
    // Export and import
    backup: "Meenemen of terugzetten",
    backupExplained:
      "Alles wat je hier invult, staat alleen in deze browser. Met een bestand neem je vinkjes, antwoorden en uitslagen mee naar een andere.",
    exportAll: "Exporteer alles",
    importAll: "Importeer een bestand",
    fileName: "de-7-zekerheden",
    importTitle: "Vervangen wat hier staat?",
    importText: /** @param {Amount} own @param {Amount} found */ (own, found) =>
      `In deze browser staat nu: ${KEPT.nl(own)}. Dat wordt vervangen door wat in het bestand staat: ${KEPT.nl(found)}.`,
    importDo: "Vervangen",
    imported: "Het bestand is overgenomen.",
    importLarge: "Dit bestand is te groot om van deze site te komen. Er is niets veranderd.",
    importCorrupt: "Dit bestand kunnen we niet lezen; het is geen JSON of het is beschadigd. Er is niets veranderd.",
    importWrong: "Dit bestand is geen export van deze site. Er is niets veranderd.",
    importNewer:
      "Dit bestand komt van een nieuwere versie van deze site. Laad de pagina opnieuw en probeer het nog eens. Er is niets veranderd.",
    importEmpty: "In dit bestand staat niets om over te nemen. Er is niets veranderd.",
  },
  en: {
    // Checklists
    done: /** @param {string} day */ (day) => `Done on ${day}`,
    notApplicable: "Not applicable",
    copyLink: "Copy link",
    copied: "The link is on the clipboard.",
    copyYourself: /** @param {string} url */ (url) => `Copying did not work. This is the link: ${url}`,
    progress: "Progress",
    progressOf: /** @param {string} title */ (title) => `Progress of ${title}`,
    progressAll: "All seven together",
    doneOf: /** @param {number} done @param {number} of */ (done, of) =>
      of ? `${done} of ${of} done` : "Nothing applies",
    startAgain: "Start the week again",
    startAgainTitle: "Start the week again?",
    startAgainText: /** @param {number} ticks @param {string} title */ (ticks, title) =>
      `This removes ${count(ticks, "tick", "ticks")} from ${title}. What does not apply stays as it is.`,
    startAgainDo: "Remove the ticks",
    startAgainDone: "The week starts again.",
    nothingToStart: "There are no ticks here.",
    clear: "Clear everything",
    clearTitle: "Clear everything?",
    clearText: /** @param {Amount} amount */ (amount) =>
      `This goes from this browser, for all seven certainties: ${KEPT.en(amount)}. It cannot be brought back.`,
    clearDo: "Clear",
    cleared: "Everything is cleared.",
    nothingToClear: "Nothing is kept.",
    cancel: "Leave it",
    close: "Close",
    // Storage
    memory:
      "Your browser keeps nothing for this site: its storage is blocked or full. You can go on, but what you do is gone when you close this window.",
    newer:
      "A newer version of this site has kept something here. Load the page again to get to it. Until then it stays untouched, and what you do is not kept.",
    mended: "What was kept here has become unreadable. It is set aside, not thrown away; you begin with an empty list.",
    // Archive
    filter: "Letters about",
    everything: "Everything",
    letters: /** @param {number} number */ (number) => count(number, "letter", "letters"),
    // Assessment
    answered: /** @param {number} number @param {number} of */ (number, of) => `${number} of ${of} answered`,
    resumed: "You had begun already; you go on where you were.",
    allAnswered: "Everything is answered. Your result is ready.",
    keys: "With the keyboard: 0 to 3 or ? answers a question and goes to the next.",
    steps: "The seven certainties in this test",
    previous: "Previous",
    next: "Next",
    showResult: "See your result",
    showSoFar: "See how far you are",
    // Result
    result: "Your result",
    sharedResult: "Shared result",
    soFar: "How far you are",
    unfinished: /** @param {number} missing @param {number} of */ (missing, of) =>
      `Not finished: ${count(missing, "question is", "questions are")} open, out of ${of}. We name a weakest certainty once everything is answered.`,
    sharedUnfinished: /** @param {number} missing @param {number} of */ (missing, of) =>
      `This result is not finished: ${count(missing, "question was", "questions were")} not answered, out of ${of}. That is why we name no weakest certainty.`,
    finish: "Go on with the first open question",
    total: /** @param {number} total @param {number} most */ (total, most) => `${total} of ${most} points`,
    weakest: "Your weakest certainty",
    sharedWeakest: "The weakest certainty",
    ofMost: /** @param {number} sum @param {number} most */ (sum, most) => `${sum} of ${most}`,
    tied: /** @param {readonly string[]} titles */ (titles) =>
      `Just as low: ${list(titles)}. Between equals, the lowest execution comes first, then the order of the playbook.`,
    nextStep: "One next step: be able to tick this",
    openPage: /** @param {string} title */ (title) => `To the page ${title}`,
    listDone: /** @param {string} title @param {string} other */ (title, other) =>
      `Everything on the checklist of ${title} is done or does not apply: you can start that week again. Until then your next step comes from ${other}.`,
    allDone: "Nothing is open on any checklist. Start the week of your weakest certainty again.",
    unknown: "I don’t know",
    unknowns: /** @param {number} number */ (number) =>
      `${count(number, "time", "times")} ‘I don’t know’. That counts as 0 and is shown apart below, as a question mark.`,
    change: /** @param {string} since @param {string} change @param {number} then @param {number} now */ (
      since,
      change,
      then,
      now,
    ) => `Since ${since}: ${change} (from ${then} to ${now}).`,
    compared: /** @param {string} change @param {number} own @param {number} other */ (change, own, other) =>
      `Compared with your result: ${change} (you ${own}, this result ${other}).`,
    same: "no difference",
    radar: "Radar of the seven certainties",
    bars: "Bars of the seven certainties, the weakest first",
    scoreOf: /** @param {string} title @param {number} sum @param {number} most @param {number} unknown */ (
      title,
      sum,
      most,
      unknown,
    ) => `${title}: ${sum} of ${most}${unknown ? `, ${count(unknown, "time", "times")} I don’t know` : ""}`,
    against: /** @param {string} name */ (name) => `For comparison, ${name}`,
    legendNow: "This result",
    legendUnknown: "I don’t know: may be more",
    own: "your result",
    table: "The result in figures, the weakest certainty first",
    tableSoFar: "The answers so far",
    certainty: "Certainty",
    sum: "Sum",
    all: "All",
    difference: "Difference",
    notAnswered: "Not answered",
    caveat:
      "This is there to start a conversation; it is not a validated instrument. There is no norm group: compare with yourself only, or talk about it with your team.",
    earlier: "Earlier results",
    compareWith: "Compare with",
    share: "Copy the link to this result",
    shareExplained:
      "The link holds the answers and nothing else, behind the # sign: they go to no server, only to those you send the link to.",
    toMarkdown: "Save as Markdown",
    print: "Print",
    changeAnswers: "Change answers",
    again: "Take the test again",
    againTitle: "Take the test again?",
    againText: /** @param {number} answers @param {number} snapshots */ (answers, snapshots) =>
      `This removes ${count(answers, "answer", "answers")}. Your ticks and ${count(snapshots, "saved result", "saved results")} stay.`,
    againDo: "Start again",
    sharedExplained: "This result came with a link. Your own answers have not changed.",
    compareOwn: "Compare with mine",
    stopComparing: "Stop comparing",
    toOwn: "To my own test",
    badLink:
      "We cannot read the result in this link; perhaps a piece of it fell off. Nothing has changed in your own answers.",
    // Export and import
    backup: "Take along or put back",
    backupExplained:
      "Whatever you fill in here stays in this browser. With a file you take ticks, answers and results along to another one.",
    exportAll: "Export everything",
    importAll: "Import a file",
    fileName: "the-7-certainties",
    importTitle: "Replace what is here?",
    importText: /** @param {Amount} own @param {Amount} found */ (own, found) =>
      `In this browser there is now: ${KEPT.en(own)}. It will be replaced by what is in the file: ${KEPT.en(found)}.`,
    importDo: "Replace",
    imported: "The file is taken over.",
    importLarge: "This file is too large to come from this site. Nothing has changed.",
    importCorrupt: "We cannot read this file; it is no JSON, or it is damaged. Nothing has changed.",
    importWrong: "This file is not an export of this site. Nothing has changed.",
    importNewer:
      "This file comes from a newer version of this site. Load the page again and try once more. Nothing has changed.",
    importEmpty: "There is nothing in this file to take over. Nothing has changed.",
  },
};

export const words = WORDS[language];

/** For the test of the keys. */
export const ALL_WORDS = WORDS;

/** @param {string} date  as 2026-11-23 */
export function sayDay(date) {
  const [year, month, day] = date.split("-").map(Number);
  return new Intl.DateTimeFormat(LOCALES[language], { day: "numeric", month: "long", year: "numeric" }).format(
    new Date(year, month - 1, day),
  );
}
