/* Two texts beside each other: the paragraphs that differ, and the words that differ within them. */
import { make, say } from "./calls.js";

/* The longest common part of two lists, as pairs of (from, to) runs: [same, left, right]. */
export function compare(left, right) {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const a = left.slice(start, left.length - end);
  const b = right.slice(start, right.length - end);
  const runs = [];
  const add = (same, one, other) => {
    if (!one.length && !other.length) return;
    const last = runs.at(-1);
    if (last && last[0] === same) {
      last[1].push(...one);
      last[2].push(...other);
    } else runs.push([same, [...one], [...other]]);
  };
  add(true, left.slice(0, start), right.slice(0, start));
  if (a.length * b.length > 4_000_000) add(false, a, b);
  else {
    const most = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        most[i][j] = a[i] === b[j] ? most[i + 1][j + 1] + 1 : Math.max(most[i + 1][j], most[i][j + 1]);
      }
    }
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        add(true, [a[i]], [b[j]]);
        i += 1;
        j += 1;
      } else if (j >= b.length || (i < a.length && most[i + 1][j] >= most[i][j + 1])) {
        add(false, [a[i]], []);
        i += 1;
      } else {
        add(false, [], [b[j]]);
        j += 1;
      }
    }
  }
  add(true, left.slice(left.length - end), right.slice(right.length - end));
  return runs;
}

const words = (text) => text.match(/\s+|[^\s]+/g) ?? [];

function paint(runs, side, tag) {
  const parts = [];
  for (const [same, one, other] of runs) {
    const text = (side ? other : one).join("");
    if (text) parts.push(same ? text : make(tag, {}, text));
  }
  return parts;
}

const CONTEXT = 1;

/* `left` is the old one. Equal paragraphs away from a difference are left out. */
export function showDifference(left, right, heads) {
  const box = make("div", { class: "difference", tabIndex: 0, role: "region", "aria-label": heads.join(" / ") });
  box.append(...heads.map((head) => make("p", { class: "difference__head" }, head)));
  const runs = compare(left.split("\n").filter((line) => line.trim()), right.split("\n").filter((line) => line.trim()));
  runs.forEach(([same, one, other], number) => {
    if (same) {
      const before = number ? one.slice(0, CONTEXT) : [];
      const after = number < runs.length - 1 ? one.slice(Math.max(before.length, one.length - CONTEXT)) : [];
      const hidden = one.length - before.length - after.length;
      for (const line of before) box.append(make("p", {}, line), make("p", {}, line));
      if (hidden && runs.length > 1) box.append(make("p", { class: "difference__gap" }, say("same_lines", { number: hidden })));
      for (const line of after) box.append(make("p", {}, line), make("p", {}, line));
      return;
    }
    for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
      const found = compare(words(one[at] ?? ""), words(other[at] ?? ""));
      box.append(
        make("p", { data: one[at] === undefined ? {} : { is: "old" } }, ...paint(found, 0, "del")),
        make("p", { data: other[at] === undefined ? {} : { is: "new" } }, ...paint(found, 1, "ins")),
      );
    }
  });
  if (runs.every(([same]) => same)) box.append(make("p", { class: "difference__gap" }, say("no_difference")));
  return box;
}
