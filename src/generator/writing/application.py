"""The editor as a small WSGI application below WRITING: pages, their assets, frames of letters, and calls.

A page is made from templates; its script calls with JSON and gets JSON. The token of this run stands in every address,
so that who does not know it gets nothing, and an old page notices that it belongs to another run.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from generator.errors import ContentError, GeneratorError, TemplateError
from generator.model import Message
from generator.preview import WRITING, fingerprint
from generator.preview.guard import answer, redirect
from generator.reading import MAX_TEXT_BYTES
from generator.render.preview.frames import POLICY
from generator.render.templating import render_template
from generator.words import load_forms, load_languages, load_words
from generator.writing.calls import answer_call, is_call, keep_upload
from generator.writing.pages import PAGES, render_page
from generator.writing.project import Project
from generator.writing.refusals import TABLE, ChangedError, Refusal
from generator.writing.texts import find_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from generator.clock import Clock
    from generator.model import Language

MOST_PICTURE, MOST_SHRUNK = 5_000_000, 25_000_000
_MOST_CALL = MAX_TEXT_BYTES + 100_000
_MOST_READ = 50_000_000
"""Bytes: of a picture that is taken, of one that is made smaller, of a call, and of what is read before it is refused:
who hangs up earlier loses the answer."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
)
_SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox"
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_ASSETS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
_FONT = "newsreader-display.woff2"
_COOKIE = "write-in"


@dataclass(frozen=True, slots=True)
class _Request:
    """A request below the token."""

    path: str
    query: Mapping[str, str]
    environ: WSGIEnvironment
    start: StartResponse
    language: Language
    """Of the interface."""


