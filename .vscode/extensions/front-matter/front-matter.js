// The front matter of a Markdown file against its JSON Schema: what is wrong with it, what could be written, what
// a key means. Pure functions on text, without an editor: extension.js shows what they find in VS Code.
//
// Of YAML it reads what a front matter is made of: keys, text with and without quotes, lists and one level of keys
// in a key. About anything else it is silent; `generate check` has the last word.

"use strict";

const FrontMatter = (() => {
  // --- Which schema ---

  const KINDS = [
    [/(?:^|\/)newsletter\/issues\/[^/]+\/(?:nl|en)\.md$/, "letter"],
    [/(?:^|\/)newsletter\/thoughts\/[^/]+\/[^/]+\.(?:nl|en)\.md$/, "thought"],
    [/(?:^|\/)docs\/(?:nl|en)\/certainties\/[^/]+\.md$/, "certainty"],
    [/(?:^|\/)docs\/(?:nl|en)\/.+\.md$/, "page"],
  ];

  /** The name of the schema for a path below the project, or null for a file without front matter of ours. */
  function kindOf(path) {
    const found = KINDS.find(([pattern]) => pattern.test(path.replaceAll("\\", "/")));
    return found ? found[1] : null;
  }

  // --- Reading ---

  const KEY = /^( *)("[^"]*"|'[^']*'|[^\s#\-?:,[\]{}"'&*!|>%@`][^:#]*?|-[^\s:][^:#]*?) *:(?: +(.*)|)$/;
  const FENCE = /^---[ \t]*$/;
  const ITEM = /^ *-(?: |$)/;
  const SPECIAL = /^[@`%,\]}?]/;
  const MOMENT =
    /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?([ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?$/;
  const QUOTED = {
    '"': /^"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?$/,
    "'": /^'((?:[^']|'')*)'[ \t]*(?:#.*)?$/,
  };
  const TYPES = [
    ["null", /^(?:~|null|Null|NULL|)$/],
    ["boolean", /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
    ["integer", /^[-+]?(?:0|[1-9][0-9_]*)$/],
    ["number", /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*(?:[eE][-+][0-9]+)?$/],
    ["date", /^\d{4}-\d\d-\d\d$/],
    ["moment", MOMENT],
  ];

  /**
   * The front matter of a text: its keys with their values and places, and what cannot be read. Lines and
   * columns count from 0. Null when the text does not begin with one.
   */
  function read(text) {
    const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
    if (!FENCE.test(lines[0])) return null;
    let end = lines.findIndex((line, number) => number > 0 && FENCE.test(line));
    const closed = end > 0;
    if (!closed) {
      end = lines.findIndex((line, number) => number > 0 && !line.trim());
      if (end < 0) end = lines.length;
    }
    const found = { lines, end, closed, problems: [], entries: [] };
    if (!closed) add(found, 0, 0, 3, "the front matter is not closed: a second line with only --- is missing");
    readKeys(found, 1, 0, found.entries);
    return found;
  }

  function add(found, line, start, end, message, severity = "error") {
    found.problems.push({ line, start, end, message, severity });
  }

  /** Read keys that stand at an indent into `entries`; the number of the first line after them. */
  function readKeys(found, from, indent, entries) {
    let number = from;
    while (number < found.end) {
      const line = found.lines[number];
      const depth = depthOf(line);
      if (isEmpty(line)) {
        number += 1;
        continue;
      }
      if (depth < indent) break;
      const match = KEY.exec(line);
      if (!match || depth !== indent) {
        const message = /^ *\t/.test(line)
          ? "the line starts with a tab; use spaces"
          : "use a key, a colon and a space, like “title: …”";
        add(found, number, depth, line.length, message);
        number += 1;
        continue;
      }
      const key = match[2].replace(/^(["'])(.*)\1$/, "$2");
      const entry = { key, line: number, start: depth, end: depth + match[2].length };
      const at = match[3] === undefined ? line.length : line.length - match[3].length;
      [entry.value, number] = readValue(found, number, at, depth);
      entries.push(entry);
    }
    return number;
  }

  /** The value that begins at a column of a line, and the number of the first line after it. */
  function readValue(found, line, start, indent) {
    const raw = found.lines[line].slice(start);
    const value = { line, start, end: found.lines[line].trimEnd().length, type: "unknown", text: raw.trim() };
    let next = line + 1;
    while (next < found.end && (isEmpty(found.lines[next]) || depthOf(found.lines[next]) > indent)) next += 1;
    while (next > line + 1 && isEmpty(found.lines[next - 1])) next -= 1;
    const below = found.lines.slice(line + 1, next);
    const first = raw.trim()[0] ?? "";
    if (first === "" || first === "#") {
      value.text = "";
      value.end = start;
      return readBelow(found, value, line, next, indent);
    }
    if (first === "|" || first === ">") {
      value.type = "string";
      value.text = below.map((row) => row.trim()).join(" ").trim();
      value.folded = true;
    } else if (first === "[") {
      readList(found, value, raw, below);
    } else if (first === '"' || first === "'") {
      readQuoted(found, value, raw, below, first);
    } else if (SPECIAL.test(first)) {
      add(found, line, start, value.end, `put a value that starts with ${first} in quotes`);
    } else if (!/^[{&*!]/.test(first)) {
      readPlain(found, value, raw, below);
    }
    return [value, next];
  }

  /** A value that stands below its key: a list, keys, or text. */
  function readBelow(found, value, line, next, indent) {
    let first = line + 1;
    while (first < found.end && isEmpty(found.lines[first])) first += 1;
    const row = found.lines[first] ?? "";
    if (first < found.end && depthOf(row) >= indent && ITEM.test(row)) {
      let number = first;
      value.type = "array";
      value.items = [];
      while (number < found.end && (isEmpty(found.lines[number]) || ITEM.test(found.lines[number]))) {
        const item = /^( *- *)(.*)$/.exec(found.lines[number]);
        if (item && !isEmpty(found.lines[number])) value.items.push(scalar(item[2], number, item[1].length));
        number += 1;
      }
      return [value, Math.max(number, next)];
    }
    if (first < next && KEY.test(row)) {
      value.type = "object";
      value.entries = [];
      return [value, readKeys(found, first, depthOf(row), value.entries)];
    }
    if (first < next) {
      value.type = "string";
      value.text = found.lines.slice(first, next).map((one) => one.trim()).join(" ");
      value.folded = true;
    } else {
      value.type = "null";
    }
    return [value, next];
  }

  function readList(found, value, raw, below) {
    const whole = [raw, ...below].map((row) => row.replace(/(^|\s)#.*$/, "$1")).join("\n").trimEnd();
    if (!whole.endsWith("]") || (whole.match(/\[/g) ?? []).length !== (whole.match(/\]/g) ?? []).length) {
      add(found, value.line, value.start, value.end, "the brackets do not match");
      return;
    }
    const inner = whole.slice(1, -1);
    if (/[[\]{}]|["'][^"']*,/.test(inner)) return; // more than a list of names: silent
    value.type = "array";
    value.items = [];
    let offset = 1;
    for (const part of inner.split(",")) {
      const at = below.length ? 0 : offset + part.length - part.trimStart().length;
      if (part.trim()) value.items.push(scalar(part.trim(), value.line, value.start + at));
      offset += part.length + 1;
    }
    if (!below.length) value.end = value.start + whole.length;
  }

  function readQuoted(found, value, raw, below, quote) {
    const whole = [raw, ...below.map((row) => row.trim())].join(" ");
    const match = QUOTED[quote].exec(whole);
    if (!match) {
      add(found, value.line, value.start, value.end, `the quotes ${quote} do not match`);
      return;
    }
    value.type = "string";
    value.quoted = true;
    value.text = quote === '"' ? match[1].replace(/\\(.)/g, "$1") : match[1].replaceAll("''", "'");
    if (!below.length) value.end = value.start + match[1].length + 2;
  }

  function readPlain(found, value, raw, below) {
    const rows = [raw, ...below].map((row) => row.replace(/(^|\s)#.*$/, "").trim());
    const text = rows.join(" ").trim();
    if (/:(?: |$)/.test(text)) {
      add(found, value.line, value.start, value.end, "put a value that contains a colon in quotes");
      return;
    }
    const more = below.length ? { folded: true, end: value.end } : {};
    Object.assign(value, scalar(text, value.line, value.start), more);
  }

  function scalar(raw, line, start) {
    const text = raw.replace(/(^|\s)#.*$/, "").trim();
    const quoted = /^(["'])(.*)\1$/.exec(text);
    const type = quoted ? "string" : (TYPES.find(([, pattern]) => pattern.test(text)) ?? ["string"])[0];
    const end = start + text.length;
    return { type, text: quoted ? quoted[2] : text, quoted: Boolean(quoted), line, start, end };
  }

  function isEmpty(line) {
    return !line.trim() || line.trimStart().startsWith("#");
  }

  function depthOf(line) {
    return line.length - line.replace(/^ +/, "").length;
  }

  // --- What is wrong ---

  /** Problems with lines and columns from 0, each with a message and `error` or `warning`. */
  function diagnose(text, schema) {
    const found = read(text);
    if (!found) {
      const message = "the front matter is missing: the first line must be ---";
      const end = text.split(/\r|\n/)[0].length;
      return text.trim() ? [{ line: 0, start: 0, end, message, severity: "error" }] : [];
    }
    const whole = found.problems.length === 0; // else a missing key may stand where nothing could be read
    checkKeys(found, found.entries, whole ? schema : { ...schema, required: [] }, 0);
    return found.problems.sort((one, other) => one.line - other.line || one.start - other.start);
  }

  function checkKeys(found, entries, schema, line) {
    const known = Object.keys(schema.properties);
    const seen = new Set();
    const meant = new Set();
    for (const entry of entries) {
      const { key, line: at, start, end } = entry;
      if (seen.has(key)) {
        add(found, at, start, end, `duplicate key “${key}”; delete one of the two`);
      } else if (!known.includes(key)) {
        const near = nearest(key, known);
        if (near) meant.add(near);
        add(found, at, start, end, `unknown key “${key}”${near ? `; did you mean “${near}”?` : ""}`);
      } else {
        checkValue(found, key, entry.value, schema.properties[key]);
      }
      seen.add(key);
    }
    for (const key of schema.required ?? []) {
      if (!seen.has(key) && !meant.has(key)) {
        add(found, line, 0, 3, `the key “${key}” is missing${expected(schema.properties[key])}`);
      }
    }
  }

  function checkValue(found, name, value, schema) {
    const types = [schema.type].flat();
    const end = Math.max(value.end, value.start);
    const say = (message, severity) => add(found, value.line, value.start, end, message, severity);
    if (value.type === "unknown" || (value.type === "null" && types.includes("null"))) return;
    if (value.type === "null" || (value.type === "string" && !value.text.trim())) {
      say(`“${name}” is empty${expected(schema)}`);
    } else if (schema.format === "date-time") {
      const zone = value.type === "moment" && MOMENT.exec(value.text)[1];
      const advice = value.quoted ? "; without quotes" : "";
      if (!zone) say(`“${name}” is ${short(value)}${expected(schema)}${advice}`);
    } else if (types.includes("array")) {
      checkList(found, name, value, schema, say);
    } else if (types.includes("object")) {
      if (value.type === "object") checkKeys(found, value.entries, schema, value.line);
      else say(`“${name}” is ${short(value)}${expected(schema)}`);
    } else if (!types.includes(value.type)) {
      const isText = types.includes("string") && !["array", "object"].includes(value.type);
      say(`“${name}” is ${short(value)}${isText ? "; put it in quotes" : expected(schema)}`);
    } else {
      checkScalar(name, value, schema, say);
    }
  }

  function checkList(found, name, value, schema, say) {
    const { minItems = 0, maxItems = Infinity } = schema;
    if (value.type !== "array") say(`“${name}” is ${short(value)}${expected(schema)}`);
    else if (value.items.length < minItems || value.items.length > maxItems) {
      say(`“${name}” has ${value.items.length} entries${expected(schema)}`);
    } else {
      const each = { ...schema.items, description: schema.description };
      for (const item of value.items) checkValue(found, name, item, each);
    }
  }

  function checkScalar(name, value, schema, say) {
    const { text } = value;
    if (schema.enum && !schema.enum.includes(text)) {
      const near = nearest(text, schema.enum);
      const hint = near ? `did you mean “${near}”?` : `known are: ${schema.enum.join(", ")}`;
      say(`unknown ${name} “${text}”; ${hint}`);
    } else if (schema.pattern && !new RegExp(schema.pattern, "u").test(text)) {
      say(`“${text}” does not match the form of “${name}”${expected(schema)}`);
    } else if (Number(text) < schema.minimum || Number(text) > schema.maximum) {
      say(`“${name}” is ${text}${expected(schema)}`);
    }
    const advice = schema["x-advice"];
    const length = [...text].length;
    if (advice && (length < advice.minLength || length > advice.maxLength)) {
      const bounds = `${advice.minLength} to ${advice.maxLength}`;
      say(`“${name}” has ${length} characters; ${bounds} are recommended`, "warning");
    }
  }

  function expected(schema) {
    const description = schema?.description?.replace(/\.$/, "");
    return description ? `; expected ${description[0].toLowerCase()}${description.slice(1)}` : "";
  }

  function short(value) {
    const text = { array: "a list", object: "keys" }[value.type] ?? (value.text || "nothing");
    return text.length > 40 ? `${text.slice(0, 39)}…` : text;
  }

  /** The known word that was probably meant: few letters differ. */
  function nearest(word, known) {
    const near = known
      .map((one) => [distance(word.toLowerCase().slice(0, 60), one.toLowerCase()), one])
      .sort(([one], [other]) => one - other)[0];
    return near && near[0] <= Math.max(1, Math.floor(near[1].length / 3)) ? near[1] : null;
  }

  function distance(one, other) {
    let row = Array.from({ length: other.length + 1 }, (_, index) => index);
    for (let i = 1; i <= one.length; i += 1) {
      const above = row;
      row = [i];
      for (let j = 1; j <= other.length; j += 1) {
        row[j] = Math.min(row[j - 1] + 1, above[j] + 1, above[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
      }
    }
    return row[other.length];
  }

  // --- What could be written ---

  /**
   * What could stand at a place: each with its label, the text to insert (a snippet: `$0` is where the cursor
   * goes), the columns that it replaces, and what it means.
   */
  function complete(text, line, column, schema) {
    const found = read(text);
    if (!found || line < 1 || line >= (found.closed ? found.end : found.lines.length)) return [];
    const row = found.lines[line];
    const before = row.slice(0, column);
    const depth = depthOf(row);
    const value = /^( *)([\w-]+): +(.*)$/.exec(before);
    const parent = depth > 0 ? parentOf(found, line, depth) : null;
    const level = parent ? schema.properties[parent.key] : schema;
    if (!level?.properties) return [];
    if (value) return completeValue(level.properties[value[2]], value[3], column);
    if (!/^ *[\w-]*$/.test(before)) return [];
    const siblings = parent ? (parent.value.entries ?? []) : found.entries;
    const taken = new Set(siblings.filter((entry) => entry.line !== line).map((entry) => entry.key));
    const rest = /^[\w-]*(?:: ?)?/.exec(row.slice(column))[0];
    const after = row.slice(column + rest.length).trim();
    if (after && !rest.includes(":")) return [];
    return Object.entries(level.properties)
      .filter(([key]) => !taken.has(key))
      .map(([key, about], index) => ({
        label: key,
        insert: after ? `${key}: ` : `${key}:${snippet(about, depth)}`,
        start: depth,
        end: column + rest.length,
        detail: level.required?.includes(key) ? "needed" : "optional",
        about: about.description,
        sort: `${level.required?.includes(key) ? 0 : 1}${String(index).padStart(3, "0")}`,
      }));
  }

  function completeValue(schema, typed, column) {
    const words = schema?.enum ?? (schema?.type === "boolean" ? ["true", "false"] : (schema?.examples ?? []));
    const start = column - typed.length;
    return words.map((word, index) => ({
      label: word,
      insert: word,
      start,
      end: column,
      detail: schema.default !== undefined && String(schema.default) === word ? "as when it is left out" : "",
      about: schema.description,
      sort: String(index).padStart(3, "0"),
    }));
  }

  function snippet(schema, depth) {
    const [type] = [schema.type].flat();
    if (type === "array") return " [$0]";
    if (type === "object") return `\n${" ".repeat(depth + 2)}$0`;
    if (type === "boolean") return ` ${schema.default === false}`;
    return ` ${schema.examples && schema.format ? `\${0:${schema.examples[0]}}` : "$0"}`;
  }

  /** The key of the front matter below which an indented line stands. */
  function parentOf(found, line, depth) {
    const above = found.entries.filter((entry) => entry.line < line && entry.start < depth);
    return above.at(-1) ?? null;
  }

  // --- What a key means ---

  /** What stands at a place, in Markdown, with its columns; null when there is nothing to say. */
  function hover(text, line, column, schema) {
    const found = read(text);
    const entry = found && line < found.end ? entryAt(found.entries, line) : null;
    const inner = entry?.value.entries && line !== entry.line ? entryAt(entry.value.entries, line) : null;
    const outer = schema.properties[entry?.key];
    const about = inner ? outer?.properties?.[inner.key] : outer;
    const { key, start, end } = inner ?? entry ?? {};
    if (!about || column < start || column > end || line !== (inner ?? entry).line) return null;
    const more = [
      about.enum && `One of: ${about.enum.join(", ")}.`,
      about["x-advice"] && `${about["x-advice"].minLength} to ${about["x-advice"].maxLength} characters.`,
      about.default !== undefined && `When left out: ${about.default}.`,
    ].filter(Boolean);
    return { start, end, text: [`**${key}**`, about.description, ...more].join("\n\n") };
  }

  function entryAt(entries, line) {
    return entries.filter((entry) => entry.line <= line).at(-1) ?? null;
  }

  return { complete, diagnose, hover, kindOf, nearest, read };
})();

if (typeof module !== "undefined") module.exports = FrontMatter;
