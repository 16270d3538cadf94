"""What a first visit costs a reader: counted in what a real browser fetches."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from tests.site.hosting import Site

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

PACKED = (".woff2", ".png")  # by themselves; a host packs the others
LIMIT = 170_000
REQUESTS = 20
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const { value } of list.getEntries()) sum += value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
"""How much of the page moved while it came (web.dev/cls); 0.1 is what readers do not mind."""


@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.parametrize(
    "path",
    ["certainties/referral/", "assessment/", "team-sheet/", "", "archive/2026-W48/", "about-the-numbers/"],
)
def test_a_first_visit_is_light_and_sets_no_cookie(
    open_browser: Callable[..., Page], site: Site, folder: str, path: str
) -> None:
    page = open_browser()
    fetched: list[Response] = []

    def note(response: Response) -> None:
        fetched.append(response)

    page.context.on("response", note)
    page.goto(f"{site.url}{folder}{path}", wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    weights = {
        response.url.removeprefix(site.url): len(response.body())
        if response.url.endswith(PACKED)
        else len(gzip.compress(response.body(), 6))
        for response in fetched
    }
    assert 5 < len(fetched) <= REQUESTS, sorted(weights)
    assert sum(weights.values()) < LIMIT, sorted(weights.items(), key=lambda item: -item[1])
    assert page.evaluate(SHIFT) < 0.1
    assert page.context.cookies() == []


def test_fonts_are_small_and_bring_their_licence(site: Site) -> None:
    for folder in ("assets/fonts", "en/assets/fonts"):
        fonts = sorted((site.folder / folder).glob("*.woff2"))
        assert [font.stem for font in fonts] == [
            "instrument-sans",
            "newsreader-display",
            "newsreader-italic",
            "newsreader-text",
        ]
        assert all(font.stat().st_size < 45_000 for font in fonts)
        for licence in ("OFL-instrument-sans.txt", "OFL.txt"):
            assert "SIL OPEN FONT LICENSE" in (site.folder / folder / licence).read_text(encoding="utf-8")
