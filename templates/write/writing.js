/*
  The page of one text. Each language is an edition: its fields, its editor, and the digest of the file that both were read from.

  Saving and checking take turns, so that remarks belong to what was saved last; what was typed meanwhile moves them.
*/
import { all, BASE, byId, call, clock, Gone, hold, make, memory, Refusal, say, tell } from "./calls.js";
import { askConflict, askFact, askHand, askLink, askPicture, askProof, askSure, askThought, askVersions, askWaiver } from "./asking.js";
import {
  applyCure, changeItem, cures, findItems, follow as followPart, goTo, join, keep, openEditor, openSearchPanel, readJoined, redo,
  replaceText, showRemarks, undo, wrap,
} from "./editor.js";
import { drawFields, showFields, showInbox } from "./fields.js";
import { keepPasts } from "./pasts.js";
import { openReading } from "./reading.js";

const WAIT = 60;
const MOST = 300;
const EVERY = 1000;
const CALM = 3000;
const HISTORY = 1_000_000;
const LONG = 40;

/* What the text of a letter was made from. */
const tellFrom = ({ certainty, thought }) => ({ certainty, thought });

export async function openWriting() {
  const text = document.body.dataset.text;
  const opened = await call("open", { text });
  const editions = opened.languages.map((one) => ({ ...one, dirty: false, since: null, remarks: [], conflict: null }));
  const desk = { text, opened, editions, active: editions[0], changed, pick, note, told: tellFrom(editions[0].fields) };
  let busy = false;
  let again = false;
  let holding = false; // what changes in the files is on its way here, or they are gone
  let reading = null;
  let walked = null;
  let failure = "";
  let typed = -CALM;

  /* --- What is in sight --- */

  const wide = matchMedia("(min-width: 48.01rem)");

  function view(name) {
    document.body.dataset.view = name;
    for (const one of editions) one.column.classList.toggle("column--in", one.language === name);
    for (const one of all("#views button")) one.setAttribute("aria-pressed", one.dataset.view === name);
    const shown = editions.find((one) => one.language === name);
    if (shown) pick(shown);
    memory.set("write:view", name);
  }

  /* What is counted on the button is what it shows. */
  function choose(name) {
    view(name);
    if (name !== "side") return;
    if (live().length) tab("remarks");
    scrollTo({ top: 0 });
  }

  function drawViews() {
    const names = [["both", say("view_both"), "only-wide"], ...editions.map((one) => [one.language, one.name, ""]), ["side", say("view_side"), "only-narrow"]];
    byId("views").append(...names.map(([name, label, look]) =>
      make("button", { type: "button", class: `tool ${look}`, "aria-pressed": "false", data: { view: name }, onclick: () => choose(name) },
        label, name === "side" && make("span", { class: "count" }))));
    const before = memory.get("write:view") ?? "both";
    const fits = before !== "both" || wide.matches;
    view(fits && names.some(([name]) => name === before) && before !== "side" ? before : editions[0].language);
    wide.addEventListener("change", () => { if (!wide.matches && document.body.dataset.view === "both") view(desk.active.language); });
  }

  function pick(edition) {
    desk.active = edition;
    reading?.show(edition);
  }

  function tab(name) {
    for (const one of all("[role=tab]")) {
      const chosen = one.id === `tab-${name}`;
      one.setAttribute("aria-selected", chosen);
      one.tabIndex = chosen ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (name === "reading") reading?.show(desk.active);
  }

  /* --- Saving --- */

  const backup = (edition) => `write:${text}:${edition.language}`;
  const past = (edition) => `history:${text}:${edition.language}`;
  const bodyOf = (edition) => edition.view.state.doc.toString();

  function saved(state, key, values) {
    const place = byId("saved");
    place.dataset.is = state;
    const said = say(key, values);
    if (place.textContent !== said) place.textContent = said;
  }

  function changed(edition) {
    edition.dirty = true;
    if (byId("saved").dataset.is !== "bad") saved("busy", "saving");
    soon();
  }

  const soon = hold(WAIT, MOST, save);

  async function save() {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        let wrote = false;
        for (const one of editions) if (one.dirty && one.conflict) memory.set(backup(one), { base: one.digest, fields: one.fields, body: bodyOf(one) });
        for (const edition of editions) if (edition.dirty && !edition.conflict) wrote = (await saveOne(edition)) || wrote;
        if (failure) break;
        await check();
        if (!again) reading?.renew();
      }
    } finally {
      busy = false;
    }
    if (failure || editions.some((one) => one.dirty && !one.conflict)) setTimeout(save, EVERY);
  }

  async function saveOne(edition) {
    const body = bodyOf(edition);
    const fields = structuredClone(edition.fields);
    memory.set(backup(edition), { base: edition.digest, fields, body });
    edition.dirty = false;
    edition.since = null;
    try {
      const found = await call("save", { text, language: edition.language, base: edition.digest, fields, body });
      edition.digest = found.digest;
      for (const one of editions) one.digest = found.digests?.[one.language] ?? one.digest;
      memory.drop(backup(edition));
      failure = "";
      note("failure");
      saved("good", "saved", { time: found.saved.slice(0, 5) });
      edition.remember();
      desk.offerHand();
      if (edition.raw || (fields.certainty && fields.certainty !== opened.certainty)) await look();
      return true;
    } catch (error) {
      edition.dirty = true;
      if (error instanceof Refusal && error.status === 409) {
        await clash(edition);
        return false;
      }
      failure = error.message;
      saved("bad", "not_saved");
      note("failure", error.message);
      if (!(error instanceof Gone) && !(error instanceof Refusal)) throw error;
      return false;
    }
  }

  /* What can be chosen depends on the certainty; and a front matter that can be read again has fields. */
  async function look() {
    const found = await call("open", { text });
    if (editions.some((one) => one.raw && !found.languages.find((other) => other.language === one.language).raw)) {
      location.reload();
      return;
    }
    Object.assign(opened, { certainty: found.certainty, items: found.items, thoughts: found.thoughts });
    drawFields(desk);
  }

  /* The history takes a while to write; when it has grown too long, undo does not outlive a reload. */
  function remember(edition) {
    const kept = keep(edition.view);
    if (JSON.stringify(kept).length < HISTORY) memory.set(past(edition), kept);
    else memory.drop(past(edition));
  }

  /* --- A file that changed elsewhere --- */

  async function clash(edition, mine) {
    const theirs = (await call("open", { text })).languages.find((one) => one.language === edition.language);
    const body = mine?.body ?? bodyOf(edition);
    if (theirs.body === body && JSON.stringify(theirs.fields) === JSON.stringify(mine?.fields ?? edition.fields)) {
      take(edition, theirs);
      return;
    }
    edition.conflict = { theirs, mine: { fields: mine?.fields ?? structuredClone(edition.fields), body } };
    saved("bad", "not_saved");
    note("conflict", say("conflict", { language: edition.name }), say("compare"), () => settle(edition));
    settleInCalm(edition);
  }

  /* A window that opens while somebody types would swallow keys; the notice waits for them. */
  function settleInCalm(edition) {
    if (!edition.conflict || edition.conflict.shown) return;
    const inText = document.activeElement?.matches(".editor, input, textarea, select");
    if (inText || performance.now() - typed < CALM || document.querySelector("dialog[open]")) setTimeout(() => settleInCalm(edition), EVERY);
    else settle(edition);
  }

  async function settle(edition) {
    if (!edition.conflict) return;
    edition.conflict.shown = true;
    const { theirs, mine } = edition.conflict;
    const now = edition.dirty ? { fields: edition.fields, body: bodyOf(edition) } : mine;
    const choice = await askConflict(opened, edition, now, theirs);
    if (!choice || !edition.conflict) return;
    edition.conflict = null;
    note("conflict");
    if (choice === "theirs") {
      await call("keep", { text, language: edition.language, fields: now.fields, body: now.body });
      memory.drop(backup(edition));
      take(edition, theirs);
    } else {
      edition.digest = theirs.digest;
      edition.fields = now.fields;
      replaceText(edition.view, now.body);
      showFields(desk);
      edition.dirty = true;
    }
    save();
  }

  /* Shows what the file says now. The text that was here comes back with undo. */
  function take(edition, file, part) {
    Object.assign(edition, { digest: file.digest, fields: structuredClone(file.fields), dirty: false, source: file.source, body: file.body });
    replaceText(edition.view, file.body, part);
    edition.since = null;
    showFields(desk);
    saved("good", "saved", { time: clock() });
  }

  async function reload(languages, message = "taken", values = {}) {
    const found = (await call("open", { text })).languages;
    for (const edition of editions) {
      const file = found.find((one) => one.language === edition.language);
      if (languages.includes(edition.language) && !edition.dirty && !edition.conflict && file.digest !== edition.digest) {
        take(edition, file);
        tell(say(message, { language: edition.name, ...values }));
      }
    }
    await save();
  }
  desk.reload = reload;

  /* Waits until all that was typed is in the files. */
  async function settleAll() {
    while (busy || editions.some((one) => one.dirty && !one.conflict)) {
      if (failure) throw new Error(failure);
      await save();
      await new Promise((done) => setTimeout(done, WAIT));
    }
  }

  /* Makes the letter anew from the thought in its field. One undo brings all back, and so does a version. */
  desk.retell = async () => {
    await settleAll();
    const { certainty, thought } = editions[0].fields;
    holding = true;
    try {
      await call("retell", { text, certainty, thought, bases: Object.fromEntries(editions.map((one) => [one.language, one.digest])) });
      const files = (await call("open", { text })).languages;
      const fieldsOf = (all_, more) => Object.fromEntries(all_.map((one) => [one.language, { ...structuredClone(one.fields), ...more }]));
      const part = join(fieldsOf(files), fieldsOf(editions, desk.told));
      desk.told = { certainty, thought };
      for (const edition of editions) take(edition, files.find((one) => one.language === edition.language), part);
    } finally {
      holding = false;
    }
    await look();
    tell(say("retold"));
    await save();
  };

  desk.delete = async () => {
    await settleAll();
    await call("delete", { text });
    holding = true;
    for (const edition of editions) for (const key of [backup(edition), past(edition)]) memory.drop(key);
    location.href = `${BASE}texts`;
  };

  async function follow() {
    if (busy || holding || document.visibilityState !== "visible" || editions.some((one) => one.dirty)) return;
    const digests = Object.fromEntries(editions.map((one) => [one.language, one.digest]));
    try {
      const found = await call("changes", { text, digests });
      note("failure");
      failure = "";
      if (found.state) showState(found.state);
      const news = Object.keys(found.changed ?? {}).filter((language) =>
        editions.some((one) => one.language === language && one.digest === digests[language] && found.changed[language] !== one.digest));
      if (news.length && !busy && !holding && !editions.some((one) => one.dirty)) await reload(news);
    } catch (error) {
      note("failure", error.message);
    }
  }

  /* --- What can be handed in --- */

  desk.offerHand = hold(CALM, 2 * CALM, async () => {
    const found = await call("pending").catch(() => ({ files: [] }));
    byId("tool-hand").classList.toggle("tool--first", found.files.length > 0 || found.unpushed === true);
  });
  desk.offerHand();
  desk.handedIn = () => {
    byId("delete").hidden = true;
    desk.offerHand();
  };

  /* --- Remarks --- */

  async function check() {
    let found;
    try {
      found = await call("check", { text });
    } catch (error) {
      if (error instanceof Gone) {
        failure = error.message;
        note("failure", error.message);
      }
      return;
    }
    const remarks = found.remarks.map((one, number) => ({ ...one, key: `${number}` }));
    for (const edition of editions) {
      const { since } = edition;
      const most = edition.view.state.doc.length;
      const moved = (one) => {
        const from = Math.min(most, since ? since.mapPos(one.from, 1) : one.from);
        return { ...one, from, to: Math.min(most, Math.max(from, since ? since.mapPos(one.to, -1) : one.to)) };
      };
      edition.remarks = remarks.filter((one) => one.language === edition.language).map((one) => (isPlaced(one) ? moved(one) : one));
    }
    desk.common = remarks.filter((one) => !editions.some((edition) => edition.language === one.language));
    desk.loose = found.loose;
    showState(found.state);
    showFound();
    showBars();
    showInbox(desk);
    suggestSoon();
  }

  /* --- What a word may have been meant as: it takes a while to find, so it is asked for when nobody types --- */

  const suggestions = new Map();

  const wordOf = (one, edition) => `${edition.language} ${edition.view.state.sliceDoc(one.from, one.to)}`;

  function addSuggestions(one, edition) {
    const words = one.rule === "spelling" && !one.field && !one.cures.length ? suggestions.get(wordOf(one, edition)) : null;
    return words?.length ? { ...one, cures: words.map((word) => ({ label: word, replace: word })) } : one;
  }

  const suggestSoon = hold(WAIT, MOST, async () => {
    for (const edition of editions) {
      for (const one of edition.remarks) {
        if (busy || editions.some((other) => other.dirty)) return;
        if (one.rule !== "spelling" || one.field || one.cures.length || suggestions.has(wordOf(one, edition))) continue;
        const key = wordOf(one, edition);
        const { words } = await call("suggest", { language: edition.language, word: key.slice(edition.language.length + 1) }).catch(() => ({ words: [] }));
        suggestions.set(key, words);
        if (words.length && !busy && !edition.dirty) showFound();
      }
    }
  });

  const isPlaced = (one) => !one.field && Number.isInteger(one.from);

  function showFound() {
    for (const edition of editions) {
      edition.remarks = edition.remarks.map((one) => addSuggestions(one, edition));
      showRemarks(edition.view, edition.remarks.filter((one) => isPlaced(one) && one.severity !== "open"));
    }
    showFields(desk);
    listRemarks();
  }

  function showState(state) {
    desk.state = state;
    const place = byId("state");
    place.dataset.state = state;
    const said = say(`state_${state}`);
    if (place.textContent !== said) place.textContent = said;
  }

  const all_ = () => [...editions.flatMap((one) => one.remarks), ...(desk.common ?? [])];
  const live = () => all_().filter((one) => ["error", "warning"].includes(one.severity));

  function listRemarks() {
    const open = live();
    const errors = open.filter((one) => one.severity === "error").length;
    desk.errors = errors;
    const warnings = open.length - errors;
    const todo = new Set(all_().filter((one) => one.severity === "open").map((one) => `${ownOf(one)} ${one.field}`)).size;
    for (const place of all(".count")) place.textContent = open.length || "";
    byId("walk").hidden = !open.length;
    const counts = [todo && say("count_open", { number: todo }), errors && say("count_errors", { number: errors }), warnings && say("count_warnings", { number: warnings })].filter(Boolean);
    const ready = byId("state").dataset.state === "ready";
    const verdict = counts.join(", ") || say(ready ? "verdict_ready" : "verdict_none");
    if (byId("verdict").textContent !== verdict) byId("verdict").textContent = verdict;
    delete byId("verdict").dataset.is;
    const shared = editions.flatMap((one) => one.remarks.filter((found) => found.severity === "open" && !ownOf(found)));
    const groups = [[say("both"), [...shared, ...(desk.common ?? [])], null], ...editions.map((one) => [one.name, one.remarks.filter((found) => !shared.includes(found)), one])];
    const place = byId("remarks");
    const had = document.activeElement?.closest?.(".remark")?.dataset.key;
    place.replaceChildren(...groups.filter(([, list]) => list.length).flatMap(([name, list, edition]) => {
      const found = list.filter((one) => ["error", "warning"].includes(one.severity));
      const waived = list.filter((one) => one.severity === "waived");
      return [
        make("h2", { class: "remarks__name" }, name),
        drawTodo(list.filter((one) => one.severity === "open")),
        found.length > 0 && make("ol", { class: "remarks" }, ...found.map((one) => drawRemark(one, edition))),
        waived.length > 0 && make("details", { class: "waived" }, make("summary", { class: "small" }, say("waived", { number: waived.length })),
          make("ol", { class: "remarks" }, ...waived.map((one) => drawRemark(one, edition)))),
      ].filter(Boolean);
    }));
    if (had) place.querySelector(`[data-key="${had}"] button`)?.focus();
  }

  /* The language whose field is meant; a field that all languages share has none. */
  const ownOf = (one) => (opened.fields.find((field) => field.key === one.field)?.shared ? "" : one.language);

  /* What nobody has written yet is no mistake: one line of what is left, each with the way to it. */
  function drawTodo(list) {
    const fields = new Map(list.map((one) => [one.field, one]));
    return fields.size > 0 && make("div", { class: "todo" }, make("h3", { class: "todo__name" }, say("todo")),
      make("ul", {}, ...[...fields].map(([key, one]) => make("li", {}, make("button", { type: "button", class: "todo__go", onclick: () => visit(one) },
        key ? opened.fields.find((field) => field.key === key)?.label ?? key : say("todo_body"))))));
  }

  async function waive(one, edition, reason) {
    await save();
    while (busy) await new Promise((done) => { setTimeout(done, WAIT); });
    await call("waive", { text, language: edition.language, base: edition.digest, rule: one.rule, reason });
    await desk.reload([edition.language], reason ? "waive_done" : "unwaive_done");
  }

  async function changeWord(one, edition, add) {
    await call("word", { language: edition.language, word: one.word, add });
    tell(say(add ? "word_added" : "word_removed", { word: one.word, language: edition.name }),
      add ? say("tool_undo") : "", () => attempt(() => changeWord(one, edition, false)));
    await save();
  }

  const attempt = (act) => act().catch((error) => tell(error.message));

  function drawActions(one, edition, group = "remark__acts", look = "button button--small button--plain") {
    const small = (label, act) => make("button", { type: "button", class: look, onclick: act }, label);
    const waived = one.severity === "waived";
    const actions = [
      one.word && !waived && small(say("word_add"), () => attempt(() => changeWord(one, edition, true))),
      one.waivable && !waived && small(say("waive"), () => askWaiver(one, (reason) => waive(one, edition, reason))),
      one.waivable && waived && small(say("unwaive"), () => attempt(() => waive(one, edition, ""))),
    ].filter(Boolean);
    return actions.length > 0 && make("div", { class: group }, ...actions);
  }

  function drawRemark(one, edition) {
    const at = edition && isPlaced(one);
    const words = at && one.to > one.from ? edition.view.state.sliceDoc(one.from, Math.min(one.to, one.from + 90)) : "";
    return make("li", { class: `remark remark--${one.severity}`, data: { key: one.key } },
      make("button", { type: "button", class: "remark__go", onclick: () => visit(one) },
        make("span", { class: "unseen" }, `${say(`severity_${one.severity}`)}: `),
        make("span", { class: "remark__message" }, one.message)),
      one.field && make("p", { class: "remark__words" }, opened.fields.find((field) => field.key === one.field)?.label ?? one.field),
      words && make("p", { class: "remark__words", lang: edition.language }, make("mark", {}, words.replace(/\s+/g, " "))),
      one.remedy && make("p", { class: "remark__remedy" }, one.remedy),
      edition && cures(one, (cure) => cureOne(one, edition, cure), "remark__cures", () => "button button--small"),
      one.reason && make("p", { class: "remark__remedy" }, one.reason),
      edition && drawActions(one, edition),
      make("p", { class: "remark__rule" }, one.rule));
  }

  function cureOne(one, edition, cure) {
    if (!one.field) {
      show(edition);
      applyCure(edition.view, one, cure);
      return;
    }
    const value = edition.fields[one.field];
    edition.fields[one.field] = value.slice(0, one.within[0]) + cure.replace + value.slice(one.within[1]);
    showFields(desk);
    changed(edition);
  }
  desk.cure = cureOne;

  function show(edition) {
    if (document.body.dataset.view !== "both") view(edition.language);
  }

  function visit(one) {
    walked = one.key;
    byId("heard").textContent = `${say(`severity_${one.severity}`)}: ${one.message}. ${one.remedy}`;
    for (const item of all(".remark[data-key]")) item.setAttribute("aria-current", item.dataset.key === one.key);
    const edition = editions.find((found) => found.language === one.language);
    if (edition) show(edition);
    if (edition && !one.field && goTo(edition.view, one.key)) return;
    const field = one.field && document.querySelector(
      `${edition ? `[data-language="${edition.language}"]` : ""}[data-field="${one.field}"] :is(input, textarea, select)`)
      || (one.field && document.querySelector(`#shared-fields [data-field="${one.field}"] :is(input, textarea, select)`));
    if (field) {
      for (let place = field.closest("details"); place; place = place.parentElement.closest("details")) place.open = true;
      field.focus();
      field.scrollIntoView({ block: "center" });
    } else if (edition) edition.view.focus();
  }

  function walk(step) {
    const list = live();
    if (!list.length) return;
    const at = list.findIndex((one) => one.key === walked);
    const next = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length];
    visit(next);
  }

  /* --- Notices that stay until what they say is over --- */

  function note(name, message, label, act) {
    const old = byId(`notice-${name}`);
    if (!message) {
      old?.remove();
      return;
    }
    if (old?.firstChild.textContent === message) return;
    const one = make("div", { class: "notice", id: `notice-${name}`, role: "alert" }, make("p", {}, message));
    if (label) one.append(make("button", { type: "button", class: "button button--small", onclick: act }, label));
    old?.remove();
    byId("notices").append(one);
  }

  /* --- Bars above the text: what is so for now, and what can be done about it --- */

  function bar(name, message, ...buttons) {
    const id = `bar-${name}`;
    const old = byId(id);
    if (!message) old?.remove();
    else if (old?.textContent !== [message, ...buttons.map(([label]) => label)].join("")) {
      const made = make("div", { class: "bar", id, role: "note" }, make("p", {}, message), ...buttons.map(([label, act]) =>
        make("button", { type: "button", class: "button button--plain button--small", onclick: act }, label)));
      if (old) old.replaceWith(made);
      else byId("bars").append(made);
    }
  }

  function showBars() {
    const isOut = opened.kind === "letter" && (opened.out || desk.state === "out"); // with an error it is read as a draft
    bar("out", isOut && say("out_text"), [say("out_correct"), correct]);
    const loose = desk.loose ?? [];
    for (const old of all("[id^=bar-loose-]")) if (!loose.some((name) => old.id === `bar-loose-${name}`)) old.remove();
    for (const name of loose) {
      bar(`loose-${name}`, say("loose", { name }), [say("loose_remove"), async () => {
        await call("remove", { text, picture: name }).catch((error) => tell(error.message));
        await save();
      }]);
    }
    showApart();
  }

  /* A program that was killed between two files, or an editor elsewhere, can leave them with two values of what they share. */
  function showApart() {
    const readable = editions.filter((one) => !one.raw);
    for (const field of opened.fields.filter((one) => one.shared)) {
      const values = new Map(readable.map((one) => [JSON.stringify(one.fields[field.key]), one]));
      const label = field.label ?? field.key;
      bar(`apart-${field.key}`, values.size > 1 && say("apart", { field: label }), ...[...values.values()].map((one) =>
        [`${one.name}: ${sayValue(field, one.fields[field.key])}`, () => agree(field, one)]));
    }
  }

  /* A value as an editor knows it: by the names of what it chooses. */
  function sayValue(field, value) {
    const { lang } = document.documentElement;
    const names = {
      items: (id) => opened.items.find((one) => one.id === id)?.text[lang],
      facts: (id) => opened.facts[id],
      certainty: (id) => field.options?.find((one) => one.value === id)?.label,
      thought: (id) => opened.thoughts.find((one) => one.id === id)?.title,
      date: (moment) => moment && new Date(moment).toLocaleString(lang, { dateStyle: "medium", timeStyle: "short" }),
      bool: (on) => say(on ? "yes" : "no"),
    };
    const short = (text_) => (text_.length > LONG ? `${text_.slice(0, LONG)}…` : text_);
    const found = [value].flat().map((one) => short(names[field.kind]?.(one) || String(one)));
    return found.filter(Boolean).join(" · ") || say("nothing");
  }

  function agree(field, owner) {
    const value = owner.fields[field.key];
    for (const one of editions) {
      if (one.raw || JSON.stringify(one.fields[field.key]) === JSON.stringify(value)) continue;
      if (field.kind === "items") {
        const old = one.fields[field.key] ?? [];
        for (const id of old.filter((item) => !value.includes(item))) desk.changeItems(id, false, [one]);
        for (const id of value.filter((item) => !old.includes(item))) desk.changeItems(id, true, [one]);
      }
      one.fields[field.key] = structuredClone(value);
      changed(one);
    }
    showFields(desk);
    showBars();
  }

  /* The moment of a correction, in the zone of this machine. */
  function correct() {
    const now = new Date();
    const zone = -now.getTimezoneOffset();
    const two = (number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
    const local = new Date(now.getTime() + zone * 60_000).toISOString().slice(0, 16);
    for (const one of editions) if (!one.raw) one.fields.updated = `${local}:00${zone < 0 ? "-" : "+"}${two(zone / 60)}:${two(zone % 60)}`;
    byId("shared").open = true;
    showFields(desk);
    changed(editions.find((one) => !one.raw));
  }

  /* --- Pictures, and what is inserted --- */

  function onPicture(event, transfer) {
    const file = [...(transfer?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return false;
    event.preventDefault();
    askPicture(desk, file);
    return true;
  }

  /* Beside a text, a browser would leave the page for the file. */
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.defaultPrevented && event.dataTransfer?.files.length && !onPicture(event, event.dataTransfer)) event.preventDefault();
  });

  /* A thought names its sources above its text, too. Gives the part that takes both back at once. */
  desk.cite = (id) => {
    const put = {};
    const back = {};
    for (const edition of editions) {
      if (edition.raw || edition.fields.sources.includes(id)) continue;
      back[edition.language] = { sources: edition.fields.sources };
      put[edition.language] = { sources: [...edition.fields.sources, id] };
    }
    putFields(put);
    return join(put, back);
  };

  function putFields(given) {
    for (const edition of editions) {
      if (edition.raw || !given[edition.language]) continue;
      Object.assign(edition.fields, structuredClone(given[edition.language]));
      if (given[edition.language].thought) desk.told = tellFrom(edition.fields);
      changed(edition);
    }
    showFields(desk);
  }

  /* What was put into several languages at once is taken back, or comes back, in all of them. */
  function followJoined(edition, one) {
    putFields(one.put);
    for (const other of editions) {
      if (other !== edition && followPart(other.view, one)) tell(say("undo_not", { language: other.name }));
    }
  }

  /* --- The lines of the items that are chosen above the text --- */

  desk.changeItems = (id, on, owners) => {
    for (const edition of owners) {
      const text_ = opened.items.find((one) => one.id === id)?.text[edition.language];
      if (text_) edition.itemsAt = changeItem(edition.view, { id, text: text_ }, on, edition.itemsAt) ?? edition.itemsAt;
    }
    for (const one of [byId("tool-undo"), byId("tool-redo")]) one.disabled = false;
  };

  /* Undo that brings a line back, or takes it away, does so in each language, and chooses its item. */
  function followItems(edition, before, after) {
    const [old, now] = [before, after].map((state) => findItems(state).map((one) => one.id));
    const readable = editions.filter((one) => !one.raw);
    for (const { id } of opened.items) {
      const on = now.includes(id);
      if (on === old.includes(id) || edition.fields.actions.includes(id) === on) continue;
      const others = edition.fields.actions.filter((one) => one !== id);
      for (const one of readable) one.fields.actions = on ? [...others, id] : others;
      desk.changeItems(id, on, readable.filter((one) => one !== edition));
    }
    showFields(desk);
  }

  /* --- Drawing --- */

  for (const edition of editions) {
    const kept = memory.get(past(edition));
    edition.fieldsPlace = make("div", { class: "column__fields" });
    const host = make("div", { class: "editor" });
    edition.column = make("section", { class: "column", lang: undefined, "aria-label": edition.name, data: { language: edition.language } },
      make("h2", { class: "column__name", lang: edition.language }, edition.name), edition.fieldsPlace, host);
    byId("columns").append(edition.column);
    edition.view = openEditor(host, edition.body, kept, {
      language: edition.language,
      name: say("text_of", { language: edition.name }),
      onChange: (update, fromFile) => {
        edition.since = edition.since ? edition.since.composeDesc(update.changes.desc) : update.changes.desc;
        if (edition.itemsAt !== undefined) edition.itemsAt = update.changes.mapPos(edition.itemsAt, 1);
        for (const one of readJoined(update)) followJoined(edition, one);
        if (!edition.raw && update.transactions.some((one) => one.isUserEvent("undo") || one.isUserEvent("redo"))) followItems(edition, update.startState, update.state);
        if (!fromFile) changed(edition);
      },
      onRemark: (one) => drawActions(one, edition, "tip__cures", "plain"),
      onPlace: (update) => {
        if (!update.view.hasFocus) return;
        desk.active = edition;
        reading?.follow(edition);
      },
      onPicture,
    });
    edition.remember = hold(EVERY, 4 * EVERY, () => remember(edition));
    edition.column.addEventListener("focusin", () => { if (desk.active !== edition) pick(edition); });
  }
  drawFields(desk);
  if (document.body.dataset.kind === "letter") reading = openReading(desk);
  drawViews();
  for (const one of all("[role=tab]")) one.addEventListener("click", () => tab(one.id.replace("tab-", "")));
  document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = all("[role=tab]").find((one) => one.getAttribute("aria-selected") !== "true");
    other?.click();
    other?.focus();
  });
  tab("remarks");
  const folded = memory.get("write:folded") ?? !wide.matches;
  byId("shared").open = !folded;
  byId("shared").firstChild.addEventListener("click", () => memory.set("write:folded", byId("shared").open));
  byId("delete").hidden = opened.handed || opened.out;
  byId("delete").addEventListener("click", () => askSure(say(`delete_${opened.kind}`), say("delete_text"), say("delete_do"), desk.delete));
  showState(opened.state);
  saved("good", "all_saved");

  /* --- Tools --- */

  const current = () => desk.active.view;
  const tools = {
    bold: () => wrap(current(), "**"),
    italic: () => wrap(current(), "*"),
    undo: () => { undo(current()); current().focus(); },
    redo: () => { redo(current()); current().focus(); },
    fact: () => askFact(desk),
    picture: () => byId("file").click(),
    link: () => askLink(desk),
    thought: () => askThought(desk),
    find: () => openSearchPanel(current()),
    versions: () => askVersions(desk),
    proof: () => askProof(desk),
    hand: () => askHand(desk),
  };
  for (const [name, act] of Object.entries(tools)) {
    const button = byId(`tool-${name}`);
    button?.addEventListener("click", act);
  }
  document.querySelector(".tools").addEventListener("mousedown", (event) => event.preventDefault());

  /* These act on the text that has the cursor. In a field undo is the browser's own, so they wait until a text has the cursor again. */
  const forms = ["bold", "italic", "undo", "redo"].map((name) => byId(`tool-${name}`));
  function offerForms(event) {
    const [place] = event.composedPath();
    if (place.matches("input:not([type=radio]), textarea, select")) for (const one of forms) one.disabled = true;
    else if (place.matches(".cm-content")) for (const one of forms) one.disabled = false;
  }
  for (const place of [document, ...editions.map((one) => one.view.root)]) place.addEventListener("focusin", offerForms);
  byId("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (file) askPicture(desk, file);
  });
  byId("previous").addEventListener("click", () => walk(-1));
  byId("next").addEventListener("click", () => walk(1));
  document.addEventListener("keydown", (event) => {
    typed = performance.now();
    const held = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const act = event.key === "F8" ? () => walk(event.shiftKey ? -1 : 1)
      : held && event.shiftKey && key === "f" ? tools.fact
        : held && !event.shiftKey && key === "k" ? tools.link
          : held && key === "s" ? () => soon.now()
            : null;
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    act();
  });

  keepPasts();

  /* --- Another tab with this text; what was left behind; the file --- */

  const tabs = new BroadcastChannel(`write:${text}`);
  tabs.addEventListener("message", ({ data: said }) => {
    note("tabs", said !== "gone" && say("also_open"));
    if (said === "gone") tabs.postMessage("here"); // a third one answers
    if (said === "here") tabs.postMessage("also");
  });
  tabs.postMessage("here");

  addEventListener("pagehide", () => {
    tabs.postMessage("gone");
    if (holding) return;
    for (const edition of editions) {
      remember(edition);
      if (edition.dirty) memory.set(backup(edition), { base: edition.digest, fields: edition.fields, body: bodyOf(edition) });
    }
  });
  addEventListener("beforeunload", (event) => {
    if (editions.some((one) => one.dirty) && failure) event.preventDefault();
    soon.now();
  });

  for (const edition of editions) {
    const left = memory.get(backup(edition));
    if (!left) continue;
    if (left.body === edition.body && JSON.stringify(left.fields) === JSON.stringify(edition.fields)) memory.drop(backup(edition));
    else if (left.base === edition.digest) {
      edition.fields = left.fields;
      replaceText(edition.view, left.body);
      edition.dirty = true;
      showFields(desk);
      tell(say("restored", { language: edition.name }));
    } else await clash(edition, left);
  }
  document.body.dataset.ready = "";
  await save();
  if (reading && !live().length && byId("tab-remarks").getAttribute("aria-selected") === "true") tab("reading");
  setInterval(follow, EVERY);
  return desk;
}
