/*
  The editor of one language. It lives in a shadow root, where CodeMirror adopts style sheets: in the page it would add a style
  element, which the policy of the page refuses.
*/
import {
  Annotation, Decoration, defaultKeymap, defineLanguageFacet, drawSelection, EditorSelection, EditorState, EditorView, HighlightStyle,
  history, historyField, historyKeymap, hoverTooltip, invertedEffects, isolateHistory, keymap, Language, languageDataProp, markdownParser, openSearchPanel, placeholder,
  redo, search, searchKeymap, showTooltip, StateEffect, StateField, Strikethrough, syntaxHighlighting, Table, tags, TaskList, Transaction,
  undo,
} from "./codemirror.js";
import { make, say } from "./calls.js";
import { readPasted } from "./pasting.js";

export { openSearchPanel, redo, undo };

const data = defineLanguageFacet({});
const markdown = new Language(
  data,
  markdownParser.configure([
    Table, TaskList, Strikethrough,
    { props: [languageDataProp.add((type) => (type.isTop ? data : undefined))] },
  ]),
  [],
  "markdown",
);

/* The levels one by one: the head of a table has the tag of all headings. */
const colours = HighlightStyle.define([
  { tag: [1, 2, 3, 4, 5, 6].map((level) => tags[`heading${level}`]), fontFamily: "var(--display)", fontWeight: "600", fontSize: "1.2em" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator], color: "var(--quiet)", fontWeight: "400" },
  { tag: [tags.link, tags.labelName], color: "var(--accent)" },
  { tag: tags.url, color: "var(--quiet)" },
  { tag: tags.monospace, fontFamily: "var(--code)", fontSize: "0.9em" },
  { tag: tags.quote, fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent", fontSize: "1.0625rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--text)", lineHeight: "1.6", overflow: "visible" },
  ".cm-content": { padding: "0.25rem 0 6rem", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0" },
  "&.cm-focused .cm-content": { boxShadow: "-0.75rem 0 0 var(--paper), calc(-0.75rem - 2px) 0 0 var(--accent)" },
  ".cm-cursor": { borderLeft: "2px solid var(--accent)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { background: "var(--mark)" },
  ".cm-placeholder": { color: "var(--quiet)" },
  ".remark": {
    textDecoration: "underline var(--accent)", textUnderlineOffset: "0.22em", textDecorationSkipInk: "none",
  },
  ".remark--error": { textDecorationStyle: "wavy", textDecorationThickness: "1.5px" },
  ".remark--warning": { textDecorationStyle: "dotted", textDecorationThickness: "2px" },
  ".remark--waived": { textDecorationColor: "var(--line)", textDecorationStyle: "dotted" },
  ".remark--now": { background: "var(--mark)" },
  ".cm-tooltip": { border: "none", background: "none", zIndex: "5" },
  ".tip": {
    maxWidth: "min(26rem, 85vw)", padding: "0.75rem 0.9rem", background: "var(--paper)", color: "var(--ink)",
    border: "1px solid var(--ink)", borderRadius: "var(--radius)", font: "400 0.875rem/1.45 var(--label)",
    boxShadow: "0 0.4rem 1.5rem rgb(0 0 0 / 16%)",
  },
  ".tip + .tip": { borderTop: "0" },
  ".tip p": { margin: "0" },
  ".tip__message": { fontWeight: "600" },
  ".tip__remedy": { color: "var(--quiet)" },
  ".tip__rule": { color: "var(--quiet)", font: "400 0.75rem/1.5 var(--code)" },
  ".tip__cures": { display: "flex", flexWrap: "wrap", gap: "0.35rem", paddingTop: "0.45rem" },
  ".tip__cures button": {
    padding: "0.15rem 0.6rem", border: "1px solid var(--accent)", borderRadius: "var(--radius)", background: "var(--accent)",
    color: "var(--on-accent)", font: "600 0.8125rem/1.5 var(--label)", cursor: "pointer",
  },
  ".tip__cures button.plain": { background: "none", color: "var(--accent)" },
  ".tip__cures button:focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
  ".cm-panels": {
    background: "var(--panel)", color: "var(--ink)", border: "0", font: "400 0.875rem/1.5 var(--label)", zIndex: "2",
    position: "sticky !important", top: "var(--bars) !important",
  },
  ".cm-panel.cm-search": { padding: "0.5rem 2rem 0.5rem 0.75rem", fontSize: "0.875rem" },
  ".cm-panel.cm-search label": { fontSize: "0.8125rem", whiteSpace: "nowrap" },
  ".cm-panel.cm-search [name=close]": { top: "0.3rem", right: "0.5rem", fontSize: "1.25rem", color: "var(--ink)", cursor: "pointer" },
  ".cm-search label:has([name=re]), .cm-search label:has([name=word]), .cm-search [name=select]": { display: "none" },
  ".cm-textfield": {
    border: "0", borderBottom: "1px solid var(--quiet)", background: "none", color: "var(--ink)", font: "inherit", padding: "0.2rem 0",
  },
  ".cm-button": {
    border: "1px solid var(--line)", background: "var(--paper)", color: "var(--ink)", borderRadius: "var(--radius)", font: "inherit",
    padding: "0.1rem 0.5rem", cursor: "pointer",
  },
  ".cm-panel :focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-searchMatch": { background: "var(--mark)" },
  ".cm-searchMatch-selected": { outline: "1px solid var(--accent)" },
});

/* A change that came from the file, or that a remark asked for. */
export const FromFile = Annotation.define();

/*
  A part of what was done at once in several languages: undo in one of them takes it back in all. `put` are the fields that it brought,
  by language and key, and `back` what they were.
*/
const joined = StateEffect.define();
let joins = 0;

export const join = (put = {}, back = {}) => ({ id: (joins += 1), put, back });

const joinUndo = invertedEffects.of(({ effects }) =>
  effects.filter((one) => one.is(joined)).map(({ value }) => joined.of({ ...value, put: value.back, back: value.put })));

const partOf = (one) => (one ? { effects: joined.of(one), annotations: isolateHistory.of("full") } : {});

/* What was taken back or done again with others in an update, and which of the two. */
export const readJoined = ({ transactions }) => transactions.flatMap((one) => {
  const way = one.isUserEvent("undo") ? "undo" : one.isUserEvent("redo") ? "redo" : "";
  return way ? one.effects.filter((found) => found.is(joined)).map(({ value }) => ({ ...value, way })) : [];
});

/* Takes back, or does again, another part of the same; gives whether something was changed after it, so that it stays. */
export function follow(view, { id, way }) {
  const { done, undone } = view.state.field(historyField);
  const has = (event) => event?.effects?.some((one) => one.is(joined) && one.value.id === id);
  const [own, act] = way === "undo" ? [done, undo] : [undone, redo];
  if (has(own.at(-1))) act(view);
  else return own.some(has);
  return false;
}

const setRemarks = StateEffect.define();
const setCurrent = StateEffect.define();

/* The remarks where they are now: they move with the text until the next check. */
const remarksField = StateField.define({
  create: () => ({ list: [], current: null }),
  update({ list, current }, transaction) {
    if (transaction.docChanged) {
      const moved = new Map();
      for (const one of list) {
        const from = transaction.changes.mapPos(one.from, 1);
        const to = transaction.changes.mapPos(one.to, -1);
        if (to > from || one.from === one.to) moved.set(one, { ...one, from, to: Math.max(from, to) });
      }
      list = [...moved.values()];
      current = moved.get(current) ?? null;
    }
    for (const effect of transaction.effects) {
      if (effect.is(setRemarks)) {
        list = effect.value;
        current = null;
      }
      if (effect.is(setCurrent)) current = effect.value;
    }
    const { head, empty } = transaction.state.selection.main;
    if (transaction.selection && current && (!empty || head < current.from || head > current.to)) current = null;
    return { list, current };
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ list, current }) =>
      Decoration.set(
        list
          .filter((one) => one.to > one.from)
          .map((one) =>
            Decoration.mark({ class: `remark remark--${one.severity}${one === current ? " remark--now" : ""}` }).range(one.from, one.to)),
        true,
      )),
    showTooltip.from(field, ({ current }) =>
      current && { pos: current.from, above: true, create: (view) => ({ dom: describe(view, [current]) }) }),
  ],
});

