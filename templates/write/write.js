/* Every page of `generate write`: which one this is, and what it does. */
import { all, BASE, byId, call, say, tell } from "./calls.js";

async function go(name, given) {
  try {
    const { text } = await call(name, given);
    location.href = `${BASE}${text}/`;
  } catch (error) {
    tell(error.message);
  }
}

const pages = {
  async text() {
    const { openWriting } = await import("./writing.js");
    try {
      await openWriting();
    } catch (error) {
      byId("saved").dataset.is = "bad";
      byId("saved").textContent = say("not_opened");
      tell(error.message);
      throw error;
    }
  },
  start() {
    byId("assemble")?.addEventListener("click", async (event) => {
      event.target.disabled = true;
      await go("assemble", { week: event.target.dataset.week });
      event.target.disabled = false;
    });
  },
  texts() {
    byId("new").addEventListener("submit", (event) => {
      event.preventDefault();
      go("thought", Object.fromEntries(new FormData(event.target)));
    });
    byId("filter").addEventListener("change", () => {
      const { state } = Object.fromEntries(new FormData(byId("filter")));
      for (const row of all(".row")) row.hidden = state !== "all" && row.dataset.state !== state;
      for (const group of all(".group")) group.hidden = !group.querySelector(".row:not([hidden])");
    });
    if (location.hash === "#new") byId("new").querySelector("input").focus();
  },
};

await pages[document.body.dataset.here]?.();
