// @ts-check
/** Changes that take something away, with a way back: nobody loses the date of a tick by a slip of the thumb. */
import { tell } from "./note.js";
import { undone } from "./state.js";
import { change, read } from "./store.js";

/**
 * @param {() => void} action  changes what is kept
 * @param {string} message  what it did
 */
export function doWithWayBack(action, message) {
  const before = read();
  action();
  const after = read();
  tell(message, () => change((now) => undone(before, after, now)));
}
