/* The front matter as fields: those of one language above its text, and those that all languages share above both. */
import { askSource, askSure } from "./asking.js";
import { byId, call, hold, make, say } from "./calls.js";
import { cures } from "./editor.js";

/* Milliseconds between a press and the end of a click: what it aims at stays where it is. */
const CLICK = 300;
const OPTIONAL = new Set(["subject", "updated"]);

/* A field of the list of the server, with its label in the language of the interface. */
const labelOf = (field) => field.label ?? say(`field_${field.key}`);

export function drawFields(desk) {
  const { opened, editions } = desk;
  for (const place of [byId("shared-fields"), ...editions.map((one) => one.fieldsPlace)]) place.replaceChildren();
  let row = 1;
  for (const field of opened.fields) {
    if (!field.shared) row += 1;
    if (field.shared) {
      const readable = editions.filter((one) => !one.raw);
      if (readable.length) byId("shared-fields").append(draw(desk, field, readable[0], readable));
    } else for (const edition of editions.filter((one) => !one.raw)) {
      const box = draw(desk, field, edition, [edition]);
      box.style.gridRow = row;
      edition.fieldsPlace.append(box);
    }
  }
  byId("shared").hidden = !byId("shared-fields").children.length;
  showFields(desk);
}

/* What is shown of a field, and how its value is read; `owners` are the editions that have it. */
function draw(desk, field, edition, owners) {
  const id = `field-${field.key}-${field.shared ? "all" : edition.language}`;
  const set = (value) => {
    for (const one of owners) one.fields[field.key] = structuredClone(value);
    desk.changed(edition);
    showFields(desk);
  };
  const common = { id, "aria-describedby": `${id}-notes` };
  const kinds = {
    line: () => make("textarea", {
      ...common, rows: 1, lang: edition.language, spellcheck: false,
      onkeydown: (event) => { if (event.key === "Enter") event.preventDefault(); },
      oninput: (event) => set(event.target.value.replace(/\s*\n\s*/g, " ")),
    }),
    date: () => make("input", { ...common, type: "datetime-local", oninput: (event) => set(withZone(event.target.value, edition.fields[field.key])) }),
    bool: () => make("input", { ...common, type: "checkbox", onchange: (event) => set(event.target.checked) }),
    certainty: () => choose(common, field.options ?? [], set),
    thought: () => choose(common, desk.opened.thoughts.map((one) => ({ value: one.id, label: one.title })), set),
    months: () => make("div", { class: "checks checks--short", role: "group", "aria-label": labelOf(field) }, ...seasonsOf(field, edition).map((name) =>
      make("label", { class: "check" },
        make("input", {
          type: "checkbox", value: name,
          onchange: (event) => set(inOrder(edition.fields[field.key], field.options, name, event.target.checked)),
        }),
        make("span", {}, saySeason(name, field.options))))),
    facts: () => make("div", { class: "chips", role: "group", "aria-label": labelOf(field) },
      make("ul", {}),
      make("button", {
        type: "button", class: "button button--plain button--small",
        onclick: () => askSource(edition.language, ({ id: fact }) => {
          if (!edition.fields[field.key].includes(fact)) set([...edition.fields[field.key], fact]);
        }),
      }, say("source_add"))),
    items: () => make("div", { class: "checks", role: "group", "aria-label": labelOf(field) }, ...desk.opened.items.map((one) =>
      make("label", { class: "check" },
        make("input", {
          type: "checkbox", value: one.id,
          onchange: (event) => {
            const others = edition.fields[field.key].filter((id_) => id_ !== one.id);
            set(event.target.checked ? [...others, one.id] : others);
            desk.changeItems(one.id, event.target.checked, owners);
          },
        }),
        make("span", {}, one.text[document.documentElement.lang] ?? Object.values(one.text)[0])))),
  };
  const input = kinds[field.kind]?.();
  const isGroup = ["items", "months", "facts"].includes(field.kind);
  const box = make("div", {
    class: `field field--${field.key}`, data: { field: field.key, kind: field.kind, ...(field.shared ? {} : { language: edition.language }) },
  });
  const label = make(field.kind === "items" ? "summary" : input && !isGroup ? "label" : "p", { class: "field__label", htmlFor: id }, make("span", {}, labelOf(field)));
  if (field.most) label.append(make("span", { class: "field__count", "aria-hidden": "true" }));
  if (field.kind === "bool") box.append(make("label", { class: "check" }, input, make("span", {}, labelOf(field))));
  else if (field.kind === "items") box.append(make("details", {}, label, input));
  else box.append(label, input ?? make("p", { class: "field__fixed" }));
  if (field.kind === "thought" && !desk.opened.out) box.append(offerThought(desk));
  const notes = make("div", { id: `${id}-notes`, class: "field__notes" });
  box.append(notes);
  box.addEventListener("focusout", () => setTimeout(() => { if (!box.contains(document.activeElement)) notes.style.minHeight = ""; }, CLICK));
  box.show = () => {
    const value = edition.fields[field.key];
    if (field.kind === "items" || field.kind === "months") for (const one of box.querySelectorAll("input")) one.checked = (value ?? []).includes(one.value);
    else if (field.kind === "facts") showChips(desk, input.firstChild, value ?? [], set);
    else if (field.kind === "bool") input.checked = Boolean(value);
    else if (!input) notes.previousSibling.textContent = Object.entries(value ?? {}).map(([key, why]) => `${key}: ${why}`).join(" · ");
    else {
      const shown = field.kind === "date" ? (value ?? "").slice(0, 16) : Array.isArray(value) ? value.join(", ") : value ?? "";
      if (input.tagName === "SELECT" && shown && ![...input.options].some((one) => one.value === shown)) input.append(new Option(shown, shown));
      if (input.value !== shown) input.value = shown;
    }
    box.hidden = (!input && !Object.keys(value ?? {}).length) || (field.key === "updated" && !value && !desk.opened.out);
    if (field.most) {
      const long = (value ?? "").length;
      const count = label.querySelector(".field__count");
      count.textContent = long ? `${long} / ${field.most}` : "";
      count.dataset.is = long > field.most ? "over" : "";
    }
    if (field.kind === "items") label.firstChild.textContent = `${labelOf(field)} (${(value ?? []).length})`;
    if (field.kind === "thought") box.querySelector(".offer")?.show(value);
    if (OPTIONAL.has(field.key) && field.kind === "line") input.placeholder = edition.fields.title ?? "";
    showNotes(desk, box, field, owners, edition);
  };
  return box;
}

