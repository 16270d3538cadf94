// @ts-check
/** The page of the team: results beside each other, out of the links that people share, and what is agreed on. */

import { dealOf } from "./deal.js";
import { make } from "./elements.js";
import { watchStorage } from "./note.js";
import { findPlaybook } from "./playbook.js";
import { roster } from "./roster.js";
import { coin, rowsOf } from "./scale.js";
import { keysOf, ownAnswers, score } from "./score.js";
import { decode } from "./share.js";
import { initialsOf, meaningOf, spreadOf } from "./spread.js";
import { read, subscribe, today } from "./store.js";
import { sayDay, words } from "./words.js";

/**
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./spread.js").Row} Row
 * @typedef {import("./state.js").State} State
 */

/** @type {(() => void) | undefined} */
let update;

export function startTeam() {
  const place = document.querySelector("#team");
  const playbook = findPlaybook();
  if (!(place instanceof HTMLElement) || !playbook) return;
  watchStorage();
  open(place, playbook);
}

subscribe(() => update?.());

/** @param {HTMLElement} place @param {Playbook} playbook */
function open(place, playbook) {
  const say = make("section", { class: "team__say", "aria-labelledby": "team-say" });
  const edit = roster(playbook);
  const rows = make("ol", { class: "team__rows" });
  const agreed = dealOf(playbook);
  let compared = /** @type {boolean | undefined} */ (undefined);

  update = () => {
    const state = read();
    const { members } = state.team;
    const spread = spreadOf(playbook, members);
    const filled = members.length > 0;
    if (compared !== members.length > 1) edit.part.open = members.length < 2;
    compared = members.length > 1;
    place.classList.toggle("team--filled", compared);
    say.hidden = !filled;
    say.replaceChildren(...(filled ? sayingOf(playbook, members, spread).filter((part) => part !== "") : []));
    rows.hidden = agreed.part.hidden = !compared;
    rows.replaceChildren(...(rows.hidden ? [] : rowsOf(playbook, members, spread)));
    edit.update(state);
    agreed.update(state, spread);
    fillSheet(playbook, state);
  };

  place.append(say, edit.part, rows, agreed.part, make("p", { class: "team__kept" }, words.teamKept));
  update();
  place.classList.add("team--live");
  // A result that somebody puts here from its own page.
  const bring = () => void (decode(keysOf(playbook), location.hash).kind !== "none" && edit.bring(location.hash));
  window.addEventListener("hashchange", bring);
  bring();
}

/**
 * What the results mean, and who is in them.
 *
 * @param {Playbook} playbook @param {readonly import("./state.js").Member[]} members @param {readonly Row[]} rows
 */
function sayingOf(playbook, members, rows) {
  const { kind, agree, differ, far } = meaningOf(playbook, rows);
  const names = members.map(({ name }) => name);
  const titles = (/** @type {readonly Row[]} */ some) => some.map(({ certainty }) => certainty.title);
  const sentence = {
    alone: () => words.teamAlone,
    equal: () => words.teamEqual(names),
    low: () => words.teamLow(names),
    high: () => words.teamHigh(names),
    close: () => words.teamClose(names),
    mixed: () => (far ? words.teamMixedFar : words.teamMixed)(names, titles(agree), titles(differ)),
    apart: () => words.teamApart(names, titles(differ)),
  }[kind]();
  const about = [
    (kind === "equal" || kind === "high") && words.teamProve,
    members.length === 2 && words.teamTwo,
  ]
    .filter(Boolean)
    .join(" ");
  const initials = initialsOf(names);
  return [
    make("p", { class: "team__count" }, `${words.teamCount(members.length)} · ${sayDay(today())}`),
    make("h2", { id: "team-say", tabindex: -1 }, sentence),
    about && make("p", { class: "team__about" }, about),
    make(
      "ul",
      { class: "team__who" },
      ...names.map((name, place) => make("li", {}, coin(initials[place]), make("span", {}, name))),
    ),
  ];
}

/**
 * The sheet of paper: the reader's own scores, and what the team agreed on. What is only proposed stays a line to write on.
 *
 * @param {Playbook} playbook @param {State} state
 */
function fillSheet(playbook, { answers, team }) {
  const own = score(playbook, ownAnswers(playbook, answers));
  for (const { certainty, sum } of own.parts) {
    const cell = document.querySelector(`.team-sheet__scores [data-certainty="${certainty.id}"] td`);
    if (cell) cell.textContent = own.missing ? "" : String(sum);
  }
  const { action, owner, date } = team.deal;
  const lines = document.querySelectorAll(".team-sheet__line span");
  for (const [place, text] of [action, owner, date && sayDay(date)].entries()) {
    if (lines[place]) lines[place].textContent = text;
  }
}
