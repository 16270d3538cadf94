// @ts-check
/** What a team agrees on: one action, one owner, one date. */

import { toCalendar } from "./calendar.js";
import { addDays, mondayOf } from "./days.js";
import { button, make } from "./elements.js";
import { download } from "./files.js";
import { tell, warn } from "./note.js";
import { nextStep, score } from "./score.js";
import { LONGEST } from "./state.js";
import { change, read, today } from "./store.js";
import { sayDay, words } from "./words.js";

/**
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./spread.js").Row} Row
 * @typedef {import("./state.js").State} State
 */

/** @param {Playbook} playbook */
export function dealOf(playbook) {
  const [forAction, forOwner, forDate] = Array.from(
    document.querySelectorAll(".team-sheet__line b"),
    (one) => one.textContent ?? "",
  );
  const keep = () => change((state) => ({ ...state, team: { ...state.team, deal: values() } }));
  const field = { class: "deal__field", change: keep, autocomplete: "off" };
  const action = make("textarea", { ...field, rows: 2, maxlength: LONGEST.action, "aria-describedby": "deal-proposal" });
  const owner = make("input", { ...field, id: "deal-owner", maxlength: LONGEST.owner, list: "deal-names" });
  const date = make("input", { ...field, type: "date" });
  const names = make("datalist", { id: "deal-names" });
  const proposal = make("p", { id: "deal-proposal", class: "deal__proposal" });
  const labelled = (/** @type {string} */ text, /** @type {HTMLElement} */ control) =>
    make("label", { class: "deal__label" }, make("span", {}, text), control);
  const part = make(
    "section",
    { class: "deal", "aria-labelledby": "deal-title" },
    make("h2", { id: "deal-title" }, words.teamDeal),
    make("p", {}, words.teamDealText),
    make(
      "div",
      { class: "deal__fields" },
      make("div", {}, labelled(forAction, action), proposal),
      labelled(forOwner, owner),
      labelled(forDate, date),
      names,
    ),
    make(
      "p",
      { class: "buttons" },
      button(words.teamRemind, remind, { class: "z7-button z7-button--main" }),
      button(words.teamPrint, () => window.print()),
    ),
  );

  const values = () => ({ action: action.value.trim(), owner: owner.value.trim(), date: date.value });

  function remind() {
    if (!owner.value.trim()) {
      warn(words.teamOwnerless);
      return owner.focus();
    }
    keep();
    const agreed = read().team;
    const found = {
      id: "team",
      date: agreed.deal.date,
      summary: `${agreed.deal.action} (${agreed.deal.owner})`,
      text: words.teamReminder(agreed.deal.owner, agreed.members.map(({ name }) => name)),
      url: location.origin + location.pathname,
    };
    download(toCalendar(found, location.hostname, Date.now()), "text/calendar", "ics", words.teamFile);
    tell(words.teamReminded(sayDay(found.date)));
  }

  /** @param {State} state @param {Row[]} rows */
  function update({ items, team }, rows) {
    const proposed = proposalOf(playbook, rows, items);
    put(action, team.deal.action || (proposed?.text ?? ""));
    put(owner, team.deal.owner);
    put(date, team.deal.date || fridayAfter(today()));
    proposal.textContent = !team.deal.action && proposed ? words.teamProposal(proposed.title) : "";
    names.replaceChildren(...team.members.map(({ name }) => make("option", { value: name })));
    part.classList.toggle("deal--made", Boolean(team.deal.action && team.deal.owner && team.deal.date));
  }

  return { part, update };
}

/** Not while somebody is in it. @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} text */
function put(field, text) {
  if (field !== document.activeElement) field.value = text;
}

/**
 * The first open item of the certainty on which they are furthest apart.
 *
 * @param {Playbook} playbook @param {Row[]} rows @param {State["items"]} items
 */
function proposalOf(playbook, rows, items) {
  const { parts } = score(playbook, {});
  const ordered = rows.flatMap(({ certainty }) => parts.find((part) => part.certainty.id === certainty.id) ?? []);
  const step = nextStep(ordered, items);
  return step && { text: step.item.text, title: step.part.certainty.title };
}

/** @param {string} day */
function fridayAfter(day) {
  const friday = addDays(mondayOf(day), 4);
  return friday > day ? friday : addDays(friday, 7);
}
