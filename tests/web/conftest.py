"""A service for each test, on a project that all of them share."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from generator.outline import Outline, load_outline
from tests.web.asking import Loop
from tests.web.journeys import Place
from tests.web.reading import Reader, copy_sample, open_reader
from tests.web.running import find_port


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Outline:
    """The sample, which these tests do not change."""
    return load_outline(copy_sample(tmp_path_factory.mktemp("service")))


@pytest.fixture
def reader(shared, loop, tmp_path) -> Iterator[Reader]:
    with open_reader(shared, loop, tmp_path / "var") as reader:
        yield reader


class Host(SimpleHTTPRequestHandler):
    """Any web server."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def place(sample: Path) -> Iterator[Place]:
    """The sample, whose settings know where site and service are."""
    folder = sample / "site"
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(folder))) as server:
        port = find_port()
        place = Place(sample, f"http://127.0.0.1:{server.server_port}/", port, f"http://127.0.0.1:{port}/")
        settings = sample / "newsletter/settings.toml"
        text = re.sub(
            "^url = .*$", f'url = "{place.site}"', settings.read_text(), count=1, flags=re.MULTILINE
        )
        settings.write_text(f'{text}\n[service]\nurl = "{place.service}"\n')
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield place
        server.shutdown()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an empty page of another reader; at the end no page has asked elsewhere, nor complained."""
    contexts, asked, wrong = [], [], []

    def open_browser(**options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        context.on(
            "console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None
        )
        context.on("response", lambda found: wrong.append(found.url) if _is_missing(found) else None)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        return context.new_page()

    yield open_browser
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert {urlsplit(url).hostname for url in asked} <= {"127.0.0.1", "localhost"}
    # A browser says so too when a form had a mistake, or a link has ended.
    assert [text for text in wrong if not re.search("status of (404|422)", text)] == []


def _is_missing(response: Response) -> bool:
    return response.status >= 400 and response.request.resource_type != "document"
