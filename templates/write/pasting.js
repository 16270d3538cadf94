/*
  What is pasted from Word, Google Docs, Mailchimp or a page, as Markdown. Only the elements named here become marks; of all others
  the text stays. The page that the clipboard holds is parsed, never shown: nothing in it loads or runs.
*/
const BLOCKS = "address article aside blockquote center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul";
const BLOCK = new Set(BLOCKS.toUpperCase().split(" "));
const NOTHING = new Set(["HEAD", "IMG", "NOSCRIPT", "SCRIPT", "STYLE", "SVG", "TEMPLATE", "TITLE"]);
const LINK = /^(https?:\/\/|mailto:)[^\s<>]+$/i;

/* The Markdown of what is pasted; empty when it has no text with a form, or is source, which stays as it is. */
export function readPasted(transfer) {
  const html = transfer?.getData("text/html");
  if (!html || transfer.types.includes("vscode-editor-data")) return "";
  const { body } = new DOMParser().parseFromString(hush(html), "text/html");
  if (/white-space:\s*pre\b/i.test(styleOf(body.firstElementChild))) return "";
  const text = readBlocks(body, {}).join("\n\n").trim();
  if (!text || text.includes("\n")) return text;
  const [, before, after] = /^(\s?)[^]*?(\s?)$/.exec(transfer.getData("text/plain")); // a part of a line keeps its blanks
  return `${before && " "}${text}${after && " "}`;
}

/* The policy of the page would complain of each style and each script in it, though none of them is used. */
const hush = (html) => html
  .replace(/<!--[^]*?-->|<(style|script)\b[^>]*>[^]*?<\/\1>/gi, "")
  .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));

const styleOf = (node) => node?.getAttribute("data-style") ?? "";

/* The blocks of an element, each without its margins. */
function readBlocks(parent, form) {
  const blocks = [];
  let runs = [];
  const end = () => {
    const text = writeRuns(runs);
    if (text) blocks.push(escapeStart(text));
    runs = [];
  };
  const walk = (node, within) => {
    if (node.nodeType === Node.TEXT_NODE) runs.push({ ...within, text: node.nodeValue });
    if (node.nodeType !== Node.ELEMENT_NODE || NOTHING.has(node.tagName.toUpperCase()) || isMarker(node)) return;
    if (node.tagName === "BR") runs.push({ ...within, text: "\n", isBreak: true });
    else if (BLOCK.has(node.tagName)) {
      end();
      add(blocks, node, readForm(node, within));
    } else for (const child of node.childNodes) walk(child, readForm(node, within));
  };
  for (const child of parent.childNodes) walk(child, form);
  end();
  return blocks;
}

/* A list of Word is a row of paragraphs, each with its mark in it. */
const isMarker = (node) => /mso-list:\s*ignore/i.test(styleOf(node));

function add(blocks, node, form) {
  const { tagName } = node;
  const level = /mso-list:(?!\s*ignore).*?level(\d)/i.exec(styleOf(node))?.[1];
  if (level) {
    const marker = [...node.querySelectorAll("[data-style]")].find(isMarker)?.textContent.trim() ?? "";
    addItem(blocks, writeItem(readBlocks(node, form), /^\w+[.)]/.test(marker) ? 1 : 0, Number(level) - 1));
  } else if (/^H[1-6]$/.test(tagName)) {
    const text = readBlocks(node, { ...form, bold: false }).join(" ").replaceAll("\n", " ");
    if (text) blocks.push(`${Number(tagName[1]) > 3 ? "####" : "###"} ${text}`);
  } else if (tagName === "UL" || tagName === "OL") {
    for (const item of readList(node, form)) addItem(blocks, item);
  } else if (tagName === "BLOCKQUOTE") {
    const text = readBlocks(node, form).join("\n\n");
    if (text) blocks.push(text.replace(/^/gm, "> "));
  } else if (tagName === "TABLE" && isData(node)) blocks.push(writeTable(node, form));
  else blocks.push(...readBlocks(node, form));
}

/* The items of a list stand together. */
function addItem(blocks, item) {
  const isItem = (text) => /^ *(-|1\.) /.test(text ?? "");
  if (isItem(blocks.at(-1))) blocks.push(`${blocks.pop()}\n${item}`);
  else blocks.push(item);
}

