"""Numbers for Prometheus, for insiders only: to everybody else this page does not exist."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from generator.watch.metrics import write_metrics
from generator.web.insiders import is_insider
from generator.web.refusals import Refusal

if TYPE_CHECKING:
    from generator.web.context import Context


async def show_metrics(context: Context) -> Response:
    """All numbers, in the form that is asked for. Raises Refusal (404) for a stranger."""
    app = context.app
    if not is_insider(context.request, app.service.token):
        raise Refusal(HTTPStatus.NOT_FOUND, "lost")
    accept = context.request.headers.get("accept", "")
    service = app.service
    write = partial(write_metrics, service.root, service.settings, service.database, context.now, accept)
    content, kind = await app.database.call(write)
    return Response(content, headers={"Content-Type": kind})
