// @ts-check
/** Asks before something goes. */
import { words } from "./words.js";

/**
 * A dialog that keeps the keyboard until it is answered; Escape and the first button leave everything as it is.
 *
 * @param {{title: string, text: string, yes: string}} question
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, yes }) {
  const dialog = document.createElement("dialog");
  const [heading, explanation, form] = ["h2", "p", "form"].map((name) => document.createElement(name));
  dialog.className = "z7-dialog";
  dialog.setAttribute("aria-labelledby", "z7-dialog-title");
  dialog.setAttribute("aria-describedby", "z7-dialog-text");
  heading.id = "z7-dialog-title";
  heading.textContent = title;
  explanation.id = "z7-dialog-text";
  explanation.textContent = text;
  form.setAttribute("method", "dialog");
  form.append(answer(words.cancel, "no", "z7-button"), answer(yes, "yes", "z7-button z7-button--main"));
  dialog.append(heading, explanation, form);
  // Keys pressed here are not for the page: some of them would turn it.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** @param {string} text @param {string} value @param {string} name */
function answer(text, value, name) {
  const button = document.createElement("button");
  button.value = value;
  button.className = name;
  button.textContent = text;
  return button;
}
