"""What only a socket can do: headers of proxies, slow and endless requests, one request within another, any bytes."""

import re
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.web.reading import copy_sample
from tests.web.running import Running, run_service

SLOW, SLOWER = 0.5, 2.5
"""Seconds that a body, and a whole request, may take here: the real limits would make this module last."""

HURRIED = (
    "from generator.web import forms; from generator.web.server import connections\n"
    f"forms.PATIENCE, connections.PATIENCE = {SLOW}, {SLOWER}\n"
    "from generator.cli.newsletter import main; main()"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    return copy_sample(tmp_path_factory.mktemp("connections"))


@pytest.fixture(scope="module")
def running(project) -> Iterator[Running]:
    with run_service(project, program=(sys.executable, "-c", HURRIED)) as running:
        yield running
        assert running.ask("GET", "/health")[0] == 200
        assert "Traceback" not in running.said


@pytest.fixture(scope="module")
def version(running) -> str:
    return running.version()


def head(running: Running, method: str = "POST", path: str = "/subscribe", *lines: str) -> bytes:
    """The beginning of a request, up to its body."""
    kind = "Content-Type: application/x-www-form-urlencoded"
    first = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{running.port}", kind)
    return "\r\n".join([*first, *lines, "", ""]).encode("latin-1")


def read(connection: socket.socket) -> bytes:
    """All that comes until the other end hangs up."""
    answer = b""
    try:
        while more := connection.recv(65536):
            answer += more
    except ConnectionError:
        pass
    return answer


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else 0


# --- Proxies ---


def wish(running: Running, version: str, address: str, forwarded: str, source: str = "127.0.0.1") -> int:
    body = f"email={address}&website=&wording={version}".encode()
    lines = (f"X-Forwarded-For: {forwarded}", f"Content-Length: {len(body)}", "Connection: close")
    with closing(running.connect(source)) as connection:
        connection.sendall(head(running, "POST", "/subscribe", *lines) + body)
        return status(read(connection))


def test_proxy_spoofing_by_a_stranger(running, version):
    """Who is no proxy of ours cannot say that they are somebody else."""
    try:
        running.connect("127.0.0.2").close()
    except OSError:
        pytest.skip("this system has one loopback address")
    answers = [
        wish(running, version, f"a{number}@example.com", f"198.51.100.{number}", "127.0.0.2")
        for number in range(11)
    ]
    assert answers == [202] * 10 + [429]


def test_proxy_spoofing_through_our_proxy(running, version):
    """Our proxy adds the address it sees at the end; what a stranger wrote before it counts for nothing."""
    answers = [
        wish(running, version, f"b{number}@example.com", f"198.51.100.{number}, 203.0.113.77")
        for number in range(11)
    ]
    assert answers == [202] * 10 + [429]


def test_proxy_spoofing_does_not_get_into_a_proof(project, running, version):
    forwarded = "198.51.100.1, <b>, 203.0.114.9"
    assert wish(running, version, "proof@example.com", forwarded) == 202
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with closing(sqlite3.connect(project / "var/newsletter.db")) as connection:
            found = connection.execute(
                "SELECT network FROM consent JOIN subscriber ON subscriber.id = subscriber_id"
                " WHERE address = 'proof@example.com'"
            ).fetchall()
        if found:
            break
        time.sleep(0.05)
    assert found == [("203.0.114.0/24",)]


@pytest.mark.parametrize(
    "forwarded",
    ["unknown", "<script>", "127.0.0.1", "::1", "1.2.3.4:99999", "[::1]:5", "999.1.1.1", ",,,", "x" * 9000],
)
def test_proxies_that_say_odd_things(running, version, forwarded):
    assert wish(running, version, "odd@example.com", forwarded) in {202, 429}


# --- Slow and endless ---


def test_slow_bodies_and_headers_keep_nobody_waiting(running):
    """Many strangers who never finish: others are answered at once, and the strangers are sent away."""
    slow_body = head(running, "POST", "/subscribe", "Content-Length: 100") + b"email="
    slow_chunk = head(running, "POST", "/subscribe", "Transfer-Encoding: chunked") + b"5\r\nem"
    slow_head = b"GET /subscribe HTTP/1.1\r\nHost: x\r\nX-Slow: "
    with ExitStack() as stack:
        strangers = []
        for number in range(150):
            connection = stack.enter_context(closing(running.connect()))
            connection.sendall((slow_body, slow_chunk, slow_head, b"", b"G")[number % 5])
            strangers.append(connection)
        for _ in range(3):
            assert running.ask("GET", "/subscribe")[0] == 200
        answers = [status(read(connection)) for connection in strangers]
    # `read` ends: every one of them was hung up on. Who sent a form hears why.
    assert set(answers[0::5] + answers[1::5]) == {408}
    assert set(answers[2::5] + answers[3::5] + answers[4::5]) == {0}


def test_slow_readers_of_answers_are_sent_away(running):
    """Who asks for much and reads nothing holds a connection, and an answer in our memory."""
    folder = Path(f"/proc/{running.process.pid}/fd")
    if not folder.exists():
        pytest.skip("open files are looked up in /proc")
    asked = head(running, "GET", "/assets/newsreader-text.woff2") * 50
    with ExitStack() as stack:
        before = len(list(folder.iterdir()))
        for _ in range(20):
            stranger = stack.enter_context(closing(socket.socket()))
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            stranger.connect(("127.0.0.1", running.port))
            stranger.sendall(asked)
        running.ask("GET", "/subscribe")
        assert len(list(folder.iterdir())) >= before + 15
        until = time.monotonic() + 60
        while len(list(folder.iterdir())) > before + 5:
            assert time.monotonic() < until, "they are still there"
            time.sleep(0.1)


def test_slow_headers_that_never_end(running):
    with closing(running.connect()) as connection:
        connection.sendall(b"GET /subscribe HTTP/1.1\r\nHost: x\r\n")
        sent = 0
        try:
            while sent < 20_000_000:
                connection.sendall(b"X-More: " + b"x" * 5000 + b"\r\n")
                sent += 5000
        except OSError:
            pass
    assert sent < 20_000_000


def test_oversized_bodies_are_not_read_to_their_end(running):
    with closing(running.connect()) as connection:
        connection.sendall(head(running, "POST", "/subscribe", "Content-Length: 100000000"))
        answer = b""
        sent = 0
        try:
            while sent < 100_000_000:
                connection.sendall(b"x" * 65536)
                sent += 65536
        except OSError:
            pass
        answer = read(connection)
    assert sent < 100_000_000
    assert status(answer) in {413, 0}  # 0: the system threw it away with the connection


# --- Requests within requests ---

INNER = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "lines, body",
    [
        (("Content-Length: 5", "Transfer-Encoding: chunked"), "0\r\n\r\n" + INNER),
        (("Transfer-Encoding: chunked", "Content-Length: 5"), "0\r\n\r\n" + INNER),
        (("Content-Length: 3", f"Content-Length: {3 + len(INNER)}"), "a=b" + INNER),
        (("Content-Length: 3, 4",), "a=b" + INNER),
        (("Transfer-Encoding: chunked, identity",), "0\r\n\r\n" + INNER),
        (("Transfer-Encoding: xchunked",), "0\r\n\r\n" + INNER),
        (("Transfer-Encoding : chunked",), "0\r\n\r\n" + INNER),
        ((f"X: y\r\n Content-Length: {len(INNER)}",), INNER),
        (("X: y\nContent-Length: 0",), INNER),
        (("X: y\x00",), INNER),
        (("Transfer-Encoding: chunked",), "-1\r\n\r\n" + INNER),
        (("Transfer-Encoding: chunked",), "fffffffffffffffff\r\n\r\n" + INNER),
    ],
)
def test_requests_within_requests(running, lines, body):
    """Where a proxy could disagree with us about where a request ends, we answer once at most, and hang up."""
    with closing(running.connect()) as connection:
        connection.sendall(head(running, "POST", "/subscribe", *lines) + body.encode("latin-1"))
        answer = read(connection)
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b'"status"' not in answer