class Writer:
    """A WSGI application. Any thread may call it; what reads or writes texts takes turns."""

    def __init__(self, root: Path, clock: Clock) -> None:
        """Serve the project in `root`, with a token of 128 random bits for this run."""
        self.project = Project(root, clock)
        self.token = secrets.token_hex(16)
        self.base = f"{WRITING}{self.token}/"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request that `guard` allowed. What a person can mend is a sentence."""
        path = environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        if path == f"{WRITING}about":
            return answer(start_response, json.dumps({"project": fingerprint(self.project.root)}), _JSON)
        token, slash, rest = path.removeprefix(WRITING).partition("/")
        calls = environ.get("REQUEST_METHOD") == "POST"
        if not path.startswith(WRITING) or not secrets.compare_digest(token.encode(), self.token.encode()):
            return self._show_old(start_response, calls=calls)
        if not slash:
            return redirect(start_response, self.base)
        query = {key: found[-1] for key, found in parse_qs(environ.get("QUERY_STRING", "")).items()}
        try:
            language = self._find_language(environ, query)
            request = _Request(rest, query, environ, start_response, language)
            return self._take(request) if calls else self._show(request)
        except GeneratorError as error:
            return self._refuse(error, environ, query, start_response, calls=calls)

    # --- Pages, assets and frames ---

    def _show_old(self, start: StartResponse, *, calls: bool) -> Iterable[bytes]:
        """The page below another token, such as that of an earlier run; it does not tell the right one."""
        if calls:
            return answer(start, "There is no such page.", status=HTTPStatus.NOT_FOUND)
        words = load_words(self.project.root)
        said = [{"language": one, "words": found["write"]} for one, found in words.items()]
        page = render_template(self.project.root, "write/old.html", said=said)
        return answer(start, page, _HTML, status=HTTPStatus.NOT_FOUND)

    def _show(self, request: _Request) -> Iterable[bytes]:
        first, _, rest = request.path.partition("/")
        if request.query.get("in"):
            return redirect(request.start, f"{self.base}{request.path}", self._make_cookie(request.language))
        if first == "assets":
            return self._show_asset(request, rest)
        id_, slash, frame = request.path.partition("/frames/")
        if slash:
            return self._show_frame(request, id_, frame)
        if request.path in {"", *PAGES}:
            return self._show_page(request, request.path)
        text = find_text(self.project.root, request.path.removesuffix("/"))
        if not request.path.endswith("/"):
            return redirect(request.start, f"{self.base}{text.id}/")
        return self._show_page(request, f"{text.id}/")

    def _show_page(self, request: _Request, path: str) -> Iterable[bytes]:
        where, values = render_page(self.project, path, request.language)
        if values is None:
            return redirect(request.start, f"{self.base}{where}")
        words = load_words(self.project.root)
        page = render_template(
            self.project.root,
            f"write/{where}.html",
            base=self.base,
            path=path,
            language=request.language,
            languages=[{"code": one, "name": found["language"]["name"]} for one, found in words.items()],
            words=words[request.language]["write"],
            **values,
        )
        return answer(request.start, page, _HTML, _POLICY)

    def _show_asset(self, request: _Request, name: str) -> Iterable[bytes]:
        """A script, the style sheet or the font: each is looked up among those that are there."""
        root = self.project.root
        folder = root / "templates/write"
        names = {path.name: path for path in folder.glob("*.*")} | {
            _FONT: root / "templates/site/assets/fonts" / _FONT
        }
        path = names.get(name)
        if path is None or path.suffix not in _ASSETS or not path.is_file():
            return answer(request.start, "There is no such file.", status=HTTPStatus.NOT_FOUND)
        content = render_template(root, f"write/{name}") if path.suffix == ".css" else path.read_bytes()
        return answer(request.start, content, _ASSETS[path.suffix])

    def _show_frame(self, request: _Request, id_: str, frame: str) -> Iterable[bytes]:
        """A form of a letter; while it cannot be read, the last one that could."""
        text = find_text(self.project.root, id_)
        language, _, name = frame.partition("/")
        with self.project.lock:
            frames = self.project.render(text).get(language, {})
        if name not in frames:
            return answer(request.start, "There is no such page.", status=HTTPStatus.NOT_FOUND)
        return answer(request.start, frames[name], _HTML, f"{POLICY}; {_SANDBOX}")

    # --- Calls ---

    def _take(self, request: _Request) -> Iterable[bytes]:
        kind = request.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if request.path == "picture":
            if kind != "application/octet-stream":
                raise Refusal("odd_call", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            most = MOST_SHRUNK if "shrink" in request.query else MOST_PICTURE
            content = _read_body(request.environ, most, "picture_too_large")
            name = unquote(request.environ.get("HTTP_X_NAME", ""))
            found = keep_upload(self.project, request.query, name, content)
        else:
            if not is_call(request.path):
                raise Refusal("odd_call", HTTPStatus.NOT_FOUND)
            if kind != _JSON:
                raise Refusal("odd_call", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            given = _read_json(_read_body(request.environ, _MOST_CALL, "too_long"))
            found = answer_call(self.project, request.path, given, request.language)
        return answer(request.start, json.dumps(found), _JSON)

    def _refuse(
        self,
        error: GeneratorError,
        environ: WSGIEnvironment,
        query: Mapping[str, str],
        start: StartResponse,
        *,
        calls: bool,
    ) -> Iterable[bytes]:
        """An error as an answer: a sentence, and of a file that changed what stands in it."""
        status = error.status if isinstance(error, Refusal) else HTTPStatus.BAD_REQUEST
        message = self._say(error, environ, query)
        if not calls:
            return answer(start, f"{message}\n", status=status)
        found = {"message": message}
        if isinstance(error, ChangedError):
            found |= {"theirs": error.theirs, "digest": error.digest}
        return answer(start, json.dumps(found), _JSON, status=status)

    def _say(self, error: GeneratorError, environ: WSGIEnvironment, query: Mapping[str, str]) -> str:
        try:
            language = self._find_language(environ, query)
            words, forms = load_words(self.project.root)[language], load_forms(self.project.root, language)
            if isinstance(error, Refusal):
                return error.say(words, forms)
            if isinstance(error, ContentError):
                first, *others = error.problems
                said = f"{first.place}: {first.message.say_in(forms)}"
                return words[TABLE]["and_more"].format(said=said, number=len(others)) if others else said
            return error.args[0].say_in(forms) if isinstance(error.args[0], Message) else str(error)
        except TemplateError as failure:  # the words themselves cannot be read
            return f"{failure} ({error})"

    # --- The language of the interface ---

    def _find_language(self, environ: WSGIEnvironment, query: Mapping[str, str]) -> Language:
        """The one that is asked for, or that was chosen before, or the default one."""
        languages = load_languages(self.project.root)
        try:
            cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        except CookieError:
            cookies = SimpleCookie()
        chosen = cookies[_COOKIE].value if _COOKIE in cookies else ""
        return languages.find(query.get("in", "")) or languages.find(chosen) or languages.default

    def _make_cookie(self, language: Language) -> str:
        return f"{_COOKIE}={language}; Path={WRITING}{self.token}; SameSite=Strict; HttpOnly"


def _read_body(environ: WSGIEnvironment, most: int, refused: str) -> bytes:
    """The body of a request. Raises Refusal when it is longer than `most` bytes, or not as long as it says."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or "")
    except ValueError:
        raise Refusal("odd_call", HTTPStatus.LENGTH_REQUIRED) from None
    stream = environ["wsgi.input"]
    if length < 0 or length > most:
        left = min(max(length, 0), _MOST_READ)
        while left and (part := stream.read(min(left, 65536))):
            left -= len(part)
        raise Refusal(refused, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    content: bytes = stream.read(length)
    if len(content) != length:
        raise Refusal("odd_call")
    return content


def _read_json(content: bytes) -> dict[str, Any]:
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        raise Refusal("odd_call") from None
    if not isinstance(given, dict):
        raise Refusal("odd_call")
    return given
