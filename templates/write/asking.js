/* What is asked in a dialog: facts, links, pictures, versions, a difference, a proof, and handing in. */
import { call, clock, hold, make, memory, say, sendPicture, tell } from "./calls.js";
import { showDifference } from "./differences.js";
import { insert } from "./editor.js";

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
function askSearch(title, name, given, show, choose, first = () => []) {
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

export function askFact(desk) {
  const edition = desk.active;
  askSearch(say("fact_in", { language: edition.name }), "facts", { language: edition.language }, (one) => [
    small("found__first", one.claim, { lang: edition.language }),
    small("found__more", `${one.name}. ${one.limits}`, { lang: edition.language }),
    small("found__caveat", one.caveat && say("fact_caveat", { caveat: one.caveat })),
  ], (one) => putFact(desk, edition, one));
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
  insert(edition.view, said ? one.insert : ` (${caveats[0]})${one.insert}`, { after: true });
  if (desk.opened.kind === "thought") desk.cite(one.id);
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
    insert(edition.view, one.insert, { block: true });
    for (const other of desk.editions.filter((found) => found !== edition)) {
      const { thoughts } = await call("thoughts", { language: other.language, query: one.id.split("/").at(-1) });
      const same = thoughts.find((found) => found.id === one.id);
      if (same) desk.insertIn(other, same.insert, paragraph);
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

export async function askPicture(desk, file) {
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
      const found = await sendPicture(file, desk.text, alts[own]);
      const name = found.insert.match(/\]\((.*)\)/)[1];
      box.close();
      desk.editions.forEach((one, number) => {
        if (number === own) insert(one.view, found.insert, { block: true });
        else desk.insertIn(one, `![${alts[number].replace(/[[\]]/g, "")}](${name})`, paragraph);
      });
      edition.view.focus();
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
      const found = await call("proof", { text: desk.text, to: input.value });
      memory.set("write:to", input.value);
      box.close();
      tell(found.message || say("proof_sent", { to: input.value }));
    });
  });
}

export function askHand(desk) {
  const input = make("input", { required: true, maxLength: 200, value: say("hand_default", { text: desk.text }) });
  const result = make("div", { role: "status" });
  const files = make("ul", { class: "small" });
  const send = make("button", { class: "button" }, say("hand_send"));
  const unready = desk.errors || !["ready", "out"].includes(desk.state) ? make("p", { class: "ask__wrong" }, say("hand_not_ready")) : "";
  const box = ask(say("hand"), [make("p", {}, say("hand_text")), unready, make("label", {}, say("hand_message"), input), files, result], { answers: [send, leave(say("close"))] });
  input.focus();
  input.select();
  call("pending").then((found) => files.append(...found.files.map((one) => make("li", {}, one))), () => {});
  box.form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("button--plain")) return;
    event.preventDefault();
    result.replaceChildren();
    box.attempt(async () => {
      const found = await call("hand", { message: input.value });
      result.replaceChildren(
        make("p", {}, say("hand_done", { branch: found.branch })),
        found.link ? make("p", {}, make("a", { href: found.link, target: "_blank", rel: "noopener noreferrer" }, say("hand_link"))) : "");
      send.remove();
      result.querySelector("a")?.focus();
    });
  });
}
