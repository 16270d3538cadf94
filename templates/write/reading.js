/*
  The letter as it will be read, in one frame, which runs nothing. The next version loads behind the one in sight, so that nothing
  flickers while somebody types; the cursor moves the frame by its fragment alone.
*/
import { all, BASE, byId, hold, make, memory, say } from "./calls.js";

const CALM = 250;
const KEPT = "write:reading";

export function openReading(desk) {
  const screen = byId("screen");
  const choices = byId("choices");
  let edition = desk.active;
  let frame = null;
  let coming = null;
  let version = 0;
  let loaded = "";

  for (const [name, value] of Object.entries(memory.get(KEPT) ?? {})) {
    const input = choices.querySelector(`[name="${name}"][value="${value}"]`);
    if (input) input.checked = true;
  }
  if (!memory.get(KEPT) && matchMedia("(prefers-color-scheme: dark)").matches) choices.querySelector("[value=dark]").checked = true;

  byId("reading-languages").append(...desk.editions.map((one) => make("label", { class: "choice" },
    make("input", { type: "radio", name: "language", value: one.language }), make("span", {}, one.name))));

  const newest = () => `${edition.language} ${version}`;
  const chosen = () => Object.fromEntries(new FormData(choices));
  const visible = () => !byId("pane-reading").hidden;

  function lineOf(one) {
    const { state } = one.view;
    return (one.line ?? 1) + state.doc.lineAt(state.selection.main.head).number - 1;
  }

  const address = (line) => {
    const { part, scheme } = chosen();
    return `${BASE}${desk.text}/frames/${edition.language}/${part}-${scheme}.html?v=${version}${line ? `#line-${line}` : ""}`;
  };

  function load() {
    if (!visible()) return;
    choices.querySelector(`[name=language][value="${edition.language}"]`).checked = true;
    loaded = newest();
    const { part, screen: wide, scheme } = chosen();
    const inbox = part === "inbox";
    screen.hidden = inbox;
    byId("inboxes").hidden = !inbox;
    for (const one of all(".of-screens", choices)) one.hidden = inbox;
    screen.dataset.screen = wide;
    screen.dataset.scheme = scheme;
    if (inbox) {
      showInbox();
      return;
    }
    fit();
    coming?.remove();
    const next = make("iframe", {
      class: "coming", title: say("frame", { part: say(`part_${part}`), language: edition.name }),
      sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer", src: address(lineOf(edition)),
    });
    next.addEventListener("load", () => {
      if (coming !== next) return;
      coming = null;
      next.classList.remove("coming");
      frame?.remove();
      frame = next;
    }, { once: true });
    coming = next;
    screen.append(next);
  }

  function showInbox() {
    byId("inboxes").replaceChildren(...(desk.inbox ?? []).filter((one) => one.language === edition.language).map((one) =>
      make("div", { class: "mail" },
        make("p", { class: "mail__program" }, say(`inbox_${one.kind}`)),
        make("p", { class: "mail__subject", lang: one.language }, one.subject),
        make("p", { class: "mail__summary", lang: one.language }, one.summary))));
  }

  function fit() {
    const room = screen.parentElement.clientWidth - parseFloat(getComputedStyle(screen.parentElement).paddingLeft) * 2 - 4;
    const width = parseFloat(getComputedStyle(screen).getPropertyValue("--width"));
    screen.style.setProperty("--scale", Math.min(1, room / width));
  }

  const soon = hold(CALM, 4 * CALM, load);
  let line = 0;
  const move = hold(120, 240, () => {
    if (!frame || coming || !visible()) return;
    const now = lineOf(edition);
    if (now === line) return;
    line = now;
    frame.contentWindow.location.replace(new URL(address(line), location.href));
  });

  choices.addEventListener("change", () => {
    const { language, ...others } = chosen();
    edition = desk.editions.find((one) => one.language === language);
    memory.set(KEPT, others);
    load();
  });
  new ResizeObserver(() => visible() && fit()).observe(screen.parentElement);
  document.addEventListener("inbox", () => visible() && showInbox());

  return {
    show(one) {
      edition = one;
      if (loaded !== newest()) load();
    },
    renew() {
      version += 1;
      soon();
    },
    follow(one) {
      if (one !== edition) this.show(one);
      else move();
    },
  };
}
