/*
  Undo in a field. A browser has one history for all of a page: with nothing left to undo in a title, it takes back words
  of a text that is elsewhere. So each field has a history of its own, and the browser's is not asked there.
*/
const PAUSE = 700;
const FIELD = "textarea, input:not([type]), input[type=text], input[type=search]";

export function keepPasts() {
  const pasts = new WeakMap();
  const find = (field) => pasts.get(field) ?? pasts.set(field, { back: [], forth: [], at: -PAUSE }).get(field);

  /* What is typed without a pause is taken back at once. */
  document.addEventListener("beforeinput", ({ target, inputType }) => {
    if (!target.matches?.(FIELD) || inputType.startsWith("history")) return;
    const past = find(target);
    if (performance.now() - past.at > PAUSE) past.back.push(target.value);
    past.at = performance.now();
    past.forth = [];
  });

  document.addEventListener("keydown", (event) => {
    const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
    const key = event.key.toLowerCase();
    if (!target.matches?.(FIELD) || !(ctrlKey || metaKey) || altKey || !["z", "y"].includes(key)) return;
    event.preventDefault();
    const past = find(target);
    const [from, to] = key === "y" || shiftKey ? [past.forth, past.back] : [past.back, past.forth];
    if (!from.length) return;
    to.push(target.value);
    target.value = from.pop();
    past.at = -PAUSE;
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);
}
