/*
  Two things that the page cannot do without a script: put another document into its frames, and follow every save.

  The switches are remembered for this tab. A save is fetched and put in where something changed, so that the page stays
  where it is; a frame is loaded again only when its own letter changed.
*/
(() => {
  "use strict";
  const KEPT = "preview";
  const EVERY = 1000;
  const STOPPED = "The preview has stopped; run generate preview again";
  const root = document.documentElement;
  root.classList.add("js");

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  const chosen = () => {
    const switches = document.getElementById("switches");
    return switches ? Object.fromEntries(new FormData(switches)) : {};
  };

  function address(frame, { scheme, images }) {
    const version = frame.dataset.version ? `?${frame.dataset.version}` : "";
    return `${frame.dataset.frame}-${scheme}${images === "off" ? "-no-images" : ""}.html${version}${frame.dataset.anchor}`;
  }

  /* A frame that is shown in another way is another document; replace() leaves nothing behind for the back button. */
  function fill() {
    const choices = chosen();
    for (const [name, value] of Object.entries(choices)) root.dataset[name] = value;
    for (const frame of all("iframe")) {
      const src = address(frame, choices);
      if (frame.getAttribute("src") === src) continue;
      const next = frame.cloneNode();
      next.setAttribute("src", src);
      frame.replaceWith(next);
    }
    fit();
  }

  /* A screen that is wider than its column is shown smaller, as a whole. */
  function fit() {
    for (const screen of all(".screen")) {
      const width = parseFloat(getComputedStyle(screen).getPropertyValue("--width"));
      const room = screen.parentElement.clientWidth - 2 * screen.clientLeft;
      if (room > 0) screen.style.setProperty("--scale", Math.min(1, room / width));
    }
  }

  function keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(chosen()));
    } catch { /* then they last as long as the page */ }
  }

  function restore() {
    try {
      for (const [name, value] of Object.entries(JSON.parse(sessionStorage.getItem(KEPT)) ?? {})) {
        const input = document.getElementById(`${name}-${value}`);
        if (input) input.checked = true;
      }
    } catch { /* as they are in the page */ }
  }

  /* Says something, when it is news; with `after` only when that was said before, or nothing. */
  function say(text, after) {
    const status = document.getElementById("status");
    const said = status.textContent;
    if (said !== text && (after === undefined || !said || said === after)) status.textContent = text;
  }

  /* What the server sent: the page itself changes, by switches and by what a person opens. */
  const read = (page) => ({
    policy: page.querySelector("meta[http-equiv]").content,
    frames: all("iframe", page).map((one) => one.id).join(),
    parts: new Map(all("[data-live]", page).map((one) => [one.id, one.outerHTML])),
  });
  const names = ({ parts }) => [...parts.keys()].join();
  let sent;

  async function follow() {
    if (document.visibilityState !== "visible") return;
    try {
      const changes = await fetch("/preview/changes", { cache: "no-store" });
      if (!changes.ok) throw new Error(changes.statusText);
      if ((await changes.text()) === document.body.dataset.state) return say("Reloads on every save", STOPPED);
      const page = await fetch(location.href, { cache: "no-store" });
      if (!page.ok) return location.reload();
      update(new DOMParser().parseFromString(await page.text(), "text/html"));
    } catch {
      say(STOPPED);
    }
  }

  function update(page) {
    const next = read(page);
    if (sent.policy !== next.policy || sent.frames !== next.frames || names(sent) !== names(next)) {
      return location.reload();
    }
    document.title = page.title;
    for (const [id, html] of next.parts) {
      if (html === sent.parts.get(id)) continue;
      document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
    }
    for (const { id, dataset } of all("iframe", page)) {
      const old = document.getElementById(id).dataset;
      if (old.version !== dataset.version) Object.assign(old, dataset);
    }
    document.body.dataset.state = page.body.dataset.state;
    sent = next;
    fill();
    say(`Updated ${new Date().toLocaleTimeString("en-GB")}`);
  }

  document.addEventListener("DOMContentLoaded", () => {
    sent = read(document);
    const switches = document.getElementById("switches");
    if (switches) {
      restore();
      fill();
      switches.addEventListener("change", () => { keep(); fill(); });
      new ResizeObserver(fit).observe(document.body);
    }
    if (document.body.dataset.state) setInterval(follow, EVERY);
  });
})();
