"""What every test of the site may use: the real site, built once and hosted here, and browsers that look at it."""

import functools
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.sharing import share
from tests.site.hosting import MISSING_PAGE, ROOT, Host, Site, build


@pytest.fixture(scope="session")
def site(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Built once, for all workers: nothing in it may be changed."""
    with share(run_folder / "site", lambda: host_site(tmp_path_factory.mktemp("project"))) as made:
        yield Site(*map(Path, made[:2]), made[2])


@contextmanager
def host_site(project: Path) -> Iterator[tuple[str, str, str]]:
    """The project, the folder of its site, and its address."""
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(ROOT / name, project / name)
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(ROOT / name, project)
    (project / "src").symlink_to(ROOT / "src")  # not a copy: its coverage is measured
    hosted = project / "hosted"
    (hosted / "playbook").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(hosted)))
    url = f"http://127.0.0.1:{server.server_port}/playbook/"
    settings = project / "newsletter/settings.toml"
    settings.write_text(
        re.sub('^url = "[^"]*"', f'url = "{url}"', settings.read_text(), count=1, flags=re.MULTILINE)
    )
    build(project, "--site-dir", str(hosted / "playbook"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield str(project), str(hosted / "playbook"), url
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an empty page; at the end nothing went to another host, nothing was missing and no script failed.

    Each call is another reader; `page.context.new_page()` is another tab of the same one.
    """
    contexts: list[BrowserContext] = []
    asked: list[str] = []
    wrong: list[str] = []

    def watch(page: Page) -> None:
        page.on("request", lambda request: asked.append(request.url))
        page.on("response", lambda found: wrong.append(found.url) if found.status >= 400 else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))

    def open_browser(**options: Any) -> Page:
        # What a worker keeps would answer the next page; test_offline has readers of its own, who allow one.
        contexts.append(browser.new_context(**{"service_workers": "block", **options}))
        contexts[-1].on("page", watch)
        return contexts[-1].new_page()

    yield open_browser
    for context in contexts:
        context.close()
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:", "mailto:"))} == {
        "127.0.0.1"
    }
    assert [found for found in wrong if not found.endswith(MISSING_PAGE)] == []
