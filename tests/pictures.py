"""Takes the pictures that README and guide show, from the real product: `make pictures`.

A sales leader's Friday, always the same one: the ticks and the answers are put where a reader's browser keeps them.
Home is as a new reader sees it.
Another Chromium or another font on the machine moves a few pixels; look at what changed before you commit it.
"""

import argparse
import functools
import io
import json
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright

from generator.content import Newsletter, load_newsletter
from generator.preview import WRITING, Preview, open_server
from generator.render.email.message import render_email
from generator.writing.application import Writer
from tests.languages import EN, NL
from tests.machine import CHROMIUM, FLAGS, find_chromium, may_have_sandbox
from tests.site.hosting import ROOT, Host, build
from tests.site.keeping import done, state, unfit

FOLDER = ROOT / "docs/pictures"
NOW = datetime.fromisoformat("2026-11-27T08:10:00+01:00")
COLOURS = 128
MAX_BYTES = 200_000

DESK = {"viewport": {"width": 1280, "height": 860}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

TICKS = {
    **{item: done(date) for item, date in (("ref-1", "2026-11-03"), ("rel-1", "2026-11-05"))},
    **{item: done(date) for item, date in (("reb-1", "2026-11-12"), ("ref-3", "2026-11-19"))},
    "ref-5": unfit("2026-11-19"),
}
"""Nothing in the week of the pictures: they show what there is to do."""
NOW_SCORED = "222 121 010 212 2x1 111 221"
THEN_SCORED = "212 121 000 111 1x1 111 121"
"""Idea, strategy and execution of each certainty, in their order."""


def main() -> None:
    """Build the site, open it as readers do, and keep what they see."""
    argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__).parse_args()
    chromium = find_chromium()
    if not chromium:
        sys.exit(CHROMIUM.missing)
    newsletter = load_newsletter(ROOT)
    with (
        tempfile.TemporaryDirectory() as folder,
        _host(Path(folder)) as origin,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, chromium_sandbox=may_have_sandbox(), args=FLAGS
        )
        for name, picture in _take(browser, origin, Path(folder), newsletter):
            path = FOLDER / f"{name}.png"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(_shrink(picture))
            size = path.stat().st_size
            print(f"{path.relative_to(ROOT)}: {size / 1000:.0f} KB")
            if size > MAX_BYTES:
                sys.exit(
                    f"{path.relative_to(ROOT)} is too large for a README: more than {MAX_BYTES / 1000:.0f} KB"
                )
        browser.close()


def _take(browser: Browser, origin: str, folder: Path, newsletter: Newsletter) -> Iterator[tuple[str, bytes]]:
    url = f"{origin}/playbook/"
    with _open(browser, origin, None, **DESK) as page:
        page.goto(f"{url}en/", wait_until="networkidle")
        yield "home", page.screenshot()

    with _open(browser, origin, newsletter, **DESK) as page:
        page.goto(f"{url}en/certainties/referral/", wait_until="networkidle")
        yield "certainty", page.screenshot()

        page.goto(f"{url}en/assessment/", wait_until="networkidle")
        page.set_viewport_size({"width": 1280, "height": 1180})
        yield "result", page.screenshot()

    with _open(browser, origin, newsletter, color_scheme="dark", **DESK) as page:
        page.goto(f"{url}certainties/rebound/", wait_until="networkidle")
        yield "dark", page.screenshot()

    with _open(browser, origin, newsletter, **PHONE) as page:
        settings, edition = newsletter.settings, next(newsletter.archive.editions(NL))
        page.route(
            f"{settings.site_url}**", functools.partial(_answer, folder / "playbook", settings.site_url)
        )
        page.set_content(render_email(newsletter, edition).html, wait_until="networkidle")
        yield "letter", page.screenshot()

    with (
        _serve(Preview(ROOT, lambda: NOW)) as address,
        _open(browser, origin, newsletter, color_scheme="dark", **DESK) as page,
    ):
        page.goto(address, wait_until="networkidle")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.get_by_label("Dark", exact=True).check(force=True)
        page.get_by_label("Desktop", exact=True).check(force=True)
        page.locator("#letter").evaluate("one => one.scrollIntoView()")
        page.mouse.move(0, 0)
        page.wait_for_timeout(1500)  # the frames have been drawn, and the page has looked for changes
        yield "preview-dark", page.screenshot()

    writer = Writer(_make_slip(folder / "slip"), lambda: NOW - timedelta(days=1))
    # Not `_open`: an editor whose clock stands still shows no remark when the mouse rests.
    with _serve(writer, WRITING) as address, browser.new_page(reduced_motion="reduce", **DESK) as page:
        page.goto(f"{address}{writer.base[1:]}?in=en")
        page.locator("#verdict:not([data-is])").wait_for()
        page.get_by_role("tab", name="Preview").click()
        page.wait_for_timeout(1500)  # the letter has been drawn, and nothing moves below the mouse
        page.locator(".column[data-language=nl] .cm-content .remark", has_text=SLIP[1]).hover()
        page.locator(".cm-tooltip").wait_for()
        yield "write", page.screenshot()

        page.goto(f"{address}{writer.base[1:]}plan", wait_until="networkidle")
        yield "plan", page.screenshot()


