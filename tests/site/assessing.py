"""The assessment as tests speak of it: twenty-one characters for twenty-one answers."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

from tests.site.hosting import Site

CERTAINTIES = ("relations", "reputation", "referral", "repeating", "revenue", "rebound", "repetition")
KEYS = [f"{certainty}-{aspect}" for certainty in CERTAINTIES for aspect in ("idea", "strategy", "execution")]


def answers(codes: str) -> dict[str, str]:
    """From codes in the order of the form, spaces between certainties; - is no answer."""
    found = codes.replace(" ", "")
    assert len(found) == len(KEYS)
    return {key: code for key, code in zip(KEYS, found, strict=True) if code != "-"}


def evaluate(page: Page, site: Site, name: str, expression: str, **values: Any) -> Any:
    """What an expression is in a page of the assessment, with one of our scripts under its name and the playbook."""
    return page.evaluate(
        f"""async ([url, values]) => {{
          const {name} = await import(url);
          const playbook = JSON.parse(document.querySelector("#playbook").dataset.playbook);
          const {{ {", ".join(values) or "_"} }} = values;
          return {expression};
        }}""",
        [site.script(name), values],
    )


def open_assessment(page: Page, site: Site, fragment: str = "", folder: str = "") -> Page:
    page.goto(f"{site.url}{folder}assessment/{fragment}")
    page.wait_for_selector(".assessment--live", state="attached")  # the scripts have run
    return page


def result_parts(page: Page) -> Mapping[str, str]:
    """What a result says, by the names that its parts have for the style sheet."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#result:not([hidden]) [class]")]
          .filter(part => part.className.startsWith?.("result__"))
          .map(part => [part.className.slice(8), part.textContent.replace(/\\s+/g, " ").trim()]))"""
    )
