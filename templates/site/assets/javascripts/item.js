// @ts-check
/**
 * What else there is to do with an item, behind one button: who does it, a note, a reminder, a link, and that it does
 * not apply.
 *
 * @typedef {import("./state.js").State} State
 */
import { make } from "./elements.js";
import { addressOf, copyButton } from "./links.js";
import { tell } from "./note.js";
import { itemReminder, reminderButton } from "./reminder.js";
import { LONGEST } from "./state.js";
import { change, read, subscribe } from "./store.js";
import { markOf, noteItem, noteOf } from "./ticks.js";
import { doWithWayBack } from "./undo.js";
import { words } from "./words.js";

/** What each item shows, by what is kept. */
const shows = /** @type {Set<(state: State) => void>} */ (new Set());
subscribe((state) => shows.forEach((show) => show(state)));

// Whoever turns to something else on a phone may never come back to leave the field.
document.addEventListener("visibilitychange", () => {
  const field = document.activeElement;
  if (document.hidden && field?.closest(".item__panel")) field.dispatchEvent(new Event("change"));
});

/**
 * @param {string} id @param {HTMLElement} item @param {HTMLElement} label  says which item it is
 * @param {(id: string, mark: import("./ticks.js").Mark) => void} put  marks it
 * @returns {Record<"button" | "panel" | "note", HTMLElement>}
 */
export function itemTools(id, item, label, put) {
  const text = label.textContent?.trim() ?? "";
  const named = (/** @type {string} */ name) => ({ id: `${name}-${id}`, "aria-labelledby": `${name}-${id} ${label.id}` });
  const unfit = make(
    "button",
    {
      type: "button",
      class: "quiet-button item__unfit",
      ...named("unfit"),
      click: () => put(id, markOf(read(), id) === "na" ? "open" : "na"),
    },
    words.notApplicable,
  );
  const fields = /** @type {const} */ ([
    ["owner", make("input", { id: `owner-${id}`, type: "text", autocomplete: "off", maxlength: LONGEST.owner })],
    ["text", make("textarea", { id: `note-${id}`, rows: 2, maxlength: LONGEST.text })],
  ]);
  for (const [key, field] of fields) field.addEventListener("change", () => write(id, key, field.value));
  const panel = make(
    "div",
    { class: "item__panel", id: `more-${id}`, role: "group", "aria-label": words.moreOf(text), hidden: true },
    ...fields.map(([key, field]) =>
      make("p", { class: "item__field" }, make("label", { for: field.id }, words[NAMES[key]]), field),
    ),
    make("p", { class: "item__kept" }, words.noteExplained),
    make(
      "p",
      { class: "item__tools" },
      reminderButton(words.remind, () => itemReminder(id, text, addressOf(item)), {
        class: "quiet-button item__remind",
        ...named("remind"),
      }),
      copyButton(item, label),
      unfit,
    ),
  );
  const button = make(
    "button",
    {
      type: "button",
      class: "item__more",
      "aria-expanded": "false",
      "aria-controls": panel.id,
      "aria-label": words.moreOf(text),
      click: () => open(panel.hidden),
    },
    make("span", { "aria-hidden": "true" }, "…"),
  );
  const note = make("span", { class: "item__note", hidden: true });

  function open(/** @type {boolean} */ yes) {
    panel.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
  }

  for (const part of [button, panel]) {
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      button.focus(); // which leaves a field, and so keeps what is in it
      open(false);
    });
  }

  function show(/** @type {State} */ state) {
    const kept = noteOf(state, id);
    unfit.setAttribute("aria-pressed", String(markOf(state, id) === "na"));
    for (const [key, field] of fields) {
      // Words that somebody is typing stay; a field that has only the focus follows another tab.
      const isTyped = field === document.activeElement && field.value !== field.defaultValue;
      field.defaultValue = kept[key];
      if (!isTyped) field.value = kept[key];
    }
    note.hidden = !kept.owner && !kept.text;
    note.replaceChildren(
      ...(kept.owner ? [make("b", {}, kept.owner)] : []),
      kept.owner && kept.text ? ": " : "",
      kept.text,
    );
  }

  shows.add(show);
  show(read());
  return { button, panel, note };
}

/** What a field is called. */
const NAMES = /** @type {const} */ ({ owner: "noteOwner", text: "noteText" });

/**
 * Writes one field of a note; the other one may have been written in another tab.
 *
 * @param {string} id @param {"owner" | "text"} key @param {string} value
 */
function write(id, key, value) {
  const before = noteOf(read(), id)[key];
  const set = () => change((state) => noteItem(state, id, { ...noteOf(state, id), [key]: value }));
  if (value.trim() === before) return;
  if (before && !value.trim()) return doWithWayBack(set, words.noteGone);
  set();
  tell(words.noteKept);
}
