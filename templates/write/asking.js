/* What is asked in a dialog: facts, links, pictures, versions, a difference, a proof, and handing in. */
import { call, clock, hold, make, memory, Refusal, say, sendPicture, tell } from "./calls.js";
import { showDifference } from "./differences.js";
import { insert, insertAfter, join } from "./editor.js";

/* Opens a dialog and gives what it was closed with. The focus goes back to where it was. */
function ask(title, parts, { wide = false, answers = [] } = {}) {
  const wrong = make("p", { class: "ask__wrong", role: "alert" });
  const heading = make("h2", { id: "ask-title" }, title);
  const form = make("form", { class: "ask", method: "dialog", noValidate: false }, heading, ...parts, wrong,
    make("div", { class: "ask__answers" }, ...answers));
  const dialog = make("dialog", { class: wide ? "wide" : "", "aria-labelledby": "ask-title" }, form);
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    });
  });
  const attempt = async (act) => {
    wrong.textContent = "";
    const buttons = [...form.querySelectorAll(".ask__answers button")];
    for (const one of buttons) one.disabled = true;
    try {
      return await act();
    } catch (error) {
      wrong.textContent = error.message;
      return undefined;
    } finally {
      for (const one of buttons) one.disabled = false;
    }
  };
  return { dialog, form, closed, attempt, close: (value = "") => dialog.close(value) };
}

const button = (label, given = {}) => make("button", { type: "button", class: "button", ...given }, label);
const leave = (label = say("cancel")) => make("button", { class: "button button--plain", value: "", formNoValidate: true }, label);

/* Searches while typing; what is found is chosen with the arrows and Enter, which waits for what was typed before it. */
export function askSearch(title, name, given, show, choose, first = () => []) {
  const list = make("div", { class: "found" });
  const status = make("p", { class: "unseen", role: "status" });
  let number = 0;
  let fresh = false;
  let entered = false;
  const look = async () => {
    number += 1;
    const mine = number;
    let found;
    try {
      found = [...first(input.value), ...(await call(name, { ...given, query: input.value }))[name]];
    } catch (error) {
      list.replaceChildren(make("p", {}, error.message));
      return;
    }
    if (mine !== number) return;
    status.textContent = say("found", { number: found.length });
    list.replaceChildren(...found.map((one) => make("button", { type: "button", onclick: () => { box.close(); choose(one); } }, ...show(one).filter(Boolean))));
    if (!found.length) list.append(make("p", {}, say("nothing_found")));
    fresh = true;
    if (entered) enter();
  };
  const soon = hold(120, 400, look);
  const enter = () => {
    entered = !fresh;
    if (fresh) list.querySelector("button")?.click();
    else soon.now();
  };
  const input = make("input", {
    type: "search", id: "ask-search", autocomplete: "off",
    oninput: () => {
      fresh = entered = false;
      number += 1; // what was asked before no longer counts
      soon();
    },
    onkeydown: (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        list.querySelector("button")?.focus();
      } else if (event.key === "Enter") {
        event.preventDefault();
        enter();
      }
    },
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    (document.activeElement[step] ?? (event.key === "ArrowUp" ? input : document.activeElement)).focus();
  });
  const box = ask(title, [make("label", {}, say("search"), input), status, list], { answers: [leave()] });
  input.focus();
  look();
}

const small = (name, text, given = {}) => text && make("span", { class: name, ...given }, text);

const showFact = (language) => (one) => [
  small("found__first", one.claim, { lang: language }),
  small("found__more", `${one.name}. ${one.limits}`, { lang: language }),
  small("found__caveat", one.caveat && say("fact_caveat", { caveat: one.caveat })),
];

export function askFact(desk) {
  const edition = desk.active;
  askSearch(say("fact_in", { language: edition.name }), "facts", { language: edition.language }, showFact(edition.language),
    (one) => putFact(desk, edition, one));
}

export function askSource(language, choose) {
  askSearch(say("source_add"), "facts", { language }, showFact(language), choose);
}

