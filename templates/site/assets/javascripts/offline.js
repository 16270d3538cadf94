// @ts-check
/**
 * Reading without a network: registers the service worker of the site, and tells it what this reader has seen and wants.
 * templates/offline/sw.js is that worker.
 */
import { language, root } from "./words.js";

/**
 * On every page. Who only looks in pays for what he sees; who opens a second page gets the core of the playbook as
 * well.
 */
export function startOffline() {
  const file = document.querySelector('meta[name="offline"]')?.getAttribute("content");
  if (!file || !("serviceWorker" in navigator)) return; // not on plain http, and not where it is off
  const core = navigator.serviceWorker.controller !== null;
  if (document.readyState === "complete") void keep(file, core);
  else addEventListener("load", () => keep(file, core), { once: true });
}

/** @param {string} file @param {boolean} core */
async function keep(file, core) {
  try {
    await navigator.serviceWorker.register(new URL(file, root));
    const { active } = await navigator.serviceWorker.ready;
    if (!isSaving()) whenIdle(() => active?.postMessage({ language, seen: seen(), core }));
  } catch {
    // Forbidden by the reader or by the browser's mode: the site is then read as before, with a network.
  }
}

/** This page and what it has loaded, which was before the worker came; the worker takes from it what is ours. */
function seen() {
  return [location.href.split("#", 1)[0], ...performance.getEntriesByType("resource").map(({ name }) => name)];
}

/** Whether the reader asked to be spared what is not needed now. */
function isSaving() {
  return /** @type {any} */ (navigator).connection?.saveData === true;
}

/** @param {() => void} task */
function whenIdle(task) {
  if ("requestIdleCallback" in window) requestIdleCallback(task);
  else setTimeout(task, 2000);
}
