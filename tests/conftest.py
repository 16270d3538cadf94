"""What every test may use: a network that stops at this machine, a tiny project, a browser, and golden files."""

import difflib
import ipaddress
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
from playwright.sync_api import Browser, sync_playwright

from generator.content import Newsletter, load_newsletter
from tests import find_postfix, find_postgresql
from tests.find_chromium import FLAGS, MISSING, find_chromium, may_have_sandbox, must_have_chromium

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


# --- A tiny complete project ---


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A copy of tests/sample with the real templates and site configuration, for this test to change as it likes."""
    root = shutil.copytree(TESTS / "sample", tmp_path / "sample")
    for name in ("templates", "mkdocs.yml", "mkdocs.en.yml"):
        real = TESTS.parent / name
        if real.is_dir():
            shutil.copytree(real, root / name)
        elif real.exists():
            shutil.copy2(real, root / name)
    return root


@pytest.fixture
def newsletter(sample: Path) -> Newsletter:
    """The sample as values."""
    return load_newsletter(sample)


# --- Browser ---


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real headless Chromium that can reach this machine only. `browser.new_page()` is a fresh profile.

    Playwright keeps an event loop running in this thread: start your own asyncio code in another thread.
    """
    chromium = find_chromium()
    if not chromium:
        (pytest.fail if must_have_chromium() else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=chromium,
            chromium_sandbox=may_have_sandbox(),
            args=FLAGS,
        )
        yield chrome
        chrome.close()


# --- Database ---


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL of this process's own: its address, with {} for the name of a database."""
    programs = find_postgresql.find_postgresql()
    if not programs:
        (pytest.fail if find_postgresql.must_have() else pytest.skip)(find_postgresql.MISSING)
    with find_postgresql.start_postgresql(programs) as address:
        yield address


# --- TLS ---


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for `localhost`, signed by itself."""
    if not shutil.which("openssl"):
        (pytest.fail if must_have_chromium() else pytest.skip)("openssl is missing")
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


@pytest.hookimpl(trylast=True)  # below the coverage table
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if without_browser := sum(MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"{without_browser} browser tests skipped. {MISSING}.")
    without = sum(find_postgresql.MISSING in str(report.longrepr) for report in skipped)
    if without:
        terminalreporter.write_line(f"{without} database tests skipped. {find_postgresql.MISSING}.")
    for reason in (find_postfix.MISSING, find_postfix.NOT_ROOT):
        if any(reason in str(report.longrepr) for report in skipped):
            terminalreporter.write_line(f"The test with a real mail server was skipped. {reason}.")


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