/* The footnote, with the words that must stand in its paragraph unless one of them is there already. */
function putFact(desk, edition, one) {
  const { state } = edition.view;
  const place = state.selection.main.to;
  const from = state.sliceDoc(0, place).lastIndexOf("\n\n");
  const to = state.doc.toString().indexOf("\n\n", place);
  const paragraph = state.sliceDoc(Math.max(0, from), to < 0 ? undefined : to).toLowerCase();
  const caveats = one.caveats ?? [];
  const said = !caveats.length || caveats.some((caveat) => paragraph.includes(caveat.toLowerCase()));
  const part = desk.opened.kind === "thought" ? desk.cite(one.id) : undefined;
  insert(edition.view, said ? one.insert : ` (${caveats[0]})${one.insert}`, { after: true, part });
}

export function askLink(desk) {
  const edition = desk.active;
  const address = (query) => (/^(https?:\/\/|mailto:)[^\s()]+$/.test(query.trim())
    ? [{ title: query.trim(), kind: "address", insert: `[${query.trim()}](${query.trim()})` }] : []);
  askSearch(say("link_in", { language: edition.name }), "links", { language: edition.language }, (one) => [
    small("found__first", one.title, { lang: edition.language }),
    small("found__more", say(`kind_${one.kind}`)),
  ], (one) => {
    const { from, to } = edition.view.state.selection.main;
    const words = edition.view.state.sliceDoc(from, to).trim();
    insert(edition.view, words ? `[${words}](${one.insert.match(/\]\((.*)\)$/)[1]})` : one.insert);
  }, address);
}

export function askThought(desk) {
  const edition = desk.active;
  const paragraph = paragraphOf(edition);
  askSearch(say("thought_for"), "thoughts", { language: edition.language }, (one) => [
    small("found__first", one.title, { lang: edition.language }),
    small("found__more", [one.certainty, one.summary].join(" · ")),
  ], async (one) => {
    const part = join();
    insert(edition.view, one.insert, { block: true, part });
    for (const other of desk.editions.filter((found) => found !== edition)) {
      const { thoughts } = await call("thoughts", { language: other.language, query: one.id.split("/").at(-1) });
      const same = thoughts.find((found) => found.id === one.id);
      if (same) insertAfter(other.view, same.insert, paragraph, part);
    }
  });
}

const readAsData = (file) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = fail;
  reader.readAsDataURL(file);
});

/* How many paragraphs stand before that of the cursor. */
function paragraphOf({ view: { state } }) {
  return state.sliceDoc(0, state.selection.main.head).trimStart().split(/\n\s*\n/).length - 1;
}

const LARGEST = 5_000_000;

/* A picture is looked at before anybody describes it. What is too large can be made smaller, unless it may move. */
export async function askPicture(desk, file, given = {}) {
  try {
    if (file.size > LARGEST && !given.shrink) throw new Refusal(413, { message: say("picture_large", { size: (file.size / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 }) }) });
    await sendPicture(file, desk.text, { ...given, try: 1 });
  } catch (error) {
    const canShrink = error.status === 413 && !given.shrink && file.type !== "image/gif";
    const box = ask(say("picture"), [make("p", {}, error.message), make("p", { class: "small" }, say("picture_kinds"))], {
      answers: [canShrink && make("button", { class: "button", value: "shrink" }, say("picture_shrink")), leave(canShrink ? say("cancel") : say("close"))].filter(Boolean),
    });
    if (await box.closed === "shrink") await askPicture(desk, file, { shrink: 1 });
    return;
  }
  describePicture(desk, file, given);
}

