// @ts-check
/** Nine cells: three for the idea, three for the strategy, three for the execution. Names and numbers stand beside them. */

import { draw } from "./elements.js";
import { HIGHEST, UNKNOWN, points } from "./score.js";

const CELL = 14;
const STEP = 17;
const GAP = 8;

/**
 * The levels of one certainty as a drawing, which says nothing to a screen reader: words beside it do.
 *
 * @param {readonly (string | undefined)[]} levels  of each aspect "0" to "3", "x", or undefined where nothing is answered
 * @param {readonly (string | undefined)[]} [before]  what it was; a dot stands in the last cell that was full
 */
export function cells(levels, before) {
  const group = HIGHEST * STEP + GAP;
  const width = levels.length * group - GAP - (STEP - CELL);
  const parts = levels.flatMap((level, aspect) => {
    const left = aspect * group;
    const then = before && points(before[aspect]);
    return [
      ...(level === UNKNOWN
        ? unknown(left)
        : Array.from({ length: HIGHEST }, (_, cell) =>
            draw("rect", {
              class: cell < points(level) ? "cells__full" : "cells__empty",
              x: left + cell * STEP + 1,
              y: 1,
              width: CELL - 2,
              height: CELL - 2,
            }),
          )),
      then ? draw("circle", { class: "cells__before", cx: left + (then - 1) * STEP + CELL / 2, cy: CELL + 4, r: 1.6 }) : null,
    ];
  });
  const height = before ? CELL + 6 : CELL;
  return draw(
    "svg",
    { class: "cells", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    ...parts,
  );
}

/** “I don't know”: one frame for the three, with a question mark. @param {number} left */
function unknown(left) {
  const width = HIGHEST * STEP - (STEP - CELL) - 2;
  return [
    draw("rect", { class: "cells__unknown", x: left + 1, y: 1, width, height: CELL - 2 }),
    draw("text", { class: "cells__mark", x: left + 1 + width / 2, y: CELL - 3.5, "text-anchor": "middle" }, "?"),
  ];
}
