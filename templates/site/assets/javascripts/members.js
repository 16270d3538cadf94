// @ts-check
/**
 * The results of a team: out of any text with links in it, and onto the sheet. Pure: no page, no storage, no clock.
 *
 * The text is a stranger's, and so is each link in it: only what follows its #r= is read, by `decode`. Nothing is opened.
 *
 * @typedef {import("./state.js").Member} Member @typedef {import("./state.js").Team} Team
 * @typedef {import("./score.js").Playbook} Playbook @typedef {import("./score.js").Answers} Answers
 * @typedef {{name: string, answers: Answers}} Found  `name` is empty where none stands before the link
 */

import { keysOf, score } from "./score.js";
import { decode } from "./share.js";
import { LARGEST_TEAM, LONGEST } from "./state.js";

/** Some mail programs lead every link past a server of theirs, and write # and = as %23 and %3D. */
const LINK = /(?:https?:\/\/[^\s<>"“”]{0,1000}?)?(?:#|%23)r(?:=|%3D)([\w.-]*)/giu;

/** What a chat says beside a name: [27-11 09:12], (Sales), 27-11-2026, 9:12 AM. */
const ASIDE = /\[[^\]]*\]|\([^)]*\)|(?:\p{L}\s?)?\d[\d.:/-]*(?:\s*[AP]M\b)?/giu;
/** A number that is part of a name, with the letter before it: Jan 2, N0. */
const NUMBERED = /^\p{L}\s?\d+:?$/u;
const BETWEEN = /[:;,|•*>→–—\t<"“”]|(?:^|\s)-(?:\s|$)/u;
const NAMED = /^[\p{Lu}\p{Lo}][\p{L}\p{M}\p{N}'’.-]*$/u;
const PARTICLE = /^(?:\d+|de|den|der|het|'t|’t|te|ten|ter|in|van|von|la|le|di|da|del|el|al|y)$/u;

/**
 * The results in a text, in its order: each with the name that stands before its link, on the same line or the one above.
 *
 * @param {Playbook} playbook @param {string} text
 * @returns {{found: Found[], links: number, bad: number}}
 */
export function readLinks(playbook, text) {
  const keys = keysOf(playbook);
  const found = [];
  let [links, bad, above] = [0, 0, ""];
  for (const line of text.split(/\r\n?|\n/)) {
    let end = 0;
    for (const link of line.matchAll(LINK)) {
      const before = line.slice(end, link.index);
      end = link.index + link[0].length;
      links += 1;
      const result = decode(keys, `#r=${link[1].replace(/\.+$/, "")}`); // a link ends a sentence
      if (result.kind !== "shared") bad += 1;
      else found.push({ name: nameIn(/\p{L}/u.test(before) ? before : above), answers: result.answers });
      above = "";
    }
    if (end === 0 && line.trim()) above = line;
  }
  return { found, links, bad };
}

/** The last part of a line that looks like the name of a person; empty without one. @param {string} line */
function nameIn(line) {
  const parts = line
    .slice(-200)
    .replace(ASIDE, (aside) => (NUMBERED.test(aside) ? aside : `${/^\p{L}/u.exec(aside) ?? ""} `))
    .split(BETWEEN);
  const names = parts
    .map((part) => part.trim().split(/\s+/))
    .filter((name) => name.length <= 5 && name.some((word) => NAMED.test(word)))
    .filter((name) => name.every((word) => NAMED.test(word) || PARTICLE.test(word)));
  return cut(names.at(-1)?.join(" ") ?? "");
}

/**
 * A team with more results. None that is there is replaced, and what does not fit or is not finished stays out.
 *
 * @param {Playbook} playbook @param {Team} team @param {readonly Found[]} found
 * @param {(number: number) => string} nameless  what a result without a name is called
 * @returns {{team: Team, added: Member[], told: {twice: string[], unfinished: string[], left: number,
 *   alike: string[][], named: string[]}}}  `twice` was there already; `alike`: the names that have the same answers;
 *   `named`: a name with different results
 */
export function addMembers(playbook, team, found, nameless) {
  const members = [...team.members];
  /** @type {Member[]} */
  const added = [];
  /** @type {ReturnType<typeof addMembers>["told"]} */
  const told = { twice: [], unfinished: [], left: 0, alike: [], named: [] };
  for (const [place, { name, answers }] of found.entries()) {
    const same = members.find((member) => alike(member.answers, answers));
    if (score(playbook, answers).missing) told.unfinished.push(name || nameless(place + 1));
    else if (same && (!name || name === same.name)) told.twice.push(same.name);
    else if (members.length === LARGEST_TEAM) told.left += 1;
    else {
      if (name && members.some((member) => member.name === name)) told.named.push(name);
      const member = { name: freeName(cut(name) || nameless(members.length + 1), members), answers };
      const others = told.alike.find(([first]) => first === same?.name);
      if (others) others.push(member.name);
      else if (same) told.alike.push([same.name, member.name]);
      members.push(member);
      added.push(member);
    }
  }
  return { team: { ...team, members }, added, told };
}

/**
 * A name that nobody on the sheet has: a second Anouk is Anouk 2.
 *
 * @param {string} name @param {readonly Member[]} members
 */
export function freeName(name, members) {
  const taken = (/** @type {string} */ one) => members.some((member) => member.name === one);
  let [free, number] = [cut(name), 2];
  while (taken(free)) {
    free = `${cut(name, LONGEST.name - 2)} ${number}`;
    number += 1;
  }
  return free;
}

/** @param {string} name @param {number} [longest] */
const cut = (name, longest = LONGEST.name) => [...name.trim()].slice(0, longest).join("").trim();

/** @param {Answers} one @param {Answers} other */
function alike(one, other) {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