/* Another thought in its field changes nothing below it, unless the letter is made anew from it. */
function offerThought(desk) {
  const note = make("span", {});
  const act = () => askSure(say("retell"), say("retell_text"), say("retell_do"), () => desk.retell());
  const button = make("button", { type: "button", class: "link", onclick: act });
  const offer = make("p", { class: "offer small" }, note, " ", button);
  offer.show = (value) => {
    const isNew = value !== desk.told.thought;
    offer.classList.toggle("offer--quiet", !isNew);
    note.textContent = isNew ? say("retell_note") : "";
    button.textContent = say(isNew ? "retell" : "retell_do");
  };
  return offer;
}

function showChips(desk, list, ids, set) {
  const focused = [...list.children].findIndex((one) => one.contains(document.activeElement));
  list.replaceChildren(...ids.map((id) => {
    const name = desk.opened.facts[id] ?? id;
    return make("li", { class: "chip" }, make("span", { title: id }, name),
      make("button", { type: "button", "aria-label": say("remove", { name }), onclick: () => set(ids.filter((one) => one !== id)) }, "×"));
  }));
  if (focused >= 0) (list.children[Math.min(focused, ids.length - 1)]?.querySelector("button") ?? list.nextSibling).focus();
}

/* A list with or without a value, in the order of `all`; what is not among them, such as a week, stays behind. */
function inOrder(values, all, value, on) {
  const chosen = [...values.filter((one) => one !== value), ...(on ? [value] : [])];
  return [...all.filter((one) => chosen.includes(one)), ...chosen.filter((one) => !all.includes(one))];
}

