// @ts-check
/** Files out of the browser. */

import { make } from "./elements.js";
import { today } from "./store.js";
import { words } from "./words.js";

/** @param {BlobPart} content @param {string} type @param {string} extension @param {string} [name]  without the date of today */
export function download(content, type, extension, name = words.fileName) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: url, download: `${name}-${today()}.${extension}` }).click();
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000); // Safari asks first, and fetches after the answer
}
