"""`newsletter serve`: what it says when it starts, when it cannot, and when it stops."""

import re
import signal
import socket
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from generator.cli.newsletter import main
from generator.cli.newsletter.serve import command
from generator.content import load_newsletter
from generator.delivery.outgoing.signing import Signer
from generator.environment import announce_service, find_trial
from generator.errors import ContentError
from generator.settings import TRIAL
from generator.subscribers.store.keys import UNSUBSCRIBE, Keys
from generator.web.listener import open_port
from generator.web.program import _choose_url
from tests.clocks import STOPPED
from tests.web.running import run_service


def serve(sample: Path, *arguments: str, **environment: str) -> str:
    """What it says when it does not start."""
    result = CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(sample), "serve", *arguments], env=environment
    )
    assert result.exit_code == 1, result.output
    return result.output


def test_it_starts_with_one_command_and_stops_when_asked(sample):
    with run_service(sample) as running:
        for sign in (
            f"Sign up: http://127.0.0.1:{running.port}/subscribe",
            f"This is a trial: mail is written to {sample / 'var/mail/new'}, and not sent.",
        ):
            assert sign in running.said
        assert find_trial(sample) == f"http://127.0.0.1:{running.port}/"
        running.wait_for("GET /alive 200")
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(20) == 0
        assert running.said.endswith("Stopped.\n")
        assert "Traceback" not in running.said
    assert not (sample / "var/service.url").exists()
    assert find_trial(sample) == TRIAL
    (port,) = (option.default for option in command.params if option.name == "port")
    assert urlsplit(TRIAL).port == port


def test_of_two_services_the_one_that_ends_leaves_the_address_of_the_other(tmp_path):
    with announce_service(tmp_path, "http://127.0.0.1:1/"):
        with announce_service(tmp_path, "http://127.0.0.1:2/"):
            assert find_trial(tmp_path) == "http://127.0.0.1:2/"
        with announce_service(tmp_path, "http://127.0.0.1:3/"):
            pass
        assert find_trial(tmp_path) == "http://127.0.0.1:8001/"
    with announce_service(tmp_path, "http://127.0.0.1:1/"):
        (tmp_path / "var/service.url").write_text("http://127.0.0.1:4/\n")
    assert find_trial(tmp_path) == "http://127.0.0.1:4/"


def test_a_service_that_sends_real_mail_announces_no_address(sample):
    with run_service(sample, "--url", "http://127.0.0.1/brief", NEWSLETTER_MAIL="smtp://127.0.0.1:1"):
        assert not (sample / "var/service.url").exists()


def break_texts(root):
    """A slip in every kind of text that an editor writes."""
    for path in (
        "newsletter/issues/2026-W45/en.md",
        "docs/nl/certainties/referral.md",
        "docs/en/glossary.md",
        "newsletter/thoughts/referral/started.nl.md",
        "newsletter/evidence.yaml",
        "newsletter/assessment.nl.yaml",
        "newsletter/released.json",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("---\nsumary: {[\n---\n", encoding="utf-8")


def test_no_text_of_an_editor_keeps_readers_from_the_pages_where_they_leave(sample):
    break_texts(sample)
    with pytest.raises(ContentError):
        load_newsletter(sample)
    with run_service(sample) as running:
        running.subscribe("reader@example.com", running.version())
        running.wait_for("(confirm) was sent to maildir:")
        assert "Referral" in running.ask("GET", "/subscribe")[1]
        (mail,) = (sample / "var/mail/new").iterdir()
        link = re.search(r"http://127\.0\.0\.1:\d+(/confirm/\S+)", mail.read_text("utf-8"))
        assert link
        assert running.ask("GET", link[1])[0] == 200
        keys = Keys.parse((sample / "var/newsletter.env").read_text("utf-8").strip().partition("=")[2])
        with closing(sqlite3.connect(sample / "var/newsletter.db")) as database:
            [(handle,)] = database.execute("SELECT handle FROM subscriber").fetchall()
        path = f"/unsubscribe/{keys.sign(UNSUBSCRIBE, handle)}"
        assert running.ask("GET", path)[0] == 200
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert running.ask("POST", path, b"List-Unsubscribe=One-Click", **form)[0] == 200
        assert "Traceback" not in running.said


def test_ctrl_c_is_no_error(sample):
    address = ("--url", "http://127.0.0.1/brief")
    with run_service(sample, *address, NEWSLETTER_MAIL="smtp://127.0.0.1:1") as running:
        assert "Sign up: http://127.0.0.1/brief/subscribe" in running.said
        assert "Mail goes to smtp://127.0.0.1:1" in running.said
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
        assert running.said.endswith("Stopped.\n")


def test_its_mail_is_signed_when_that_is_set(sample, tmp_path):
    key = tmp_path / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", key, "1024"], check=True, capture_output=True)
    assert "no table [dkim]" in serve(sample, NEWSLETTER_DKIM_KEY=str(key))
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text() + '\n[dkim]\nselector = "s1"\ndomain = "example.org"\n')
    assert "NEWSLETTER_DKIM_KEY must name the file with the private key" in serve(sample)
    with run_service(sample, NEWSLETTER_DKIM_KEY=str(key)) as running:
        running.subscribe("reader@example.com", running.version())
        running.wait_for("(confirm) was sent to maildir:")
    (mail,) = (sample / "var/mail/new").iterdir()
    signer = Signer(load_newsletter(sample).settings, key)
    message = mail.read_bytes().replace(b"\n", b"\r\n")
    assert message == signer.sign(message[message.index(b"From: ") :])


@pytest.mark.parametrize("proxy", ["*", "proxy.example.org", "10.0.0.5/8"])
def test_a_proxy_is_an_address_or_a_network(sample, proxy):
    """Everybody as a proxy would let anybody say where they come from."""
    assert f"--proxy is '{proxy}'; expected an address or a network" in serve(sample, "--proxy", proxy)


@pytest.mark.parametrize(
    "url", ["letter.example.org", "ftp://letter.example.org/", "https:///x", "https://a.example/?b"]
)
def test_a_url_is_one(sample, url):
    assert f"--url is '{url}'; expected a URL like" in serve(sample, "--url", url)


def test_a_port_that_is_taken_is_named(sample):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = serve(sample, "--port", str(port))
    assert (
        f"cannot listen on 127.0.0.1, port {port}: another program uses it (Address already in use)" in said
    )
    assert "cannot listen on 203.0.113.1, port 8001: this machine has no such address (" in serve(
        sample, "--host", "203.0.113.1"
    )


def test_real_mail_needs_a_real_address(sample):
    said = serve(sample, NEWSLETTER_MAIL="smtp://relay.example.org")
    assert "newsletter/settings.toml has no table [service]" in said


@pytest.mark.parametrize(
    "host, trial, url",
    [
        ("127.0.0.1", True, "http://127.0.0.1:8001/"),
        ("::1", True, "http://[::1]:8001/"),
        ("0.0.0.0", True, "http://127.0.0.1:8001/"),  # noqa: S104 (what an operator types)
        ("127.0.0.1", False, "https://letter.example.org/"),
    ],
)
def test_links_lead_to_where_readers_are(sample, host, trial, url):
    settings = replace(load_newsletter(sample).settings, service_url="https://letter.example.org/")
    assert _choose_url(settings, host, 8001, trial=trial) == url


def test_a_port_is_opened_on_both_kinds_of_address():
    for host in ("127.0.0.1", "::1"):
        with open_port(host, 0) as listening:
            # asyncio leaves Nagle's algorithm on for sockets that do not say what they speak.
            assert listening.proto == socket.IPPROTO_TCP
            assert listening.getsockname()[1]