/* All months, and the weeks that the file names. */
const seasonsOf = ({ key, options }, { fields }) => [...options, ...(fields[key] ?? []).filter((one) => !options.includes(one))];

function saySeason(name, months) {
  const month = months.indexOf(name);
  if (month < 0) return name.replace(/^W0?(\d+)$/, (_, number) => say("week", { number }));
  return new Date(2026, month, 1).toLocaleDateString(document.documentElement.lang, { month: "long" });
}

const choose = (common, options, set) =>
  make("select", { ...common, onchange: (event) => set(event.target.value) }, ...options.map((one) => new Option(one.label, one.value)));

/* A moment as the input has it, in the zone that it had. */
function withZone(local, before) {
  if (!local) return "";
  return `${local}:00${before?.match(/(Z|[+-]\d\d:\d\d)$/)?.[0] ?? "+01:00"}`;
}

function showNotes(desk, box, field, owners, edition) {
  const notes = box.querySelector(".field__notes");
  const remarks = [...owners.flatMap((one) => one.remarks.map((found) => [found, one])), ...(desk.common ?? []).map((found) => [found, null])]
    .filter(([one]) => one.field === field.key && ["error", "warning"].includes(one.severity));
  const seen = new Set();
  const lines = remarks.filter(([one]) => !seen.has(one.message) && seen.add(one.message)).map(([one, owner]) =>
    make("div", { class: `field__remark field__remark--${one.severity}` },
      make("span", {}, make("span", { class: "unseen" }, `${say(`severity_${one.severity}`)}: `), one.message, one.remedy ? `${/[.?]$/.test(one.message) ? "" : "."} ${one.remedy}` : ""),
      owner && cures(one, (cure) => desk.cure(one, owner, cure), "remark__cures", () => "button button--small")));
  const cut = field.key === "summary" && edition.inbox
    ? [make("p", { class: "field__cut" }, `${say(`inbox_${edition.inbox.kind}`)}: `, make("b", { lang: edition.language }, edition.inbox.subject), " ", make("span", { lang: edition.language }, edition.inbox.summary))]
    : [];
  const said = [...cut, ...lines];
  if (notes.textContent === said.map((one) => one.textContent).join("") && notes.children.length === said.length) return;
  if (box.contains(document.activeElement)) notes.style.minHeight = `${notes.getBoundingClientRect().height}px`;
  notes.replaceChildren(...said);
}

const soon = hold(150, 600, () => soon.act());

/* What a telephone shows of subject and summary, as the server cuts it. */
export function showInbox(desk) {
  if (desk.opened.kind !== "letter") return;
  soon.act = async () => {
    const { lines } = await call("inbox", { text: desk.text }).catch(() => ({ lines: [] }));
    desk.inbox = lines;
    for (const edition of desk.editions) {
      const own = lines.filter((one) => one.language === edition.language);
      edition.inbox = own.reduce((least, one) => (!least || one.summary.length < least.summary.length ? one : least), null);
    }
    showFields(desk);
    document.dispatchEvent(new Event("inbox"));
  };
  soon();
}

export function showFields(desk) {
  for (const box of document.querySelectorAll(".field")) box.show?.();
  const { fields } = desk.editions.find((one) => !one.raw) ?? { fields: {} };
  const parts = desk.opened.fields.filter((one) => one.shared).map((field) => {
    const value = fields[field.key];
    if (field.kind === "bool") return value ? labelOf(field) : "";
    if (field.kind === "items") return say("chosen_items", { number: (value ?? []).length });
    if (field.kind === "facts") return say("chosen_facts", { number: (value ?? []).length });
    if (field.kind === "thought") return desk.opened.thoughts.find((one) => one.id === value)?.title ?? value;
    if (field.kind === "certainty") return field.options?.find((one) => one.value === value)?.label ?? value;
    if (field.kind === "date") return field.key === "published" ? "" : sayDate(value);
    return "";
  });
  byId("shared-says").textContent = `${say("shared")}: ${parts.filter(Boolean).join(" · ")}`;
}

function sayDate(value) {
  const moment = value ? new Date(value) : null;
  if (!moment || Number.isNaN(moment.getTime())) return "";
  return moment.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long" });
}
