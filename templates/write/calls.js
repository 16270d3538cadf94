/* What every page needs: the words of the interface, calls to the server, and elements made without HTML. */

const WORDS = JSON.parse(document.getElementById("words").textContent);
export const BASE = document.body.dataset.base;

/* A text of the interface, with its values. A number takes the singular below `<key>_one`, where there is one. */
export function say(key, values = {}) {
  const one = values.number === 1 && WORDS[`${key}_one`];
  return (one || WORDS[key] || key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/* An answer that is a refusal; `found` is what came with it. */
export class Refusal extends Error {
  constructor(status, found) {
    super(found.message || say("broken"));
    this.status = status;
    this.found = found;
  }
}

/* The program does not answer, or is another run of it, with another token. */
export class Gone extends Error {}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, { method: "POST", cache: "no-store", ...options });
  } catch {
    throw new Gone(say("stopped"));
  }
  const found = await answer.json().catch(() => null);
  if (answer.ok && found !== null) return found;
  if (answer.status === 404 && !found?.message) throw new Gone(say("stopped"));
  throw new Refusal(answer.status, found ?? {});
}

export const call = (name, given = {}) =>
  ask(`${BASE}${name}`, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });

/* `given` may ask to `shrink` a picture that is too large, or only to `try` whether it can be taken. */
export const sendPicture = (file, text, given) =>
  ask(`${BASE}picture?${new URLSearchParams({ text, ...given })}`, {
    headers: { "Content-Type": "application/octet-stream", "X-Name": encodeURIComponent(file.name || "") },
    body: file,
  });

/* An element: `given` are properties, and attributes where the name has a dash or is no property. */
export function make(tag, given = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") one.className = value;
    else if (name === "data") Object.assign(one.dataset, value);
    else if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (name in one && !name.includes("-")) one[name] = value;
    else one.setAttribute(name, value);
  }
  one.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return one;
}

export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
export const byId = (id) => document.getElementById(id);

/* Waits until nobody asked for `wait` milliseconds, yet no longer than `most` after the first time. */
export function hold(wait, most, act) {
  let timer = 0;
  let first = 0;
  const run = () => {
    clearTimeout(timer);
    timer = first = 0;
    act();
  };
  const soon = () => {
    const now = performance.now();
    first ||= now;
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, Math.min(wait, first + most - now)));
  };
  soon.now = () => timer && run();
  return soon;
}

let said = 0;

/* Says something in passing, over the bar at the top and never over a text; `label` names what can be done about it. */
export function tell(text, label = "", act = null) {
  const place = byId("toast");
  place.replaceChildren(text);
  if (label) place.append(" ", make("button", { type: "button", class: "button button--small", onclick: () => { place.replaceChildren(); act(); } }, label));
  clearTimeout(said);
  said = setTimeout(() => { place.replaceChildren(); }, label ? 15000 : 6000);
}

export const clock = (moment = new Date()) =>
  moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

/* A part of the memory of this browser; a full or a closed one is not a failure of the page. */
export const memory = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key) {
    try {
      localStorage.removeItem(key);
    } catch { /* then there was nothing */ }
  },
};