SLIP = "dringend", "dringent"
"""A word of the letter of the week, and how a tired editor could have typed it."""


def _make_slip(folder: Path) -> Path:
    """A copy of the project with a slip in the letter of the week."""
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    letter = folder / "newsletter/issues/2026-W48/nl.md"
    text = letter.read_text("utf-8")
    assert SLIP[0] in text, f"the letter no longer has “{SLIP[0]}”"
    letter.write_text(text.replace(*SLIP, 1), "utf-8")
    return folder


@contextmanager
def _serve(application: Preview | Writer, writes: str = "") -> Iterator[str]:
    """The preview or the editor, on this machine."""
    server = open_server(application, 0, writes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@contextmanager
def _host(folder: Path) -> Iterator[str]:
    """The whole site, built here and served on this machine."""
    build(ROOT, "--site-dir", str(folder / "playbook"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def _open(browser: Browser, origin: str, known: Newsletter | None, **options: Any) -> Iterator[Page]:
    """A browser of somebody who used the site before and scored twice; of a new reader, without the newsletter."""
    storage: list[Any] = []
    if known:
        dates = {"2026-08-28": THEN_SCORED, "2026-11-20": NOW_SCORED}
        snapshots = [{"date": date, "answers": _answers(known, scored)} for date, scored in dates.items()]
        mine = state(TICKS, _answers(known, NOW_SCORED), snapshots)
        storage = [{"name": "z7:/playbook/", "value": json.dumps(mine)}]
    context = browser.new_context(
        storage_state={"cookies": [], "origins": [{"origin": origin, "localStorage": storage}]},
        service_workers="block",
        reduced_motion="reduce",
        timezone_id="Europe/Amsterdam",
        **options,
    )
    context.clock.set_fixed_time(NOW)
    yield context.new_page()
    context.close()


def _answers(newsletter: Newsletter, scores: str) -> dict[str, str]:
    assessment = newsletter.playbook.assessment[EN]
    certainties = newsletter.playbook.certainties[EN]
    keys = [f"{certainty.id}-{aspect.id}" for certainty in certainties for aspect in assessment.aspects]
    return dict(zip(keys, scores.replace(" ", ""), strict=True))


def _answer(folder: Path, site_url: str, route: Route) -> None:
    """A picture of a letter, from the site that was just built."""
    route.fulfill(path=folder / route.request.url.removeprefix(site_url))


def _shrink(picture: bytes) -> bytes:
    """The same with fewer colours: a page of text has few."""
    small = Image.open(io.BytesIO(picture)).convert("RGB")
    output = io.BytesIO()
    small.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        output, "PNG", optimize=True
    )
    return output.getvalue()


if __name__ == "__main__":
    main()
