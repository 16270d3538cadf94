// @ts-check
/** The result as two drawings, a radar and bars. Both say in words what they show; assessment.css has the colours. */

import { draw, mark } from "./elements.js";
import { weakestFirst } from "./score.js";
import { words } from "./words.js";

/** @typedef {import("./score.js").Score} Score @typedef {import("./score.js").Part} Part */
/** @typedef {{name: string, score: Score} | undefined} Against  what the result is compared with */

const CENTRE = { x: 200, y: 182 };
const RADIUS = 112;
const RINGS = 3;
const MARK = 30;

/** @param {Score} scored @param {number} most @param {Against} [against] */
export function radar(scored, most, against) {
  const sides = scored.parts.length;
  const at = (/** @type {number} */ side, /** @type {number} */ distance) => {
    const angle = (2 * Math.PI * side) / sides - Math.PI / 2;
    return { x: round(CENTRE.x + distance * Math.cos(angle)), y: round(CENTRE.y + distance * Math.sin(angle)) };
  };
  const shape = (/** @type {number[]} */ distances, /** @type {string} */ name) =>
    draw("polygon", { class: name, points: distances.map((distance, side) => join(at(side, distance))).join(" ") });
  const shapeOf = (/** @type {Score} */ { parts }, /** @type {string} */ name) =>
    shape(
      parts.map(({ sum }) => (RADIUS * sum) / most),
      name,
    );
  const rings = Array.from({ length: RINGS }, (_, ring) =>
    shape(Array(sides).fill((RADIUS * (ring + 1)) / RINGS), "figure__ring"),
  );
  const axes = scored.parts.map((_, side) => {
    const { x, y } = at(side, RADIUS);
    return draw("line", { class: "figure__ring", x1: CENTRE.x, y1: CENTRE.y, x2: x, y2: y });
  });
  const ends = scored.parts.flatMap(({ certainty }, side) => {
    const { x, y } = at(side, RADIUS + 28);
    const above = y < CENTRE.y;
    return [
      mark(certainty.id, { x: x - MARK / 2, y: y - MARK / 2, width: MARK, height: MARK }),
      draw("text", { class: "figure__name", x, y: above ? y - 21 : y + 29, "text-anchor": "middle" }, certainty.title),
    ];
  });
  const dots = scored.parts.map(({ sum }, side) => {
    const { x, y } = at(side, (RADIUS * sum) / most);
    return draw("circle", { class: "figure__dot", cx: x, cy: y, r: 4 });
  });
  return figure("radar", "0 0 400 366", scored, most, against, scored.parts, [
    ...rings,
    ...axes,
    shapeOf(scored, "figure__shape"),
    against && shapeOf(against.score, "figure__then"),
    ...dots,
    ...ends,
  ]);
}

const ROW = 47;
const WIDTH = 360;
const LEFT = 40;

/** @param {Score} scored @param {number} most @param {Against} [against] */
export function bars(scored, most, against) {
  const ranked = weakestFirst(scored);
  const long = (/** @type {number} */ points) => round(((WIDTH - LEFT - 2) * points) / most);
  const rows = ranked.flatMap(({ certainty, sum, unknown }, place) => {
    const top = place * ROW;
    const bar = { y: top + 22, height: 12, rx: 1 };
    const before = against?.score.parts.find((part) => part.certainty.id === certainty.id);
    return [
      mark(certainty.id, { x: 0, y: top + 5, width: MARK, height: MARK }),
      draw("text", { class: "figure__label", x: LEFT, y: top + 15 }, certainty.title),
      draw(
        "text",
        { class: "figure__label", x: WIDTH - 1, y: top + 15, "text-anchor": "end" },
        sayPoints(sum, unknown),
      ),
      draw("rect", { class: "figure__track", x: LEFT, width: long(most), ...bar }),
      sum > 0 && draw("rect", { class: "figure__bar", x: LEFT, width: long(sum), ...bar }),
      unknown > 0 &&
        draw("rect", { class: "figure__unknown", x: LEFT + long(sum) + 1, width: long(3 * unknown) - 1, ...bar }),
      before &&
        draw("line", {
          class: "figure__then",
          x1: LEFT + long(before.sum),
          x2: LEFT + long(before.sum),
          y1: top + 19,
          y2: top + 37,
        }),
    ];
  });
  return figure("bars", `0 0 ${WIDTH} ${ranked.length * ROW}`, scored, most, against, ranked, rows);
}

/** A sum, and a question mark for every “I don't know”. @param {number} sum @param {number} unknown */
const sayPoints = (sum, unknown) => [sum, ..."?".repeat(unknown)].join(" ");

/**
 * @param {"radar" | "bars"} kind @param {string} viewBox @param {Score} scored @param {number} most
 * @param {Against} against @param {Part[]} parts  in the order of the drawing
 * @param {import("./elements.js").Child[]} children
 */
function figure(kind, viewBox, scored, most, against, parts, children) {
  const [title, description] = [`${kind}-title`, `${kind}-description`];
  const told = describe(parts, most);
  const order = new Map(against?.score.parts.map((part) => [part.certainty.id, part]));
  const other = parts.flatMap(({ certainty }) => order.get(certainty.id) ?? []);
  const compared = against ? `${words.against(against.name)}: ${describe(other, most)}` : "";
  return draw(
    "svg",
    {
      class: `figure figure--${kind}`,
      viewBox,
      role: "img",
      "aria-labelledby": title,
      "aria-describedby": description,
    },
    draw("title", { id: title }, words[kind]),
    draw("desc", { id: description }, [`${told}.`, compared && `${compared}.`].filter(Boolean).join(" ")),
    ...children,
  );
}

/** @param {Part[]} parts @param {number} most */
const describe = (parts, most) =>
  parts.map(({ certainty, sum, unknown }) => words.scoreOf(certainty.title, sum, most, unknown)).join("; ");

/** @param {number} number */
const round = (number) => Math.round(number * 10) / 10;

/** @param {{x: number, y: number}} point */
const join = ({ x, y }) => `${x},${y}`;