/* What else can be done about a remark, by the editor that shows it. */
const others = new WeakMap();

/* A remark at its words, with its cure. */
function describe(view, remarks) {
  return make("div", { role: "tooltip" }, ...remarks.map((one) =>
    make("div", { class: "tip" },
      make("p", { class: "tip__message" }, one.message),
      one.remedy && make("p", { class: "tip__remedy" }, one.remedy),
      cures(one, (cure) => applyCure(view, one, cure), "tip__cures", (number) => (number ? "plain" : "")),
      others.get(view)?.(one),
      make("p", { class: "tip__rule" }, one.rule))));
}

/* A button for the one cure; where there are several, they are only said. */
export function cures(remark, apply, name, look) {
  if (!remark.cures?.length) return undefined;
  return make("div", { class: name }, ...remark.cures.slice(0, 5).map((cure, number) =>
    make("button", { type: "button", class: look(number), title: number ? "" : "Ctrl+.", onclick: () => apply(cure) }, cure.label)));
}

export function applyCure(view, remark, cure) {
  const now = view.state.field(remarksField).list.find((one) => one.key === remark.key);
  if (!now) return;
  view.dispatch({
    changes: { from: now.from, to: now.to, insert: cure.replace },
    selection: { anchor: now.from + cure.replace.length },
    userEvent: "input.cure",
  });
  view.focus();
}

