// @ts-check
/** Sends a letter on: by what the device has for it, or by mail as without this; or as a link to paste. */
import { button } from "./elements.js";
import { copyAndTell } from "./links.js";
import { words } from "./words.js";

export function startForward() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".forward a"));
  if (!link) return;
  const { url = location.href } = link.dataset;
  const message = { title: new URL(link.href).searchParams.get("subject") ?? "", url };
  // A browser that cannot be asked whether it shares this can still share.
  if ("share" in navigator && (navigator.canShare?.(message) ?? true)) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      navigator.share(message).catch(({ name }) => {
        if (name !== "AbortError") location.href = link.href; // not because somebody thought better of it
      });
    });
  }
  link.after(button(words.copyLink, () => void copyAndTell(url), { class: "quiet-button" }));
}
