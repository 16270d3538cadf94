"""An editor at work: the real application on the sample, asked as the script of its page asks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from generator.clock import Clock
from generator.content import Newsletter
from generator.preview.guard import WRITING, guard
from generator.writing.application import Writer
from tests.clocks import STOPPED

PORT = 8000
OURS = f"http://127.0.0.1:{PORT}"

WEEK = "2026-W47"
THOUGHT = "thoughts/referral/would-you-introduce-yourself"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def data(self) -> Any:
        """The JSON of a call."""
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """The sentence of a refusal; it is one."""
        message = self.data["message"]
        assert isinstance(message, str)
        assert message.splitlines() == [message]
        assert "Traceback" not in message
        return message


class Editor:
    """A browser with the page of this run."""

    def __init__(self, root: Path, clock: Clock = STOPPED) -> None:
        self.root = root
        self.writer = Writer(root, clock)
        self._app = guard(self.writer, PORT, writes=WRITING)

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """A request with the headers that are given, and no others but Host."""
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SCRIPT_NAME": "",
            "REQUEST_METHOD": method,
            "HTTP_HOST": f"127.0.0.1:{PORT}",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        environ.update(headers)
        given = dict(environ)
        setup_testing_defaults(environ)
        environ |= given
        found: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            found.update(status=int(status[:3]), headers=dict(headers))
            return lambda _: None

        sound = environ["CONTENT_LENGTH"].isdigit()  # or the validator blames the server for the browser
        content = (validator(self._app) if sound else self._app)(environ, start)
        answer = b"".join(content)
        if sound:
            content.close()  # type: ignore[attr-defined]
        return Answer(found["status"], found["headers"], answer)

    def get(self, path: str, **headers: str) -> Answer:
        """A page below the token."""
        return self.ask(f"{self.writer.base}{path}", **headers)

    def call(self, name: str, **given: Any) -> Answer:
        """A call, as the script of a page sends it in a browser."""
        return self.post(name, json.dumps(given).encode())

    def post(self, name: str, body: bytes, kind: str = "application/json", **headers: str) -> Answer:
        """Like a call, with any body."""
        own = {"HTTP_ORIGIN": OURS, "HTTP_SEC_FETCH_SITE": "same-origin", "CONTENT_TYPE": kind}
        return self.ask(f"{self.writer.base}{name}", "POST", body, **{**own, **headers})

    def open(self, text: str = WEEK, language: str = "nl") -> dict[str, Any]:
        """A text in one language."""
        found = self.call("open", text=text)
        assert found.status == 200, found.content
        return next(one for one in found.data["languages"] if one["language"] == language)

    def save(self, text: str = WEEK, language: str = "nl", **changes: Any) -> Answer:
        """Open a text, and save it with changes: `body`, `base`, and any field."""
        opened = self.open(text, language)
        body, base = changes.pop("body", opened["body"]), changes.pop("base", opened["digest"])
        fields = {**opened["fields"], **changes}
        return self.call("save", text=text, language=language, base=base, fields=fields, body=body)


@pytest.fixture
def editor(sample: Path) -> Editor:
    return Editor(sample)


@pytest.fixture(scope="session")
def _shared_editor(_shared_newsletter: Newsletter) -> Editor:
    return Editor(_shared_newsletter.root)


@pytest.fixture
def attacked(newsletter: Newsletter, _shared_editor: Editor) -> Editor:
    """An editor whose files nothing may change: the fixture `newsletter` looks at each of them afterwards."""
    assert newsletter.root == _shared_editor.root
    return _shared_editor


def letter(root: Path, language: str = "nl", week: str = WEEK) -> Path:
    """The file of a letter."""
    return root / f"newsletter/issues/{week}/{language}.md"
