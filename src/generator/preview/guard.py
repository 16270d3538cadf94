"""Who may ask, and what every answer says to the browser.

The preview shows drafts, so it answers this machine only, and only pages of its own.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = "/preview/"
"""Where the preview is served, alone and beside the site."""

HOST = "127.0.0.1"

_DEFAULT_PORT = 80
"""Browsers leave it out."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TEXT = "text/plain; charset=utf-8"


def guard(app: WSGIApplication, port: int, *names: str) -> WSGIApplication:
    """Let pages of our own ask, and people who type an address or follow a link; nobody else.

    A page elsewhere can make its own name lead to this machine (DNS rebinding), which the host tells; or load what is
    here as an image, a frame or a script, which browsers tell. `names` are further names of this machine.
    """
    known = {HOST, "localhost", "[::1]", *names}
    hosts = {f"{name}:{port}" for name in known} | (known if port == _DEFAULT_PORT else set())

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD")

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = Headers(headers)
            for name, value in _HEADERS.items():
                given.setdefault(name, value)
            if status.startswith("405"):
                given["Allow"] = "GET, HEAD"
            return start_response(status, headers, *more)

        if environ.get("HTTP_HOST", "").lower() not in hosts or not _is_own(environ):
            message = f"Only requests from http://{HOST}:{port}/ are accepted."
            return answer(start_response, message, status=HTTPStatus.FORBIDDEN)
        if method not in {"GET", "HEAD"}:
            return answer(start, "Only GET and HEAD are allowed.", status=HTTPStatus.METHOD_NOT_ALLOWED)

        content = app(environ, start)
        return [] if method == "HEAD" and isinstance(content, list) else content

    return guarded


def _is_own(environ: WSGIEnvironment) -> bool:
    """Whether a browser says that the request comes from our page or from a person; who says nothing is no browser."""
    if environ.get("HTTP_SEC_FETCH_SITE", "none") in {"none", "same-origin"}:
        return True
    return (environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST")) == (
        "navigate",
        "document",
    )


def mount(preview: WSGIApplication, site: WSGIApplication) -> WSGIApplication:
    """One application of two: the preview below its folder, the site everywhere else."""

    def both(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        return (preview if f"{path}/".startswith(FOLDER) else site)(environ, start_response)

    return both


def answer(  # noqa: PLR0913 (what an answer has)
    start_response: StartResponse,
    content: str | bytes,
    media_type: str = _TEXT,
    policy: str = "default-src 'none'",
    status: HTTPStatus = HTTPStatus.OK,
    location: str = "",
) -> Iterable[bytes]:
    """Answer with some content that nothing else is loaded into, unless `policy` allows it, and that nobody keeps."""
    body = content.encode() if isinstance(content, str) else content
    headers = {
        **_HEADERS,
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
        "Content-Security-Policy": f"{policy}; frame-ancestors 'self'",
        "Cache-Control": "no-store",
        **({"Location": location} if location else {}),
    }
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [body]


def redirect(start_response: StartResponse, path: str) -> Iterable[bytes]:
    """Lead to another page of ours."""
    return answer(start_response, f"{path}\n", status=HTTPStatus.FOUND, location=path)