const remarksAt = (state, place) =>
  state.field(remarksField).list.filter((one) => one.from <= place && place <= one.to && one.to > one.from);

const hover = hoverTooltip((view, place) => {
  const found = remarksAt(view.state, place);
  if (!found.length || found.includes(view.state.field(remarksField).current)) return null;
  return {
    pos: Math.min(...found.map((one) => one.from)),
    end: Math.max(...found.map((one) => one.to)),
    above: true,
    create: () => ({ dom: describe(view, found) }),
  };
}, { hoverTime: 150, hideOnChange: true });

function cureHere(view) {
  const one = view.state.field(remarksField).current ?? remarksAt(view.state, view.state.selection.main.head)[0];
  if (!one?.cures?.length) return false;
  applyCure(view, one, one.cures[0]);
  return true;
}

/* Puts a mark such as ** around the selection, or takes it away. */
export function wrap(view, mark) {
  view.dispatch(view.state.changeByRange((range) => {
    const text = view.state.sliceDoc(range.from, range.to);
    const around = view.state.sliceDoc(range.from - mark.length, range.from) === mark
      && view.state.sliceDoc(range.to, range.to + mark.length) === mark;
    if (around) {
      return {
        changes: [{ from: range.from - mark.length, to: range.from }, { from: range.to, to: range.to + mark.length }],
        range: EditorSelection.range(range.from - mark.length, range.to - mark.length),
      };
    }
    return {
      changes: { from: range.from, to: range.to, insert: `${mark}${text}${mark}` },
      range: EditorSelection.range(range.from + mark.length, range.to + mark.length),
    };
  }), { userEvent: "input" });
  view.focus();
  return true;
}

/* Escape lets Tab leave the editor; without it Tab is never taken, so the keyboard is never caught. */
function extensions({ language, name, onChange, onPlace, onPicture, readOnly }) {
  return [
    history({ newGroupDelay: 400 }),
    joinUndo,
    drawSelection(),
    EditorView.lineWrapping,
    markdown,
    syntaxHighlighting(colours),
    look,
    search({ top: true }),
    EditorState.phrases.of(Object.fromEntries(
      ["Find", "Replace", "next", "previous", "match case", "replace", "replace all", "close"]
        .map((phrase) => [phrase, say(`find_${/^[A-Z]/.test(phrase) ? "in_" : ""}${phrase.replaceAll(" ", "_").toLowerCase()}`)]),
    )),
    placeholder(say("empty_text")),
    remarksField,
    hover,
    EditorState.readOnly.of(Boolean(readOnly)),
    EditorView.contentAttributes.of({ "aria-label": name, lang: language, spellcheck: "false", autocorrect: "off", "aria-multiline": "true" }),
    keymap.of([
      { key: "Mod-.", run: cureHere },
      { key: "Mod-b", run: (view) => wrap(view, "**") },
      { key: "Mod-i", run: (view) => wrap(view, "*") },
      ...historyKeymap,
      ...searchKeymap.filter(({ key }) => ["Mod-f", "F3", "Escape"].includes(key)),
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update, update.transactions.some((one) => one.annotation(FromFile)));
      if (update.selectionSet || update.docChanged || update.focusChanged) onPlace(update);
    }),
    EditorView.domEventHandlers({
      paste: (event, view) => paste(event, view) || onPicture(event, event.clipboardData),
      drop: (event) => onPicture(event, event.dataTransfer),
    }),
  ];
}

