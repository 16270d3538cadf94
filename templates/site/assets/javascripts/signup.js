// @ts-check
/** Whoever asked for the letter here is not asked again on every page: the form is folded, with the day in its place. */

import { make } from "./elements.js";
import { change, read, subscribe, today } from "./store.js";
import { sayDay, words } from "./words.js";

export function startSignup() {
  for (const form of document.querySelectorAll("form.signup")) {
    tellOrigin(form);
    form.addEventListener("submit", () => {
      const date = today();
      change((state) => ({ ...state, asked: date }));
    });
  }
  show(read());
}

/** Whoever came by the link with which a letter was passed on is counted so, as nobody in particular. @param {Element} form */
function tellOrigin(form) {
  const from = form.querySelector("input[name=from]");
  if (from instanceof HTMLInputElement && location.hash === "#forwarded") from.value = "forward";
}

subscribe(show);

/** @param {import("./state.js").State} state */
function show({ asked }) {
  for (const form of document.querySelectorAll("form.signup")) {
    // On the pages of the course it asks for more than the letter.
    if (form.querySelector("input[name=from][value=course]")) continue;
    const folded = form.parentElement?.closest(".signup-asked");
    if (asked && !folded) {
      const place = make("details", { class: "signup-asked" }, make("summary", {}, words.asked(sayDay(asked))));
      form.before(place);
      place.append(form);
    } else if (!asked && folded) folded.replaceWith(form);
  }
}
