// The site without a network: pages that a reader has seen, and the core of the playbook.
//
// Workbox does this too, and was weighed: it wants a build step or its library on our pages, and the little of it that we
// need fits below, where it can be read. From it come the timeout of a page, and that a redirected answer is not kept.

const { version, letters, languages, assets, search, never, service } = {{ settings | tojson }};

const SCOPE = self.registration.scope;
const OWN = `${SCOPE}#`; // no address goes on after “#”: another project of this host cannot have caches of this name
const CACHE = `${OWN}${version}`;
const PATIENCE = 3000; // milliseconds that a page waits for the network, when there is an older copy of it
const PATIENCE_OF_PARTS = 1000; // the same for a script, which waits for the one that asks for it
const DAY = 86_400_000;

self.addEventListener("install", () => self.skipWaiting()); // no page depends on the worker that it began with
self.addEventListener("activate", event => event.waitUntil(begin()));
self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  const answer = event.request.method === "GET" && choose(url, event.request.mode === "navigate");
  if (answer) event.respondWith(answer(event, url)); // or the browser goes on as if there were no worker
});
self.addEventListener("message", event => {
  const { language, seen, core } = event.data ?? {};
  const found = languages.find(one => one.name === language);
  if (found && Array.isArray(seen)) event.waitUntil(keepAll(event, seen).then(() => core && keepCore(event, found)));
});

async function begin() {
  const old = (await caches.keys()).filter(name => name.startsWith(OWN) && name !== CACHE);
  await Promise.all(old.map(name => caches.delete(name)));
  await self.clients.claim();
}

/** How to answer; undefined for other hosts and projects, for the service, and for what is of no use when old: a feed. */
function choose(url, navigates = false) {
  if (service && url.href.startsWith(service)) return undefined;
  if (!url.href.startsWith(SCOPE) || never.includes(url.pathname.split("/").at(-1))) return undefined;
  if (navigates || /(\/|\.html)$/.test(url.pathname)) return answerPage;
  if (!assets.some(folder => url.href.startsWith(SCOPE + folder))) return undefined;
  return /(?<!\.[0-9a-f]{8}(\.min)?)\.(js|css|json|pagefind)$/.test(url.pathname) ? answerPart : answerAsset;
}

/** As the server has it, whatever the browser believes of its own copy; one sentence, when it was never here. */
function answerPage(event, url) {
  return answerNew(event, url, PATIENCE, { cache: "no-cache" }).catch(() => explain(url));
}

/** Scripts and styles whose names stay the same: a new page must not get those of an old one. */
function answerPart(event, url) {
  return answerNew(event, url, PATIENCE_OF_PARTS);
}

/** As it is now; as it was, when the network is slow or gone. */
async function answerNew(event, url, patience, how) {
  const copy = await find(url);
  const now = load(event, event.request, how);
  event.waitUntil(now.catch(() => undefined)); // to its end, also when the copy has been shown by then
  try {
    return await (copy ? Promise.race([now, wait(patience, copy)]) : now);
  } catch (error) {
    if (copy) return copy;
    throw error;
  }
}

/** As it was, at once; the next time as it is now. */
async function answerAsset(event, url) {
  const copy = await find(url);
  const now = load(event, event.request);
  if (copy) event.waitUntil(now.catch(() => undefined));
  return copy ?? now;
}

async function keepAll(event, addresses) {
  for (const address of addresses) await keep(event, address);
}

/** The core pages with the styles and scripts that they need, the latest letters of the archive, and the search. */
async function keepCore(event, { name: language, core, archive }) {
  const seen = new Set();
  let latest = [];
  for (const path of core) {
    const page = await keepText(event, SCOPE + path, DAY);
    for (const [, name] of page.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/g)) {
      await keepPart(event, new URL(name, SCOPE + path).href, seen);
    }
    if (path === archive) latest = findLetters(page, SCOPE + path);
  }
  await keepAll(event, latest);
  await keepSearch(event, language);
}

/** A style or a script, once, with what a script imports when it needs it: only the script names that. */
async function keepPart(event, address, seen) {
  if (seen.has(address)) return;
  seen.add(address);
  const later = (await keepText(event, address)).matchAll(/\bimport\("([^"]+\.js)"\)/g);
  await keepAll(event, Array.from(later, ([, name]) => new URL(name, address).href));
}

/** The latest letters, which stand first in the archive. Their names are not here, for each would be a new worker. */
function findLetters(page, archive) {
  const links = page.matchAll(/href="([^"]*\d{4}-W\d{2}\/)"/g);
  return [...new Set(Array.from(links, ([, link]) => new URL(link, archive).href))].slice(0, letters);
}

/** The text of what is kept; empty when it cannot be had. */
async function keepText(event, address, age) {
  const answer = (await keep(event, address, age)) ?? (await find(new URL(address)));
  return answer?.ok ? answer.text() : "";
}

/** The index of the search in a language, as it is today; what was left of an older one goes. */
async function keepSearch(event, language) {
  const address = `${SCOPE}${search}${language}.json`;
  const list = await keepText(event, address, DAY);
  const files = (list ? JSON.parse(list).files : []).map(file => SCOPE + search + file);
  for (const file of files) await keep(event, file, isHashed(file) ? Infinity : DAY);
  const isOld = ({ url }) => isHashed(url) && url.startsWith(`${SCOPE}${search}`) && !files.includes(url);
  const ofLanguage = ({ url }) => url.includes(`/${language}_`) || url.includes(`pagefind.${language}_`);
  if (files.length === 0) return;
  await use(async cache => {
    const old = (await cache.keys()).filter(request => isOld(request) && ofLanguage(request));
    await Promise.all(old.map(request => cache.delete(request)));
  });
}

/** Fetch what is not here, or is older than `age`: one at a time and after all else, since nobody waits for it. */
async function keep(event, address, age = Infinity) {
  const url = new URL(address, SCOPE);
  const copy = await find(url);
  const old = copy && Date.now() - Date.parse(copy.headers.get("date") ?? "") > age;
  if (!choose(url) || (copy && !old)) return undefined;
  const how = { priority: "low", cache: old ? "no-cache" : "default" };
  return load(event, new Request(nameOf(url), how)).catch(() => undefined);
}

async function load(event, request, how = {}) {
  const response = await fetch(request, how);
  const name = nameOf(new URL(request.url));
  if (response.ok && response.type === "basic" && !response.redirected) {
    const copy = response.clone();
    event.waitUntil(use(cache => cache.put(name, copy)));
  } else if (response.status === 404 || response.status === 410) {
    event.waitUntil(use(cache => cache.delete(name)));
  }
  return response;
}

function explain(url) {
  const { folder, sentence } = languages.findLast(one => url.href.startsWith(SCOPE + one.folder));
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  return new Response(sentence.replaceAll("{home}", SCOPE + folder), { status: 503, headers });
}

/** What a copy is kept under: neither the words that were searched for nor a result that was shared. */
const nameOf = url => url.origin + url.pathname;
const isHashed = address => /\.pf_\w+$/.test(address); // a part of the index, whose name changes with it
const find = url => use(cache => cache.match(nameOf(url)));
const wait = (time, value) => new Promise(resolve => setTimeout(resolve, time, value));

/** A cache that is full or forbidden is like an empty one: nothing that a reader asks for depends on it. */
async function use(task) {
  return caches.open(CACHE).then(task).catch(() => undefined);
}
