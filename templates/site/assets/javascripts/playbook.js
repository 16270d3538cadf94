// @ts-check
/** What a page brings along of the playbook: the questions, the certainties and their items. */

/** @typedef {import("./score.js").Playbook} Playbook */

/** @returns {Playbook | null}  null on a page that brings none */
export function findPlaybook() {
  const data = document.querySelector("#playbook");
  return data instanceof HTMLElement ? JSON.parse(data.dataset.playbook ?? "null") : null;
}
