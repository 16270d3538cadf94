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
  // Whoever takes the proposal out is not given it again: the button below would move away from under the finger.
  let emptied = false;
  const field = { class: "deal__field", autocomplete: "off" };
  const action = make("textarea", { ...field, rows: 2, maxlength: LONGEST.action, change: () => keepAction() });
  const owner = make("input", {
    ...field,
    id: "deal-owner",
    maxlength: LONGEST.owner,
    list: "deal-names",
    change: () => keep({ owner: owner.value.trim() }),
  });
  const date = make("input", { ...field, type: "date", change: () => keep({ date: date.value }) });
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

  function keepAction() {
    emptied = !action.value.trim();
    keep({ action: action.value.trim() });
  }

  /** The field to mend first, and what is wrong with it. */
  function lacking() {
    if (!action.value.trim()) return [action, words.teamActionless];
    if (!owner.value.trim()) return [owner, words.teamOwnerless];
    if (!date.value) return [date, words.teamDateless];
    return date.value < today() ? [date, words.teamDatePast] : null;
  }

  function remind() {
    const [field, message] = lacking() ?? [];
    if (field) {
      warn(message);
      return field.focus();
    }
    // Now all of it is agreed on, also what was only proposed.
    keep({ action: action.value.trim(), owner: owner.value.trim(), date: date.value });
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
    const isOwn = Boolean(team.deal.action) || emptied;
    put(action, isOwn ? team.deal.action : (proposed?.text ?? ""));
    put(owner, team.deal.owner);
    put(date, team.deal.date || fridayAfter(today()));
    date.min = today();
    // Its line stays when it is no longer so, for the same reason.
    proposal.textContent = proposed ? words.teamProposal(proposed.title) : "";
    proposal.classList.toggle("deal__proposal--over", isOwn);
    action.setAttribute("aria-describedby", isOwn ? "" : "deal-proposal");
    names.replaceChildren(...team.members.map(({ name }) => make("option", { value: name })));
    part.classList.toggle("deal--made", Boolean(team.deal.action && team.deal.owner && team.deal.date));
  }

  return { part, update };
}

/** Only what somebody filled in: the rest stays a proposal, which follows the team. @param {Partial<State["team"]["deal"]>} part */
const keep = (part) =>
  change((state) => ({ ...state, team: { ...state.team, deal: { ...state.team.deal, ...part } } }));

/** Not while somebody is in it. @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} text */
function put(field, text) {
  if (field !== document.activeElement && field.value.trim() !== text) field.value = text;
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
