"""The links of letters to other sites, asked of a real server that behaves as badly as servers do."""

import json
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from generator.check.online import check_links_online
from generator.check.rules.links import EXTERNAL
from generator.content import load_newsletter
from generator.model import Problem, Severity
from tests.languages import NL

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENCE = 0.3
"""With those who take their time; everybody else is given more, for this machine may be busy."""
SLOW = {"slow", "drip", "a-ctrl-c"}
CACHE = "build/cache/links.json"


@dataclass
class World:
    """Another site: what was asked of it, and how many questions at a time."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    cookies: set[str | None] = field(default_factory=set)
    busy: Counter[str] = field(default_factory=Counter)
    most: int = 0


class Handler(BaseHTTPRequestHandler):
    """Answers as the path asks for."""

    world: World

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.do_HEAD()

    def do_HEAD(self) -> None:
        world, host = self.world, self.headers["Host"]
        world.asked.append((self.command, self.path))
        world.agents.add(self.headers["User-Agent"])
        world.cookies.add(self.headers["Cookie"])
        world.busy[host] += 1
        world.most = max(world.most, world.busy[host])
        name = self.path.partition("?")[0].strip("/")
        behave = getattr(self, f"be_{name.replace('-', '_')}", None)
        if behave is None:
            time.sleep(0.02)  # so that two questions at a time would meet
            world.busy[host] -= 1  # before the answer, which the next question follows at once
        with suppress(OSError):  # whoever asked has run out of patience
            behave() if behave else self.send(int(name) if name.isdigit() else 200)
        if behave is not None:
            world.busy[host] -= 1

    def send(self, code: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def be_slow(self) -> None:
        time.sleep(PATIENCE * 3)

    def be_drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(12):
            self.wfile.write(b"X: y\r\n")
            time.sleep(PATIENCE / 4)
        self.wfile.write(b"\r\n")

    def be_garbage(self) -> None:
        self.wfile.write(b"\x00\xff nonsense\r\n\r\n")

    def be_shut(self) -> None:
        self.close_connection = True

    def be_huge(self, code: int = 200) -> None:
        if self.command == "HEAD":
            return self.send(405)
        self.send(code, Content_Length=str(10**12), Location="/fine")
        while True:
            self.wfile.write(bytes(65_536))

    def be_huge_and_far(self) -> None:
        self.be_huge(302)

    def be_loop(self) -> None:
        self.send(302, Location="/loop")

    def be_file(self) -> None:
        self.send(302, Location="file:///etc/hostname")

    def be_odd_port(self) -> None:
        self.send(302, Location="http://127.0.0.1:99999/")

    def be_near(self) -> None:
        self.send(301, Location="/fine", Set_Cookie="who=you; Path=/")

    def be_far(self) -> None:
        self.send(301, Location=self.world.url.replace("127.0.0.1", "localhost") + "fine")

    def be_only_get(self) -> None:
        self.send(405 if self.command == "HEAD" else 200)

    def be_a_ctrl_c(self) -> None:
        if len(self.world.asked) == 1:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        time.sleep(PATIENCE * 2)

    def be_once(self) -> None:
        self.send(500 if len(self.world.asked) < 3 else 200)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"world": world}))
    server.daemon_threads = True
    world.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield world
    server.shutdown()
    server.server_close()


Ask = Callable[..., list[Problem]]


@pytest.fixture
def ask(sample: Path, world: World) -> Ask:
    """Check a letter that links to some addresses, or paths of the other site."""
    letter = sample / "newsletter/issues/2026-W45/nl.md"
    text = letter.read_text("utf-8")

    def ask(*links: str, now: datetime = NOW, waive: str = "") -> list[Problem]:
        written = " ".join(f"[woorden]({link if ':' in link else world.url + link})" for link in links)
        found = text.replace("Geen idee. ", f"Geen idee. {written} ")
        if waive:
            found = found.replace("published:", f"waive: {{{EXTERNAL}: {waive}}}\npublished:")
        letter.write_text(found, "utf-8")
        newsletter = load_newsletter(sample)
        edition = newsletter.archive.issues[-1].editions[NL]
        patience = PATIENCE if SLOW.intersection(links) else 20.0
        return check_links_online(newsletter, [edition], now, sample / CACHE, patience=patience)

    return ask


@pytest.mark.parametrize("path", ["200", "near", "only-get", "huge", "huge-and-far", "once", "ünï?q=é&b=[1]"])
def test_a_link_that_can_be_opened(ask: Ask, path: str) -> None:
    assert ask(path) == []


@pytest.mark.parametrize("path", ["404", "410"])
def test_a_page_that_is_gone_is_an_error_at_its_link(ask: Ask, world: World, path: str) -> None:
    (problem,) = ask("200", path)
    assert problem.message == f"“{world.url}{path}” cannot be opened: the answer is {path}"
    assert (problem.rule, problem.severity, problem.line) == (EXTERNAL, Severity.ERROR, 12)
    assert (problem.length, problem.blocks) == (len(f"{world.url}{path}"), True)


@pytest.mark.parametrize(
    "path, said",
    [
        ("403", "the answer is 403"),
        ("429", "the answer is 429"),
        ("503", "the answer is 503"),
        ("slow", "no answer in time"),
        ("drip", "no answer in time"),
        ("loop", "it redirects without end"),
        ("file", "the answer is 302"),
        ("garbage", "it sends no valid answer"),
        ("shut", "it sends no valid answer"),
        ("odd-port", "it is not a valid address"),
    ],
)
def test_what_cannot_be_told_is_a_warning(ask: Ask, path: str, said: str) -> None:
    (problem,) = ask(path)
    assert "could not be checked: " in problem.message
    assert said in problem.message
    assert problem.severity is Severity.WARNING


def test_a_page_that_has_moved_to_another_host_is_named_where_it_is(ask: Ask, world: World) -> None:
    (problem,) = ask("far")
    new = world.url.replace("127.0.0.1", "localhost") + "fine"
    assert problem.message == f"“{world.url}far” now redirects to “{new}”"
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize(
    "address, said",
    [
        ("http://127.0.0.1:1/", "no connection can be made"),
    ],
)
def test_an_address_where_nobody_is_or_can_be_is_a_warning(ask: Ask, address: str, said: str) -> None:
    (problem,) = ask(f"<{address}>")
    assert (problem.severity, said in problem.message) == (Severity.WARNING, True)


def test_a_site_whose_certificate_is_no_good_is_a_warning(ask: Ask, world: World) -> None:
    (problem,) = ask(world.url.replace("http:", "https:"))
    assert problem.message.endswith("no secure connection (SSL): wrong version number")
    assert problem.severity is Severity.WARNING
    assert world.asked == []


def test_the_proxy_of_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch, ask: Ask, world: World) -> None:
    monkeypatch.setenv("HTTP_PROXY", world.url)
    assert ask("http://elsewhere.example.org/page", "http://één.example.org/") == []
    assert sorted(world.asked) == [
        ("HEAD", "http://elsewhere.example.org/page"),
        ("HEAD", "http://xn--n-9faa.example.org/"),
    ]


def test_a_proxy_that_cannot_be_used_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, ask: Ask, world: World
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    assert ask("200") == []
    assert world.asked == [("HEAD", "/200")]


def test_a_host_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    (problem,) = ask("http://nobody.example.org/")
    assert (problem.severity, "there is no such host" in problem.message) == (Severity.ERROR, True)


def test_a_waiver_lets_it_pass_with_its_reason(ask: Ask) -> None:
    (problem,) = ask("404", waive="it will be there on Friday")
    assert (problem.waived, problem.blocks) == ("it will be there on Friday", False)


def test_the_same_page_is_asked_for_once_and_one_question_at_a_time(ask: Ask, world: World) -> None:
    ask("a", "a#part", "b", "c", "d", "near")
    assert sorted(path for _, path in world.asked) == ["/a", "/b", "/c", "/d", "/fine", "/near"]
    assert {method for method, _ in world.asked} == {"HEAD"}
    assert world.most == 1
    assert world.cookies == {None}
    assert world.agents == {"Mozilla/5.0 (compatible; zekerheden link check; +https://example.org/)"}


def test_our_own_site_mails_and_files_are_not_asked_for(ask: Ask, world: World) -> None:
    assert ask("https://example.org/nothing/", "mailto:post@example.org") == []
    assert world.asked == []


def test_answers_are_kept_for_a_week_and_doubts_are_not(ask: Ask, world: World, sample: Path) -> None:
    assert len(ask("200", "404", "503")) == 2
    world.asked.clear()
    assert len(ask("200", "404", "503", now=NOW + timedelta(days=6))) == 2
    assert {path for _, path in world.asked} == {"/503"}
    world.asked.clear()
    ask("200", now=NOW + timedelta(days=8))
    assert world.asked == [("HEAD", "/200")]
    kept = json.loads((sample / CACHE).read_text())
    assert list(kept) == [f"{world.url}200"]


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"a": 1}', '{"a": {"kind": "x", "detail": "", "at": "now"}}', "\xff"]
)
def test_a_cache_that_makes_no_sense_is_no_cache(ask: Ask, world: World, sample: Path, content: str) -> None:
    (sample / CACHE).parent.mkdir(parents=True)
    (sample / CACHE).write_text(content, "latin-1")
    assert ask("200") == []
    assert world.asked


def test_a_cache_that_cannot_be_written_costs_nobody_anything(ask: Ask, sample: Path) -> None:
    (sample / "build").write_text("a file where a folder should be")
    assert ask("200") == []


def test_ctrl_c_ends_the_asking(ask: Ask, world: World, sample: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ask("a-ctrl-c", "b", "c")
    assert {path for _, path in world.asked} == {"/a-ctrl-c"}
    assert not (sample / CACHE).exists()
