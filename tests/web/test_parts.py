"""The parts of the service by themselves: limits, networks, origins, moments, group commit, forms, failures, health."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import Headers

from generator.errors import DatabaseError, TemplateError
from generator.model import Asking, Wish
from generator.subscribers.store.keys import Keys
from generator.web.application import create_application
from generator.web.forms import SHORTEST, sign_moment, was_read
from generator.web.pages.assets import load_assets
from generator.web.server import database as module
from generator.web.server.database import AsyncDatabase
from generator.web.server.limits import (
    GUESSES_AT_HOME,
    KNOWN,
    WISHES,
    WISHES_AT_HOME,
    WISHES_PER_DOMAIN,
    Limits,
)
from generator.web.server.origins import Origins
from generator.web.service import Service
from tests.languages import NL
from tests.web.asking import Asker
from tests.web.reading import URL

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


# --- Limits ---


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_window_moves_and_says_when_to_come_back():
    clock = Seconds()
    limits = Limits(clock=clock)
    home = ("192.0.2.1/32", "192.0.2.0/24")
    for _ in range(WISHES_AT_HOME.most):
        assert limits.may_wish(home, "example.org") == 0
        clock.now += 1
    assert limits.may_wish(home, "example.org") == WISHES_AT_HOME.seconds - WISHES_AT_HOME.most
    assert limits.may_wish(("192.0.2.2/32", "192.0.2.0/24"), "example.org") == 0
    clock.now += WISHES_AT_HOME.seconds - WISHES_AT_HOME.most
    assert limits.may_wish(home, "example.org") == 0
    assert limits.may_wish(home, "example.org") > 0


def test_a_refused_wish_counts_nowhere():
    clock = Seconds()
    limits = Limits(clock=clock)
    for _ in range(5 * WISHES_AT_HOME.most):
        limits.may_wish(("192.0.2.1/32", "192.0.2.0/24"), "example.org")
    others = [f"192.0.2.{number}/32" for number in range(2, 7)]
    allowed = [limits.may_wish((home, "192.0.2.0/24"), "example.org") for home in others for _ in range(10)]
    assert allowed == [0] * 50


@pytest.mark.parametrize("limit, domains", [(WISHES_PER_DOMAIN, 1), (WISHES, 4)])
def test_all_together_have_a_limit_that_leaves_quiet_networks_a_wish(limit, domains):
    clock = Seconds()
    limits = Limits(clock=clock)

    def wish(number: int) -> int:
        return limits.may_wish((f"{number}/64", f"{number}/48"), f"{number % domains}.example")

    assert not any(wish(number) for number in range(limit.most))
    assert wish(0) > 0  # who has had one already waits
    assert [wish(limit.most), wish(limit.most) > 0] == [0, True]  # somebody new has one, and no second
    clock.now += limit.seconds
    assert wish(0) == 0


def test_memory_has_an_end():
    clock = Seconds()
    limits = Limits(clock=clock)
    for number in range(KNOWN + 10):
        limits.count_guess((str(number), ""))
    assert len(limits._moments[GUESSES_AT_HOME]) == KNOWN
    clock.now += GUESSES_AT_HOME.seconds
    for _ in range(5 * GUESSES_AT_HOME.most):
        limits.count_guess(("new", ""))
        clock.now += GUESSES_AT_HOME.seconds / GUESSES_AT_HOME.most
    assert list(limits._moments[GUESSES_AT_HOME]) == ["new"]
    assert len(limits._moments[GUESSES_AT_HOME]["new"]) < 2 * GUESSES_AT_HOME.most


def test_limits_can_be_off_to_measure():
    limits = Limits(on=False)
    for _ in range(1000):
        limits.count_guess(("", ""))
        assert limits.may_guess(("", "")) == limits.may_wish(("", ""), "example.org") == 0


def test_who_asks_too_often_is_told_when_to_come_back(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    answers = [
        reader.ask.post("/en/subscribe", {**form, "email": "reader@example.com"}, client="192.0.2.9")
        for _ in range(WISHES_AT_HOME.most + 1)
    ]
    assert answers[-1].status == 429
    assert 1 <= int(answers[-1].header("retry-after")) <= WISHES_AT_HOME.seconds
    assert "Try again in 10 minutes." in answers[-1].words()


def test_who_opens_too_many_links_is_told_to_wait(reader):
    answers = [reader.ask.get("/manage/none", client="192.0.2.9") for _ in range(GUESSES_AT_HOME.most + 1)]
    assert [answer.status for answer in answers] == [404] * GUESSES_AT_HOME.most + [429]
    assert "over een minuut" in answers[-1].words()


# --- Origins ---


TRIAL = Origins.of("http://127.0.0.1:8001/", "https://example.org/")
PUBLIC = Origins.of("https://letter.example.org:8443/", "https://example.org/")


@pytest.mark.parametrize(
    "origins, host, ours",
    [
        (PUBLIC, "letter.example.org", True),
        (PUBLIC, "LETTER.example.org:443", True),
        (PUBLIC, "127.0.0.1", False),
        (PUBLIC, "example.org", False),
        (PUBLIC, "[::1", False),
        (TRIAL, "localhost:8001", True),
        (TRIAL, "[::1]:8001", True),
        (TRIAL, "letter.example.org", False),
    ],
)
def test_hosts(origins, host, ours):
    assert origins.is_ours(Headers({"host": host})) is ours


@pytest.mark.parametrize(
    "origins, headers, may",
    [
        (PUBLIC, {"origin": "https://letter.example.org:8443"}, True),
        (PUBLIC, {"origin": "https://example.org", "sec-fetch-site": "cross-site"}, True),
        (PUBLIC, {"origin": "http://example.org"}, False),
        (PUBLIC, {"origin": "http://127.0.0.1:8000"}, False),
        (PUBLIC, {"origin": "https://[bad"}, False),
        (PUBLIC, {"origin": "null", "sec-fetch-site": "same-origin"}, True),
        (PUBLIC, {"origin": "null", "sec-fetch-site": "cross-site"}, False),
        (PUBLIC, {"origin": "null"}, False),
        (PUBLIC, {}, True),
        (PUBLIC, {"sec-fetch-site": "cross-site"}, False),
        (TRIAL, {"origin": "http://localhost:8000"}, True),
        (TRIAL, {"origin": "http://[bad"}, False),
        (TRIAL, {"origin": "https://elsewhere.example"}, False),
    ],
)
def test_senders(origins, headers, may):
    assert origins.may_send(Headers(headers)) is may


def test_two_origins_or_hosts_are_none():
    twice = [(b"host", b"letter.example.org"), (b"origin", b"https://example.org")] * 2
    headers = Headers(raw=twice)
    assert not PUBLIC.may_send(headers)
    assert not PUBLIC.is_ours(headers)


def test_an_origin_has_its_default_port_left_out_and_brackets_around_ipv6():
    assert (
        Origins.of("http://[2001:db8::1]:80/", "https://example.org:443/").service == "http://[2001:db8::1]"
    )


# --- Moments ---


def test_a_moment_is_ours_and_long_enough_ago():
    keys = Keys.make()
    moment = sign_moment(keys, NOW)
    assert not was_read(keys, moment, NOW)
    assert not was_read(keys, moment, NOW - timedelta(days=1))
    assert was_read(keys, moment, NOW + SHORTEST)
    assert not was_read(Keys.make(), moment, NOW + SHORTEST)
    assert not was_read(keys, keys.sign("unsubscribe", "0"), NOW)


# --- Many wishes at once ---


def wish(number: int) -> Wish:
    return Wish(Asking.MANAGE, f"r{number}@example.com", NL, NOW, "https://letter.example.org/manage")


class Failing:
    """A list whose disk is full."""

    name = "list"

    def begin(self) -> None:
        raise DatabaseError("list: the disk is full; nothing was saved")


def test_wishes_that_wait_are_kept_together(reader, loop):
    woken = []
    database = AsyncDatabase(reader.database, lambda: woken.append(1))

    async def ask() -> None:
        await asyncio.gather(*(database.save(wish(number)) for number in range(100)))

    with reader.statements() as heard:
        loop.run(ask())
    assert len(reader.rows()["wish"]) == 100
    assert len([one for one in heard if one.startswith("INSERT")]) < 5
    assert woken


def test_whoever_waited_for_a_commit_that_failed_is_told(loop):
    database = AsyncDatabase(Failing(), lambda: None)

    async def ask() -> list[object]:
        return await asyncio.gather(
            *(database.save(wish(number)) for number in range(3)), return_exceptions=True
        )

    answers = loop.run(ask())
    assert [type(one) for one in answers] == [DatabaseError] * 3


def test_who_goes_away_keeps_nobody_else_waiting(reader, loop):
    database = AsyncDatabase(reader.database, lambda: None)

    async def ask() -> None:
        gone, *others = [asyncio.ensure_future(database.save(wish(number))) for number in range(3)]
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(*others)

    loop.run(ask())
    assert len(reader.rows()["wish"]) == 3  # it was on its way


def test_a_row_that_is_too_long_is_refused(reader, loop, monkeypatch):
    monkeypatch.setattr(module, "WAITING", 2)
    database = AsyncDatabase(reader.database, lambda: None)

    async def ask() -> list[object]:
        return await asyncio.gather(
            *(database.save(wish(number)) for number in range(5)), return_exceptions=True
        )

    answers = loop.run(ask())
    assert sum(answer is None for answer in answers) == 2
    assert len(reader.rows()["wish"]) == 2


# --- Forms ---


@pytest.mark.parametrize(
    "kind, body",
    [
        ("application/x-www-form-urlencoded", b"email=%FF%FE"),
        ("application/x-www-form-urlencoded", "email=é".encode()),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 50)),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
    ],
)
def test_what_is_no_form_is_refused(reader, kind, body):
    answer = reader.ask.ask("POST", "/subscribe", body=body, headers=[("content-type", kind)])
    assert answer.status in {400, 415}
    assert "Dit formulier kennen we niet" in answer.words()


@pytest.mark.parametrize(
    "fields", [[("moment", "1"), ("moment", "2")], [("confirm", "yes"), ("confirm", "yes")]]
)
def test_a_field_that_comes_twice_is_no_form_of_ours(reader, fields):
    signed = reader.database.keys.sign("unsubscribe", "handle")
    assert reader.ask.post(f"/unsubscribe/{signed}", fields).status == 400


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: text/plain; charset=none\r\n\r\nOne-Click",
        b"Content-Disposition: form-data\r\n\r\nOne-Click",
        b'Content-Disposition: form-data; name="List-Unsubscribe"\r\nContent-Type: image/png\r\n\r\nOne-Click',
    ],
)
def test_parts_that_no_mail_program_sends(reader, part):
    signed = reader.database.keys.sign("unsubscribe", "handle")
    body = b"--x\r\n" + part + b"\r\n--x--\r\n"
    headers = [("content-type", "multipart/form-data; boundary=x")]
    answer = reader.ask.ask("POST", f"/unsubscribe/{signed}", body=body, headers=headers)
    assert answer.status in {200, 400}
    assert "Je bent afgemeld" not in answer.words()


# --- When something fails ---


@pytest.fixture
def failing(reader, shared):
    """A service whose list can be read and not written, and then not even that."""

    class Locked:
        name, keys, file = "list", reader.database.keys, None
        read, explain_replaced = reader.database.read, reader.database.explain_replaced

        def begin(self) -> None:
            raise DatabaseError("list: another program has locked the database; nothing was saved")

    service = Service(shared, Locked(), lambda: None, reader.clock, URL, healthy=lambda _: False)
    return replace(reader, ask=Asker(create_application(service), reader.ask.loop))


def test_a_list_that_cannot_be_written_is_said_on_the_page_and_in_the_log(failing, caplog):
    caplog.set_level(logging.INFO, "generator.web")
    answer = failing.subscribe("reader@example.com", "en/subscribe")
    assert answer.status == 503
    assert answer.header("retry-after") == "60"
    assert "Nothing was saved" in answer.words()
    [line] = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert line.startswith("POST /en/subscribe 503 ")
    assert line.endswith("list: another program has locked the database; nothing was saved")
    assert "reader@" not in caplog.text


def test_health_says_which_part_fails(failing):
    answer = failing.ask.get("/health")
    assert answer.status == 503
    assert json.loads(answer.body) == {"status": "failing"}
    assert failing.ask.get("/alive").status == 503
    found = json.loads(failing.ask.get("/health", client="127.0.0.1", host="127.0.0.1:8001").body)
    assert {name: found[name] for name in ("status", "list", "mail", "relay")} == {
        "status": "failing",
        "list": "failing",
        "mail": "failing",
        "relay": "ok",
    }


def test_health_looks_again_after_a_while(reader):
    def writes() -> int:
        with reader.statements() as heard:
            assert reader.ask.get("/health").status == 200
        return sum(one.startswith("UPDATE") for one in heard)

    assert [writes(), writes()] == [1, 0]
    reader.clock.wait(seconds=6)
    assert writes() == 1


def test_a_bug_is_a_page_for_the_reader_and_a_place_for_the_operator(shared, reader, caplog):
    def broken() -> datetime:
        raise RuntimeError("reader@example.com")

    service = Service(shared, reader.database, lambda: None, broken, URL)
    answer = Asker(create_application(service), reader.ask.loop).get("/en/subscribe")
    assert answer.status == 500
    assert "That is our fault" in answer.words()
    assert "RuntimeError at test_parts.py:" in caplog.text
    assert "reader@" not in caplog.text


def test_the_log_tells_methods_addresses_and_times_and_nothing_else(reader, caplog):
    caplog.set_level(logging.INFO, "generator.web")
    reader.ask.get("/en/manage/secret?email=reader@example.com")
    [line] = [one.getMessage() for one in caplog.records]
    assert line.startswith("GET /en/manage/{token} 404 ")
    assert line.endswith(" ms")
    assert "secret" not in line


def test_what_is_no_request_is_left_alone(reader):
    async def ask() -> None:
        await reader.ask.application({"type": "websocket"}, None, None)

    reader.ask.loop.run(ask())


def test_a_missing_style_sheet_is_named(tmp_path):
    with pytest.raises(TemplateError, match=r"newsreader-text\.woff2: No such file"):
        load_assets(tmp_path)