/* Google Docs puts the list within an item beside it. */
function readList(list, form, level = 0) {
  return [...list.children].flatMap((child) => {
    if (child.tagName === "UL" || child.tagName === "OL") return readList(child, form, level + 1);
    const inner = [...child.children].filter((one) => one.tagName === "UL" || one.tagName === "OL");
    const own = child.cloneNode(true);
    for (const one of [...own.children].filter((found) => found.tagName === "UL" || found.tagName === "OL")) one.remove();
    return [writeItem(readBlocks(own, readForm(child, form)), list.tagName === "OL" ? 1 : 0, level), ...inner.flatMap((one) => readList(one, form, level + 1))];
  });
}

const writeItem = (blocks, isNumbered, level) => {
  const indent = "    ".repeat(level);
  const [first = "", ...others] = blocks;
  return [`${indent}${isNumbered ? "1." : "-"} ${first.replaceAll("\n", " ")}`, ...others.map((one) => one.replace(/^/gm, `${indent}    `))].join("\n\n");
};

/* A table that lays a page out holds blocks, and has no head. */
function isData(table) {
  const rows = [...table.rows];
  const cells = rows.flatMap((row) => [...row.cells]);
  return rows.length > 1 && rows[0].cells.length > 1 && rows.every((row) => row.cells.length === rows[0].cells.length)
    && !cells.some((cell) => cell.querySelector("table, img, ul, ol, h1, h2, h3, h4") || cell.querySelectorAll("p, div").length > 1);
}

function writeTable(table, form) {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells].map((cell) =>
    readBlocks(cell, readForm(cell, form)).join(" ").replaceAll("\n", " ").replaceAll("|", "\\|")));
  const write = (cells) => `| ${cells.join(" | ")} |`;
  return [write(head), write(head.map(() => "---")), ...rows.map(write)].join("\n");
}

/* How text within an element looks. Google Docs says it in styles, and wraps all in a <b> that is not bold. */
function readForm(node, form) {
  const found = { ...form };
  const { tagName } = node;
  const [, weight] = /font-weight:\s*(\w+)/i.exec(styleOf(node)) ?? [];
  const [, slant] = /font-style:\s*(\w+)/i.exec(styleOf(node)) ?? [];
  if (tagName === "B" || tagName === "STRONG") found.bold = true;
  if (tagName === "I" || tagName === "EM") found.italic = true;
  if (weight) found.bold = /^bold/.test(weight) || Number(weight) >= 600;
  if (slant) found.italic = slant === "italic";
  if (tagName === "TH") found.bold = false;
  if (tagName === "CODE" || tagName === "KBD") found.code = true;
  const address = tagName === "A" ? node.getAttribute("href")?.trim() ?? "" : "";
  if (LINK.test(address)) found.link = address.replace(/[()\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return found;
}

/* Runs of text, each with its form → one line of Markdown, or several where it has line breaks. */
function writeRuns(runs) {
  const lines = [[]];
  for (const run of runs) {
    const text = run.isBreak ? "" : run.text.replace(/[\u200b\u200c\u200d\u2060\ufeff\u00ad]/g, "").replace(/\s+/g, " ");
    if (run.isBreak) lines.push([]);
    else if (text) lines.at(-1).push({ ...run, text });
  }
  const written = lines.map((line) => writeMarks(line, ["link", "bold", "italic", "code"]).replace(/ {2,}/g, " ").trim());
  return written.join("\n").replace(/\n{3,}/g, "\n\n").trim().replace(/(?<!\n)\n(?!\n)/g, "  \n");
}

/* Marks around the longest runs that have them, the outermost kind first; blanks stay outside of marks. */
function writeMarks(runs, [kind, ...kinds]) {
  if (!kind) return runs.map((one) => (one.code ? one.text : escape(one.text))).join("");
  const groups = [];
  for (const run of runs) {
    if (groups.length && groups.at(-1).mark === (run[kind] || "")) groups.at(-1).runs.push(run);
    else groups.push({ mark: run[kind] || "", runs: [run] });
  }
  return groups.map(({ mark, runs: own }) => {
    const text = writeMarks(own, kinds);
    const [, before, words, after] = /^(\s*)(.*?)(\s*)$/s.exec(text);
    if (!mark || !words) return text;
    if (kind === "link") return `${before}[${words}](${mark})${after}`;
    const sign = { bold: "**", italic: "*", code: "`" }[kind];
    return `${before}${sign}${words}${sign}${after}`;
  }).join("");
}

/* Signs that Markdown would take for marks. */
const escape = (text) => text.replace(/[\\`*[\]]|(?<!\w)_|_(?!\w)/g, "\\$&").replace(/<(?=[\w/!?])/g, "&lt;");
const escapeStart = (text) => text.replace(/^(#{1,6}|[-+>])(?=\s|$)/gm, "\\$1").replace(/^(\d+)([.)])(?=\s)/gm, "$1\\$2");