/* Text with a form becomes Markdown; a picture, or text without a form, is left to others. */
function paste(event, view) {
  const text = readPasted(event.clipboardData);
  if (!text) return false;
  event.preventDefault();
  const { from, to } = view.state.selection.main;
  const before = view.state.doc.lineAt(from);
  const isBlock = text.includes("\n\n") || /^(#|>|\||-|1\.) ?/.test(text);
  const put = isBlock && before.from < from ? `\n\n${text}` : text;
  view.dispatch({ changes: { from, to, insert: put }, selection: { anchor: from + put.length }, userEvent: "input.paste", scrollIntoView: true });
  return true;
}

/* `kept` is a state with its history, as `keep` returned it; only used when its text is that of the file. */
export function openEditor(host, body, kept, options) {
  const root = host.attachShadow({ mode: "open" });
  const config = { extensions: extensions(options) };
  let state;
  try {
    if (kept && kept.doc === body) state = EditorState.fromJSON(kept, config, { history: historyField });
  } catch { /* it was kept by another version */ }
  const view = new EditorView({ parent: root, root, state: state ?? EditorState.create({ ...config, doc: body }) });
  if (options.onRemark) others.set(view, options.onRemark);
  return view;
}

export const keep = (view) => view.state.toJSON({ history: historyField });

/* Makes the text what it is in the file: only what differs changes, so the cursor stays, and it can be undone. */
export function replaceText(view, body, part) {
  const old = view.state.doc.toString();
  if (old === body) return;
  let from = 0;
  while (from < old.length && from < body.length && old[from] === body[from]) from += 1;
  let end = 0;
  while (end < old.length - from && end < body.length - from && old[old.length - 1 - end] === body[body.length - 1 - end]) end += 1;
  view.dispatch({
    changes: { from, to: old.length - end, insert: body.slice(from, body.length - end) },
    effects: partOf(part).effects,
    annotations: [FromFile.of(true), Transaction.userEvent.of("file"), ...(part ? [partOf(part).annotations] : [])],
  });
}

export function showRemarks(view, remarks) {
  const before = view.state.field(remarksField).current;
  const most = view.state.doc.length;
  const list = remarks
    .map((one) => ({ ...one, from: Math.min(one.from, most), to: Math.min(one.to, most) }))
    .sort((one, other) => one.from - other.from || other.to - one.to);
  const effects = [setRemarks.of(list)];
  const same = before && list.find((one) => one.rule === before.rule && one.from === before.from && one.message === before.message);
  if (same) effects.push(setCurrent.of(same));
  view.dispatch({ effects });
  return list;
}

/* Goes to a remark and shows it. */
export function goTo(view, key) {
  const one = view.state.field(remarksField).list.find((found) => found.key === key);
  if (!one) return false;
  view.focus();
  view.dispatch({
    selection: { anchor: one.from },
    effects: [setCurrent.of(one), EditorView.scrollIntoView(one.from, { y: "center" })],
  });
  return true;
}

/* Puts a text at the cursor, for the selection; `after` it, or as a `block` of its own below the paragraph. */
export function insert(view, text, { block = false, after = false, part } = {}) {
  const { from, to } = view.state.selection.main;
  let put = text;
  let [start, end] = [after ? to : from, to];
  if (block) {
    const line = view.state.doc.lineAt(from);
    start = end = line.to;
    put = line.length ? `\n\n${text}` : text;
    if (line.number < view.state.doc.lines && view.state.doc.line(line.number + 1).length) put += "\n";
  }
  view.dispatch({ changes: { from: start, to: end, insert: put }, selection: { anchor: start + put.length }, userEvent: "input.insert", scrollIntoView: true, ...partOf(part) });
  view.focus();
}

/* Puts a block after as many paragraphs: the same place in the other language. */
export function insertAfter(view, block, number, part) {
  const text = view.state.doc.toString();
  const ends = [...text.matchAll(/\n(?=\s*\n\s*\S)|$/g)].map((found) => found.index);
  const from = ends[Math.min(number, ends.length - 1)];
  view.dispatch({ changes: { from, insert: `\n\n${block}` }, userEvent: "input.insert", ...partOf(part) });
}

const ITEM = /^[-*+] \[[ xX]\] (.*) \{ #([\w-]+) \}[ \t]*$/gm;

/* The lines of a text that are items of a checklist. */
export const findItems = (state) =>
  [...state.doc.toString().matchAll(ITEM)].map((found) => ({ from: found.index, to: found.index + found[0].length, text: found[1], id: found[2] }));

/* Adds the line of an item below the others, or else at `place`; removes it only as it was made. Gives where it was removed. */
export function changeItem(view, { id, text }, on, place) {
  const items = findItems(view.state);
  const own = items.find((one) => one.id === id);
  const { length } = view.state.doc;
  let changes = null;
  if (on && !own) {
    const line = `- [ ] ${text} { #${id} }`;
    const last = items.at(-1);
    if (last) changes = { from: last.to, insert: `\n${line}` };
    else if (place !== undefined) changes = { from: place, insert: `${view.state.doc.lineAt(place).from < place ? "\n" : ""}${line}\n` };
  } else if (!on && own?.text === text) {
    changes = own.to < length ? { from: own.from, to: own.to + 1 } : { from: Math.max(0, own.from - 1), to: length };
  }
  if (changes) view.dispatch({ changes, userEvent: "input.item" });
  return changes && !on ? changes.from : undefined;
}
