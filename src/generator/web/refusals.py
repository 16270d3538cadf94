"""Why a request is not answered as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http import HTTPStatus


class Refusal(Exception):  # noqa: N818 (a page for the reader; nothing broke)
    """Ends the handling of a request with a page that says why."""

    def __init__(self, status: HTTPStatus, reason: str, *, close: bool = False, wait: int = 0) -> None:
        """`reason` as in words; `close` ends the connection too; `wait` is the number of seconds to stay away."""
        super().__init__(reason)
        self.status, self.reason, self.close, self.wait = status, reason, close, wait