async function describePicture(desk, file, given) {
  const edition = desk.active;
  const paragraph = paragraphOf(edition);
  const inputs = desk.editions.map((one) => make("textarea", { rows: 1, required: true, lang: one.language, maxLength: 300 }));
  const box = ask(say("picture"), [
    make("img", { class: "shown", src: await readAsData(file), alt: "" }),
    ...desk.editions.map((one, number) => make("label", {}, say("picture_alt", { language: one.name }), inputs[number])),
    make("p", { class: "small" }, say("picture_alt_text")),
  ], { answers: [make("button", { class: "button" }, say("picture_put")), leave()] });
  inputs[desk.editions.indexOf(edition)].focus();
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    box.attempt(async () => {
      const alts = inputs.map((one) => one.value.replace(/\s+/g, " ").trim());
      const own = desk.editions.indexOf(edition);
      const found = await sendPicture(file, desk.text, { ...given, alt: alts[own] });
      const name = found.insert.match(/\]\((.*)\)/)[1];
      const part = join();
      box.close();
      desk.editions.forEach((one, number) => {
        if (number === own) insert(one.view, found.insert, { block: true, part });
        else insertAfter(one.view, `![${alts[number].replace(/[[\]]/g, "")}](${name})`, paragraph, part);
      });
      edition.view.focus();
    });
  });
}

/* Asks before all of a letter is replaced by another thought, and before a text is deleted. */
export async function askSure(title, text, label, act) {
  const box = ask(title, [make("p", {}, text)], { answers: [make("button", { class: "button" }, label), leave()] });
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    box.attempt(async () => {
      await act();
      box.close();
    });
  });
}

/* Fields and text in the form in which two versions are compared. */
function write(opened, fields, body) {
  const lines = opened.fields
    .filter((one) => fields[one.key] !== undefined && String(fields[one.key]) !== "" && fields[one.key] !== false)
    .map((one) => `${one.label ?? say(`field_${one.key}`)}: ${Array.isArray(fields[one.key]) ? fields[one.key].join(", ") : typeof fields[one.key] === "object" ? JSON.stringify(fields[one.key]) : fields[one.key]}`);
  return [...lines, body].join("\n");
}

export async function askConflict(opened, edition, mine, theirs) {
  const box = ask(say("conflict", { language: edition.name }), [
    make("p", {}, say("conflict_text")),
    showDifference(write(opened, theirs.fields, theirs.body), write(opened, mine.fields, mine.body), [say("conflict_theirs"), say("conflict_mine")]),
  ], {
    wide: true,
    answers: [
      make("button", { class: "button", value: "mine" }, say("conflict_keep_mine")),
      make("button", { class: "button", value: "theirs" }, say("conflict_keep_theirs")),
      leave(say("later")),
    ],
  });
  return box.closed;
}

export async function askVersions(desk) {
  const list = make("div", { class: "found" });
  const place = make("div", {});
  const restore = button(say("version_restore"), { disabled: true });
  const box = ask(say("versions_of"), [make("div", { class: "versions" }, list, place)], { wide: true, answers: [restore, leave(say("close"))] });
  const found = (await box.attempt(() => call("versions", { text: desk.text })))?.versions ?? [];
  if (!found.length) list.append(make("p", {}, say("versions_none")));
  const day = (at) => new Date(at).toLocaleDateString(document.documentElement.lang, { weekday: "short", day: "numeric", month: "short" });
  list.append(...found.map((one) => {
    const edition = desk.editions.find((own) => own.language === one.language);
    const row = make("button", { type: "button" }, small("found__first", `${day(one.at)} ${clock(new Date(one.at))}`), small("found__more", edition.name));
    row.addEventListener("click", () => box.attempt(async () => {
      const { source } = await call("version", { text: desk.text, language: one.language, digest: one.digest });
      for (const other of list.children) other.removeAttribute("aria-current");
      row.setAttribute("aria-current", "true");
      const now = (await call("open", { text: desk.text })).languages.find((own) => own.language === one.language);
      place.replaceChildren(showDifference(source, now.source, [`${day(one.at)} ${clock(new Date(one.at))}`, say("version_now")]));
      restore.onclick = () => box.attempt(async () => {
        await call("resolve", { text: desk.text, language: one.language, base: edition.digest, source });
        box.close();
        await desk.reload([one.language], "version_back", { time: `${day(one.at)} ${clock(new Date(one.at))}` });
        edition.view.focus();
      });
    }).then(() => { restore.disabled = !list.querySelector("[aria-current]"); }));
    return row;
  }));
  list.querySelector("button")?.click();
}