# --- Any bytes ---

WORDS = st.sampled_from(
    [
        *(
            b"GET ",
            b"POST ",
            b"X ",
            b"/subscribe",
            b"/",
            b"//",
            b"*",
            b"http://example.net/",
            b" HTTP/1.1",
            b" HTTP/9.9",
        ),
        *(
            b"\r\n",
            b"\n",
            b"\r",
            b"\r\n\r\n",
            b"Host: ",
            b"127.0.0.1",
            b"Content-Length: ",
            b"0",
            b"4",
            b"-1",
            b":",
        ),
        *(
            b"Transfer-Encoding: chunked",
            b"Connection: ",
            b"close",
            b"Upgrade: h2c",
            b"Expect: 100-continue",
            b"\0",
        ),
        *(
            b"email=a%40example.com",
            b"Content-Type: application/x-www-form-urlencoded",
            b"\xff",
            b"%",
            b"?",
            b"#",
        ),
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS | st.binary(max_size=8), max_size=25).map(b"".join))
@example(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")  # TLS
@example(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
def test_any_bytes(running, sent):
    with closing(running.connect()) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = read(connection)
    assert status(answer) in {0, 100, 200, 303, 400, 403, 404, 405, 408, 411, 413, 415, 422, 431}


# --- The log ---


def test_leaks_into_the_log_of_the_real_service(running, version):
    """Runs among the others of this module, whose log it reads too."""
    token = "t" * 32
    for path in (
        f"/manage/{token}",
        f"/en/confirm/{token}?email=secret@example.com",
        f"/unsubscribe/{token}.{token}",
    ):
        running.ask(
            "GET", path, Referer="http://127.0.0.1/secret@example.com", User_Agent="secret@example.com"
        )
    wish(running, version, "secret@example.com", "2001:db8:aaaa::1")
    running.wait_for("GET /manage/{token} 404")
    running.wait_for("was sent to")
    for secret in (token, "secret", "@", "2001:db8", "203.0.11"):
        assert secret not in running.said
