"""The middleware of what is served to an editor: which requests are allowed, and the security headers of each response.

Preview and editor show drafts, and the editor writes. So they answer this machine only, and only their own pages.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from typing import Any
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER = "/preview/"
"""Where the preview is served, alone and beside the site."""

WRITING = "/write/"
"""Where the editor is served; behind it stands the token of a run."""

HOST = "127.0.0.1"

_DEFAULT_PORT = 80
"""Browsers leave it out of the Host header."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TEXT = "text/plain; charset=utf-8"
_WRITTEN = ("application/json", "application/octet-stream")
"""What a request that writes contains: a call, or a picture."""


def guard(app: WSGIApplication, port: int, *names: str, writes: str = "") -> WSGIApplication:
    """Allow requests of our own pages, and of people who type a URL or follow a link; answer 403 to all others.

    A page of another site can point its own name at this machine (DNS rebinding), which the Host header shows; or load
    ours as an image, a frame or a script, which Sec-Fetch-Site shows. `names` are further names of this machine.

    POST is allowed to paths that start with `writes`, if there are any, and only to scripts of our own pages: a form of
    another site can send neither type of `_WRITTEN` without asking first, and nobody answers what it would ask.
    """
    known = {HOST, "localhost", "[::1]", *names}
    hosts = {f"{name}:{port}" for name in known} | (known if port == _DEFAULT_PORT else set())
    origins = {f"http://{host}" for host in hosts}

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ.get("REQUEST_METHOD")

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            given = Headers(headers)
            for name, value in _HEADERS.items():
                given.setdefault(name, value)
            if status.startswith("405"):
                given["Allow"] = "GET, HEAD, POST" if writes else "GET, HEAD"
            return start_response(status, headers, *more)

        if environ.get("HTTP_HOST", "").lower() not in hosts or not _is_own(environ):
            message = f"Only requests from http://{HOST}:{port}/ are accepted."
            return answer(start_response, message, status=HTTPStatus.FORBIDDEN)
        if method == "POST" and writes and environ.get("PATH_INFO", "").startswith(writes):
            if not _is_written_here(environ, origins):
                message = "Only scripts of the pages of this server may write."
                return answer(start, message, status=HTTPStatus.FORBIDDEN)
            if environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in _WRITTEN:
                message = f"Only {' and '.join(_WRITTEN)} are accepted."
                return answer(start, message, status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif method not in {"GET", "HEAD"}:
            return answer(start, "Only GET and HEAD are allowed.", status=HTTPStatus.METHOD_NOT_ALLOWED)

        content = app(environ, start)
        return [] if method == "HEAD" and isinstance(content, list) else content

    return guarded


def _is_own(environ: WSGIEnvironment) -> bool:
    """Whether Sec-Fetch-* name our page or a person as the origin of a request. Without them, no browser sent it."""
    if environ.get("HTTP_SEC_FETCH_SITE", "none") in {"none", "same-origin"}:
        return True
    return (environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST")) == (
        "navigate",
        "document",
    )


def _is_written_here(environ: WSGIEnvironment, origins: Container[str]) -> bool:
    """Whether Origin and Sec-Fetch-Site name a page of ours. One of them must be there: every browser sends it."""
    origin, site = environ.get("HTTP_ORIGIN"), environ.get("HTTP_SEC_FETCH_SITE")
    if origin is None and site is None:
        return False
    return (origin is None or origin.lower() in origins) and site in {None, "same-origin"}


def mount(preview: WSGIApplication, site: WSGIApplication) -> WSGIApplication:
    """An application that serves the preview below its folder, and the site everywhere else."""

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
    cookie: str = "",
) -> Iterable[bytes]:
    """A response that browsers do not cache, and that loads nothing unless `policy` (CSP) allows it."""
    body = content.encode() if isinstance(content, str) else content
    headers = {
        **_HEADERS,
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
        "Content-Security-Policy": f"{policy}; frame-ancestors 'self'",
        "Cache-Control": "no-store",
        **({"Location": location} if location else {}),
        **({"Set-Cookie": cookie} if cookie else {}),
    }
    start_response(f"{status.value} {status.phrase}", list(headers.items()))
    return [body]


def redirect(start_response: StartResponse, path: str, cookie: str = "") -> Iterable[bytes]:
    """A redirect (302) to a path of ours."""
    return answer(start_response, f"{path}\n", status=HTTPStatus.FOUND, location=path, cookie=cookie)
