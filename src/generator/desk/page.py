"""The page of the operator, on this machine only: what is wrong, how the list grows, what comes back, what waits.

It reads, and changes nothing. Each request reads the list anew.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from generator.desk.overview import WEEKS, hide_addresses, read_overview
from generator.errors import GeneratorError, PublishError, explain_network
from generator.mailing.report import list_tally
from generator.model import Origin, Status
from generator.preview.guard import answer
from generator.preview.server import open_server
from generator.render.templating import render_template
from generator.sentences import say_moment
from generator.subscribers.ledger.answers import SHOWN_FROM
from generator.subscribers.list.growth import RETURNS
from generator.web.pages.assets import Asset, load_assets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from generator.clock import Clock
    from generator.desk.overview import Overview
    from generator.preview.server import Server
    from generator.subscribers.ledger.accounts import Account
    from generator.subscribers.list.growth import Growth

_ASSETS = "/assets/"
_POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

_STEP, _BAR, _HEIGHT = 20, 14, 120
"""Of the drawing, in its own units: from bar to bar, the width of a bar, and the height of the whole."""


def open_desk(root: Path, port: int, clock: Clock) -> Server:
    """A server of the page on a port of 127.0.0.1, or on a free one when it is 0.

    Raises PublishError when the port cannot be used, and other GeneratorErrors when the page cannot be shown now.
    """
    render_desk(root, read_overview(root, clock()))
    try:
        return open_server(_make_application(root, clock), port)
    except OSError as error:
        reason = f"cannot listen on port {port}: {explain_network(error)}; choose another one with --port"
        raise PublishError(reason) from error


def _make_application(root: Path, clock: Clock) -> WSGIApplication:
    style = Asset(render_template(root, "service/desk.css").encode(), "text/css; charset=utf-8")
    assets = {f"{_ASSETS}{name}": asset for name, asset in load_assets(root).items()}
    assets[f"{_ASSETS}desk.css"] = style

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in assets:
            return answer(start_response, assets[path].content, assets[path].media_type)
        if path != "/":
            return answer(start_response, "The page is at /.", status=HTTPStatus.NOT_FOUND)
        try:
            page = render_desk(root, read_overview(root, clock()))
        except GeneratorError as error:
            said = hide_addresses(f"The page cannot be shown: {error}.")
            return answer(start_response, said, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return answer(start_response, page, "text/html; charset=utf-8", _POLICY)

    return application


def render_desk(root: Path, overview: Overview) -> str:
    """The page as HTML. Raises TemplateError."""
    zone = overview.settings.timezone
    return render_template(
        root,
        "service/desk.html",
        settings=overview.settings,
        at=say_moment(overview.now, zone),
        findings=[(hide_addresses(one.text), one.command) for one in overview.findings],
        notices=overview.notices,
        statuses=list(Status),
        readers={overview.settings.languages.names[one]: found for one, found in overview.readers.items()},
        growth=overview.growth,
        chart=_draw(overview.growth),
        letters=[_describe(account) for account in overview.letters],
        shown_from=SHOWN_FROM,
        kinds=RETURNS,
        providers=overview.providers,
        ways=list(Origin),
        origins=overview.origins,
        sources=overview.sources,
    )


def _describe(account: Account) -> dict[str, Any]:
    mailing = account.mailing
    state = "done" if mailing.finished else "not done"
    if mailing.trouble:
        state = f"stopped: {hide_addresses(mailing.trouble)}"
    useful = ", ".join(f"{one} {number:,}" for one, number in account.answers.items())
    return {"week": mailing.week, "tally": list_tally(account.tally), "useful": useful, "state": state}


def _draw(growth: Sequence[Growth]) -> dict[str, Any]:
    """The bars of a drawing: who came above a line, and who went below it, on one scale."""
    came, gone = [week.came for week in growth], [week.left + week.ended for week in growth]
    scale = _HEIGHT / max(1, max(came) + max(gone))
    line = round(scale * max(came), 1)
    return {
        "width": _STEP * len(growth),
        "height": _HEIGHT,
        "line": line,
        "bar": _BAR,
        "said": f"In {WEEKS} weeks {sum(came):,} came and {sum(gone):,} went. In the best week {max(came):,} came; "
        f"in the worst {max(gone):,} went.",
        "bars": [
            {
                "x": number * _STEP + (_STEP - _BAR) // 2,
                "up": round(scale * up, 1),
                "down": round(scale * down, 1),
            }
            for number, (up, down) in enumerate(zip(came, gone, strict=True))
        ],
    }
