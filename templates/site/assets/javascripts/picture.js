// @ts-check
/** A result as a picture, to put into a slide or a message. It has light colours, whatever those of the page are. */

import { make, siteName } from "./elements.js";
import { meaningOf } from "./meaning.js";
import { HIGHEST, UNKNOWN, points, mostOf, score, weakestFirst } from "./score.js";
import { sayDay, words } from "./words.js";

const WIDTH = 1200;
const EDGE = 72;
const ROW = 84;
const CELL = 40;
const STEP = 48;
const GAP = 24;

/**
 * @param {import("./score.js").Playbook} playbook @param {import("./score.js").Answers} answers  to all questions
 * @param {string} date @param {string} page  the address of the assessment
 * @returns {Promise<Blob | null>}  null where the browser cannot make one
 */
export async function drawResult(playbook, answers, date, page) {
  const scored = score(playbook, answers);
  const { claim, reason } = meaningOf(playbook, scored);
  const canvas = make("canvas", { width: WIDTH, height: 100 });
  const pen = canvas.getContext("2d");
  if (!pen) return null;
  const [paper, ink, quiet, line] = ["paper", "ink", "quiet", "line"].map(lightColour);
  const [display, label] = ["display", "label"].map(
    (name) => getComputedStyle(document.documentElement).getPropertyValue(`--z7-font-${name}`) || "serif",
  );
  const fonts = { says: `500 52px ${display}`, name: `500 38px ${display}`, small: `400 26px ${label}` };
  await Promise.allSettled(Object.values(fonts).map((font) => document.fonts.load(font))); // some have stand-ins that are nowhere
  pen.font = fonts.says;
  const lines = wrap(pen, `${claim} ${reason}`, WIDTH - 2 * EDGE);
  const claimed = claim.length;
  const top = EDGE + 70;
  const first = top + lines.length * 62 + 40;
  canvas.height = first + playbook.certainties.length * ROW + 150;

  pen.fillStyle = paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write(`${siteName()} · ${sayDay(date)} · ${words.total(scored.total, mostOf(playbook) * scored.parts.length)}`, EDGE, EDGE + 20, fonts.small, quiet);
  let said = 0;
  for (const [place, text] of lines.entries()) {
    let left = EDGE;
    for (const word of text.split(" ")) {
      write(word, left, top + 50 + place * 62, fonts.says, said < claimed ? ink : quiet);
      left += pen.measureText(`${word} `).width;
      said += word.length + 1;
    }
  }
  const left = WIDTH - EDGE - 70 - playbook.aspects.length * (HIGHEST * STEP + GAP);
  for (const [aspect, { name }] of playbook.aspects.entries()) {
    write(name, left + aspect * (HIGHEST * STEP + GAP), first + 10, fonts.small, quiet);
  }
  for (const [place, { certainty, levels, sum }] of weakestFirst(scored).entries()) {
    const middle = first + 34 + place * ROW + ROW / 2;
    pen.fillStyle = line;
    pen.fillRect(EDGE, middle + ROW / 2, WIDTH - 2 * EDGE, 2);
    write(certainty.title, EDGE, middle + 12, fonts.name, ink);
    for (const [aspect, level] of levels.entries()) drawLevel(level, left + aspect * (HIGHEST * STEP + GAP), middle - CELL / 2);
    pen.textAlign = "right";
    write(String(sum), WIDTH - EDGE, middle + 12, fonts.name, ink);
    pen.textAlign = "left";
  }
  write(new URL("..", page).href.replace(/^https?:\/\//, ""), EDGE, canvas.height - EDGE + 10, fonts.small, quiet);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));

  /** @param {string} text @param {number} x @param {number} y @param {string} font @param {string} colour */
  function write(text, x, y, font, colour) {
    if (!pen) return;
    pen.font = font;
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  }

  /** @param {string | undefined} level @param {number} x @param {number} y */
  function drawLevel(level, x, y) {
    if (!pen) return;
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = 3;
    pen.setLineDash(level === UNKNOWN ? [8, 8] : []);
    if (level === UNKNOWN) {
      pen.strokeRect(x + 2, y + 2, HIGHEST * STEP - (STEP - CELL) - 4, CELL - 4);
      return write("?", x + (HIGHEST * STEP) / 2 - 10, y + CELL - 10, fonts.small, ink);
    }
    for (let cell = 0; cell < HIGHEST; cell++) {
      if (cell < points(level)) pen.fillRect(x + cell * STEP, y, CELL, CELL);
      else pen.strokeRect(x + cell * STEP + 2, y + 2, CELL - 4, CELL - 4);
    }
  }
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} width */
function wrap(pen, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = [lines.at(-1), word].filter(Boolean).join(" ");
    if (pen.measureText(longer).width > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A colour of the house, for light paper. @param {string} name */
function lightColour(name) {
  const probe = make("span", { hidden: true });
  probe.style.colorScheme = "light";
  probe.style.color = `var(--z7-${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
