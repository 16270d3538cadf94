"""What every test may use: a network that stops at this machine, a tiny project, a browser, and golden files."""

import difflib
import ipaddress
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from generator import clock
from generator.content import Newsletter, load_newsletter
from tests.machine import (
    CHROMIUM,
    ENGINE,
    FLAGS,
    NOT_ROOT,
    OPENSSL,
    PARTS,
    POSTGRESQL,
    find_chromium,
    find_postgresql,
    may_have_sandbox,
)
from tests.postgresql import start_postgresql
from tests.sharing import share

# A job in the background ignores Ctrl-C, and so would the programs that tests start and stop with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
GOLDEN = TESTS / "golden"


# --- Network ---


def _is_this_machine(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def _network_stops_at_this_machine() -> Iterator[None]:
    """Fail the test that looks up or connects to another host; `except OSError` cannot swallow this."""

    def guard(original: Callable[..., Any], host_of: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            host = host_of(*args, **kwargs)
            if not _is_this_machine(host):
                pytest.fail(f"A test reached for the network: {host!r}")
            return original(*args, **kwargs)

        return guarded

    def host_of_connect(sock: socket.socket, address: Any) -> Any:
        return address[0] if sock.family in {socket.AF_INET, socket.AF_INET6} else None

    def host_of_lookup(host: Any, *_: Any, **__: Any) -> Any:
        return host

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guard(socket.socket.connect, host_of_connect))
        patch.setattr(socket.socket, "connect_ex", guard(socket.socket.connect_ex, host_of_connect))
        patch.setattr(socket, "getaddrinfo", guard(socket.getaddrinfo, host_of_lookup))
        yield


# --- Clock ---


@pytest.fixture(scope="session", autouse=True)
def _clock_is_passed_in() -> Iterator[None]:
    """Fail the test whose command or hook asks this machine for the date; see tests/clocks.py."""

    def refuse() -> Any:
        pytest.fail("A test read the clock of this machine: pass obj=tests.clocks.STOPPED to the command")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "read_clock", refuse)
        yield


# --- Amazon ---


@pytest.fixture(scope="session")
def moto() -> Iterator[Any]:
    """SES, SNS and SQS on this machine."""
    from tests.delivery.amazon import open_moto  # noqa: PLC0415 (a second, which most tests need not wait for)

    with open_moto() as opened:
        yield opened


# --- A tiny complete project ---


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of tests/sample with the real templates and site configuration, for this test to change as it likes."""
    return _copy_sample(tmp_path)


def _copy_sample(folder: Path) -> Path:
    root = shutil.copytree(TESTS / "sample", folder / "sample")
    for name in ("templates", "mkdocs.yml", "mkdocs.en.yml"):
        real = TESTS.parent / name
        if real.is_dir():
            shutil.copytree(real, root / name, dirs_exist_ok=True)
        elif real.exists():
            shutil.copy2(real, root / name)
    hooks = Path("src/generator/mkdocs_hooks.py")  # which mkdocs.yml names
    (root / hooks).parent.mkdir(parents=True)
    (root / hooks).symlink_to(TESTS.parent / hooks)
    return root


@pytest.fixture(scope="session")
def _shared_newsletter(tmp_path_factory: pytest.TempPathFactory) -> Newsletter:
    return load_newsletter(_copy_sample(tmp_path_factory.mktemp("shared")))


@pytest.fixture
def newsletter(request: pytest.FixtureRequest) -> Iterator[Newsletter]:
    """The sample as values: of this test's own copy if it has one, and otherwise of one that nobody may change."""
    if "sample" in request.fixturenames:
        yield load_newsletter(request.getfixturevalue("sample"))
        return
    shared: Newsletter = request.getfixturevalue("_shared_newsletter")
    before = _list_files(shared.root)
    yield shared
    if _list_files(shared.root) != before:
        pytest.fail("this test changes the project that others share: let it have the fixture `sample` too")


def _list_files(folder: Path) -> dict[str, tuple[int, int]]:
    """The size and the time of every file, by its path."""
    return {
        entry.path: (entry.stat().st_size, entry.stat().st_mtime_ns)
        for parent, _, _ in os.walk(folder)
        for entry in os.scandir(parent)
    }


# --- Browser ---


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium that can reach this machine only. `browser.new_page()` is a fresh profile.

    Playwright keeps an event loop running in this thread: start your own asyncio code in another thread.
    """
    CHROMIUM.need()
    expect.set_options(timeout=30_000)  # a busy machine may take long
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=find_chromium(),
            chromium_sandbox=may_have_sandbox(),
            args=FLAGS,
        )
        yield chrome
        chrome.close()


# --- Shared by all workers ---


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run, which all its workers have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def postgresql(run_folder: Path) -> Iterator[str]:
    """A real PostgreSQL: its address, with {} for the name of a database."""
    POSTGRESQL.need()
    programs = find_postgresql()
    assert programs
    with share(run_folder / "postgresql", lambda: start_postgresql(programs)) as address:
        yield address


# --- TLS ---


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for `localhost`, signed by itself."""
    OPENSSL.need()
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    certificate.write_bytes(certificate.read_bytes() + key.read_bytes())
    return certificate


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What a relay with that certificate speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


# --- Programs of this machine ---


OUTSIDE = {"browser", "postgresql", "certificate", "site", "proxy"}
"""Fixtures that start programs which are not ours, or build the whole site."""
WHOLE = {"sample", "database", "sqlite"}
"""Fixtures that make a project or a list, which takes most of the time of such a test."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that starts such a program as `outside`, and each that is small and quick as `unit`."""
    for item in items:
        assert isinstance(item, pytest.Function)
        names = {*item.fixturenames}
        parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if OUTSIDE & names or "postgresql" in parameters or item.get_closest_marker("needs"):
            item.add_marker("outside")
        elif not (WHOLE & names or item.get_closest_marker("slow") or hasattr(item.obj, "hypothesis")):
            item.add_marker("unit")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for part in mark.args:
            part.need()


@pytest.hookimpl(trylast=True)  # below the coverage table
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    for missing in (*(part.missing for part in (*PARTS, ENGINE)), NOT_ROOT):
        if number := sum(missing in reason for reason in reasons):
            terminalreporter.write_line(f"Skipped {number} {'test' if number == 1 else 'tests'}: {missing}.")


# --- Golden files ---


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite golden files with what the tests made")


@dataclass(frozen=True)
class Golden:
    """Whole outputs that a person can open: `golden("email/nl.html", html)` compares them byte for byte."""

    accept: bool

    def __call__(self, name: str, made: str | bytes) -> None:
        __tracebackhide__ = True
        path = GOLDEN / name
        found = made.encode() if isinstance(made, str) else made
        if self.accept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found)
            return
        if not path.exists():
            pytest.fail(f"There is no tests/golden/{name} yet.\n\n{_ADVICE}")
        if found != (expected := path.read_bytes()):
            diff = difflib.unified_diff(
                _lines(expected), _lines(found), f"tests/golden/{name}", "made by this test", lineterm=""
            )
            pytest.fail("\n".join([*diff, "", _ADVICE]))


_ADVICE = "Is the new output right? Then run `pytest --accept`, and read the change before you commit it."


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="backslashreplace").replace("\r", "␍").split("\n")


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(accept=request.config.getoption("--accept"))