export function askProof(desk) {
  const input = make("input", { type: "email", required: true, value: memory.get("write:to") ?? "", autocomplete: "email" });
  const box = ask(say("proof"), [make("p", {}, say("proof_text")), make("label", {}, say("proof_to"), input)], {
    answers: [make("button", { class: "button" }, say("proof_send")), leave()],
  });
  input.focus();
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    box.attempt(async () => {
      await call("proof", { text: desk.text, to: input.value });
      memory.set("write:to", input.value);
      box.close();
      tell(say("proof_sent", { to: input.value }));
    });
  });
}

/* Why a remark may stay; `waive` writes the reason. */
export function askWaiver(one, waive) {
  const input = make("input", { required: true, maxLength: 200, autocomplete: "off" });
  const box = ask(say("waive_why"), [make("p", {}, one.message), make("label", {}, say("waive_reason"), input), make("p", { class: "small" }, say("waive_text"))], {
    answers: [make("button", { class: "button" }, say("waive_put")), leave()],
  });
  input.focus();
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    box.attempt(async () => {
      await waive(input.value);
      box.close();
    });
  });
}

export async function askHand(desk) {
  let pending;
  try {
    pending = await call("pending");
    if (!pending.files.length && !pending.unpushed) throw new Error(say("hand_nothing"));
  } catch (error) {
    ask(say("hand"), [make("p", {}, error.message)], { answers: [leave(say("close"))] });
    return;
  }
  const input = make("input", { required: true, maxLength: 200, value: say("hand_default", { text: desk.text }) });
  const result = make("div", { role: "status" });
  const isText = (file) => file.endsWith(".md");
  const boxes = [...pending.files.filter(isText), ...pending.files.filter((file) => !isText(file))].map((one) => make("input", { type: "checkbox", checked: true, value: one }));
  const files = make("fieldset", { class: "files" }, make("legend", { class: "small" }, say("hand_files")),
    ...boxes.map((one) => make("label", { class: "check" }, one, make("span", {}, nameFile(desk, one.value)))));
  const send = make("button", { class: "button" }, say("hand_send"));
  const unready = desk.errors || !["ready", "out"].includes(desk.state) ? make("p", { class: "ask__wrong" }, say("hand_not_ready")) : "";
  const parts = [make("p", {}, say("hand_text")), unready, make("label", {}, say("hand_message"), input), boxes.length ? files : ""];
  const box = ask(say("hand"), [...parts, result], { answers: [send, leave(say("close"))] });
  input.focus();
  input.select();
  const choose = () => { send.disabled = !pending.unpushed && !boxes.some((one) => one.checked); };
  files.addEventListener("change", choose);
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    result.replaceChildren();
    box.attempt(async () => {
      const found = await call("hand", { message: input.value, files: boxes.filter((one) => one.checked).map((one) => one.value) });
      for (const one of [...box.form.querySelectorAll("p, label, fieldset")].filter((part) => !result.contains(part) && !part.matches(".ask__wrong"))) one.hidden = true;
      if (unready) unready.hidden = true;
      result.replaceChildren(
        make("p", {}, say("hand_done")),
        found.link ? make("p", {}, make("a", { href: found.link, target: "_blank", rel: "noopener noreferrer" }, say("hand_link"))) : make("p", {}, say("hand_ask", found)));
      send.remove();
      desk.handedIn();
      result.querySelector("a")?.focus();
    });
  });
}

/* What a file below newsletter/ is called in the interface; others keep their path. */
function nameFile(desk, path) {
  const languageOf = (code) => desk.editions.find((one) => one.language === code)?.name ?? code;
  const [, week, name] = /^newsletter\/issues\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const [, slug, code] = /^newsletter\/thoughts\/[^/]+\/([^/]+)\.([a-z]{2})\.md$/.exec(path) ?? [];
  if (slug) return say("hand_thought", { name: slug, language: languageOf(code) });
  if (!week) return path;
  const [, own] = /^([a-z]{2})\.md$/.exec(name) ?? [];
  const loose = week === desk.text && desk.loose?.includes(name);
  return own ? say("hand_letter", { week, language: languageOf(own) }) : say(loose ? "hand_loose" : "hand_picture", { week, name });
}
