// @ts-check
/** Who is in a team: results come in, get a name, and go. */

import { button, make } from "./elements.js";
import { addMembers, freeName, readLinks } from "./members.js";
import { ownAnswers, score } from "./score.js";
import { unsay } from "./note.js";
import { EMPTY, LARGEST_TEAM, LONGEST } from "./state.js";
import { change, read } from "./store.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/** @typedef {import("./state.js").State} State @typedef {import("./state.js").Member} Member */

/** A text that holds eight links fits many times; what is longer is no chat of a team. */
const LONGEST_TEXT = 100_000;

/** @param {import("./score.js").Playbook} playbook */
export function roster(playbook) {
  const names = make("ul", { class: "team__names" });
  const told = make("div", { class: "team__told", role: "status" });
  const text = make("textarea", {
    id: "team-links",
    class: "team__links",
    rows: 4,
    maxlength: LONGEST_TEXT,
    spellcheck: "false",
    autocomplete: "off",
    "aria-describedby": "team-hint",
  });
  const adding = button(words.teamRead, take, { id: "team-read" });
  const own = make("p", { class: "buttons" }, button(words.teamOwn, takeOwn, { id: "team-own" }));
  const blank = button(words.teamPrintBlank, () => window.print());
  const clear = button(words.teamClear, empty, { id: "team-clear", class: "quiet-button" });
  const part = make(
    "details",
    { class: "team__edit", open: true },
    make("summary", {}, words.teamEdit),
    told,
    names,
    own,
    make("label", { for: "team-links" }, words.teamLinks),
    make("p", { id: "team-hint", class: "team__hint" }, words.teamHint),
    text,
    make("p", { class: "buttons" }, adding, blank, clear),
  );

  const ownFinished = (/** @type {State} */ state) => {
    const answers = ownAnswers(playbook, state.answers);
    return score(playbook, answers).missing ? null : answers;
  };

  function take() {
    const { found, links, bad } = readLinks(playbook, text.value);
    const { told, added } = add(found);
    report([
      links === 0 && words.teamNone,
      bad > 0 && words.teamBad(bad, links),
      told.unfinished.length > 0 && words.teamUnfinished(told.unfinished),
      told.twice.length > 0 && words.teamTwice(told.twice),
      ...told.alike.map((pair) => words.teamAlike(pair)),
      told.named.length > 0 && words.teamNamed(told.named),
      told.left > 0 && words.teamFull(LARGEST_TEAM, told.left),
    ]);
    if (added === 0) {
      unsay(); // what was done before
      part.open = true;
      return see("team-links");
    }
    text.value = "";
    follow(added, found.some(({ name }) => !name));
  }

  function takeOwn() {
    const answers = ownFinished(read());
    if (!answers) return;
    const { told, added } = add([{ name: words.teamOwnName, answers }]);
    report([
      ...told.alike.map((pair) => words.teamAlike(pair)),
      told.left > 0 && words.teamFull(LARGEST_TEAM, told.left),
    ]);
    if (added) follow(added, true);
    else unsay();
  }

  /** @param {import("./members.js").Found[]} found */
  function add(found) {
    const { team, added, told } = addMembers(playbook, read().team, found, words.teamNameless);
    if (added.length) doWithWayBack(() => change((state) => ({ ...state, team })), words.teamAdded(added.length));
    return { told, added: added.length };
  }

  /**
   * To the first name that somebody still has to give; otherwise to what it says.
   *
   * @param {number} added @param {boolean} nameless
   */
  function follow(added, nameless) {
    const { members } = read().team;
    const ours = (/** @type {string} */ name) =>
      name === words.teamOwnName || members.some((_, place) => name === words.teamNameless(place + 1));
    const place = members.findIndex(({ name }, place) => place >= members.length - added && ours(name));
    part.open = nameless || told.childElementCount > 0 || members.length < 2;
    see(nameless && place >= 0 ? `team-name-${place}` : "team-say");
  }

  /** @param {(string | false)[]} lines */
  function report(lines) {
    told.replaceChildren(...lines.flatMap((line) => (line ? make("p", {}, line) : [])));
  }

  function empty() {
    doWithWayBack(() => change((state) => ({ ...state, team: EMPTY.team })), words.teamCleared);
    see("team-links");
  }

  /** @param {number} place @param {HTMLInputElement} field */
  function rename(place, field) {
    const { members } = read().team;
    const [before, others] = [members[place].name, members.filter((_, other) => other !== place)];
    const name = field.value.trim() ? freeName(field.value, others) : before;
    field.value = name;
    if (name === before) return;
    const renamed = members.map((member, other) => (other === place ? { ...member, name } : member));
    doWithWayBack(() => keep(renamed), words.teamRenamed(before, name));
  }

  /** @param {number} place */
  function remove(place) {
    const { members } = read().team;
    const left = members.filter((_, other) => other !== place);
    doWithWayBack(() => keep(left), words.teamRemoved(members[place].name));
    see(left.length ? `team-name-${Math.min(place, left.length - 1)}` : "team-links");
  }

  /** @param {State} state */
  function update(state) {
    const { members } = state.team;
    // Somebody may be in one of the fields: they are made again only when there are more or fewer.
    // What was said of them may be true no more where some went.
    if (names.childElementCount > members.length) report([]);
    if (names.childElementCount !== members.length) names.replaceChildren(...members.map((_, place) => member(place)));
    for (const [place, { name }] of members.entries()) {
      const [field, go] = /** @type {[HTMLInputElement, HTMLElement]} */ ([...names.children[place].children]);
      if (field !== document.activeElement) field.value = name;
      field.setAttribute("aria-label", words.teamNameOf(name));
      go.setAttribute("aria-label", words.teamRemoveOf(name));
    }
    const answers = ownFinished(state);
    own.hidden =
      !answers || members.some((one) => Object.entries(answers).every(([key, answer]) => one.answers[key] === answer));
    blank.hidden = members.length > 0;
    clear.hidden = !blank.hidden;
    const isFirst = members.length === 0 && !own.hidden;
    own.firstElementChild?.classList.toggle("z7-button--main", isFirst);
    adding.classList.toggle("z7-button--main", members.length < 2 && !isFirst);
  }

  /** @param {number} place */
  function member(place) {
    const field = make("input", {
      id: `team-name-${place}`,
      class: "team__name",
      maxlength: LONGEST.name,
      autocomplete: "off",
      change: () => rename(place, field),
    });
    const go = { id: `team-remove-${place}`, class: "quiet-button" };
    return make("li", {}, field, button(words.teamRemove, () => remove(place), go));
  }

  /** What somebody came with; once, also when the page is loaded again. @param {string} link */
  function bring(link) {
    history.replaceState(history.state, "", location.pathname + location.search);
    text.value = link;
    take();
  }

  return { part, update, bring };
}

/** @param {readonly Member[]} members */
const keep = (members) => change((state) => ({ ...state, team: { ...state.team, members } }));

/** @param {string} id  to have the focus */
function see(id) {
  const target = document.getElementById(id);
  target?.focus();
  if (target instanceof HTMLInputElement) target.select();
}
