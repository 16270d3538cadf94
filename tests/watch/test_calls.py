"""Web addresses of the operator are called once, and what goes wrong is told without them."""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from generator.errors import GeneratorError, SecretError
from generator.watch.calls import Target, call, read_target
from tests.delivery.relays import free_port
from tests.watch.hooking import hooking

SECRET = "a-secret-in-the-address"  # noqa: S105


def target(url: str) -> Target:
    return read_target("NEWSLETTER_ALERT_HOOK", url)


def test_it_is_called_once_with_what_it_is_given() -> None:
    with hooking() as hook:
        call(target(f"{hook.url}/{SECRET}?x=1"))
        call(target(f"{hook.url}/{SECRET}"), b"body", {"Title": "news"})
    get, post = hook.asked
    assert (get.method, get.path, get.body) == ("GET", f"/{SECRET}?x=1", b"")
    assert (post.method, post.body, post.headers["title"]) == ("POST", b"body", "news")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "what://127.0.0.1:9"])
def test_a_proxy_that_httpx_does_not_know_stops_nobody(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with hooking() as hook:
        call(target(hook.url))
    assert len(hook.asked) == 1


def test_it_is_called_from_a_thread_with_an_event_loop() -> None:
    async def tell(url: str) -> None:
        call(target(url))

    with hooking() as hook, ThreadPoolExecutor(1) as threads:  # this one may have a loop of Playwright
        threads.submit(asyncio.run, tell(hook.url)).result()
    assert len(hook.asked) == 1


def test_what_comes_below_an_address_keeps_its_query() -> None:
    assert target("https://ping.example.org/key/").below("start").url == "https://ping.example.org/key/start"
    assert target("https://example.org/k?a=b").below("fail").url == "https://example.org/k/fail?a=b"


@pytest.mark.parametrize(
    "url",
    [
        "example.org/x",
        "ftp://example.org/x",
        "https://",
        "https:///x",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/a b",
        "https://example.org/é",
        "https://example.org/#x",
        "https://example.org/\x07",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(SecretError) as refused:
        target(url)
    assert str(refused.value) == (
        "NEWSLETTER_ALERT_HOOK is not a web address; expected one like https://example.org/…"
    )
    assert SECRET not in repr(Target("x", SECRET))


def test_no_redirect_is_followed() -> None:
    """Elsewhere, the secret would be somebody else's."""
    with hooking() as hook, hooking() as other:
        hook.status, hook.location = 302, f"{other.url}/{SECRET}"
        with pytest.raises(GeneratorError, match="the answer is 302, a redirect, which is not followed"):
            call(target(f"{hook.url}/{SECRET}"))
        assert other.asked == []


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_only_success_is_success(status: int) -> None:
    with hooking() as hook:
        hook.status = status
        with pytest.raises(GeneratorError) as failed:
            call(target(f"{hook.url}/{SECRET}"))
        assert str(failed.value) == f"NEWSLETTER_ALERT_HOOK: the answer is {status}"
        assert len(hook.asked) == 1


def test_who_drips_an_answer_holds_nobody_up() -> None:
    with hooking() as hook:
        hook.silent.clear()
        with pytest.raises(GeneratorError, match="NEWSLETTER_ALERT_HOOK: no answer in time"):
            call(target(f"{hook.url}/{SECRET}"), patience=0.5)


def test_who_is_not_there_is_told() -> None:
    with pytest.raises(GeneratorError, match="no connection can be made") as failed:
        call(target(f"http://127.0.0.1:{free_port()}/{SECRET}"))
    assert SECRET not in str(failed.value)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hooking(tls) as hook:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(GeneratorError, match="no secure connection: self-signed certificate"):
            call(target(f"{hook.url}/{SECRET}"))
        assert hook.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        call(target(f"{hook.url}/{SECRET}"))
        assert len(hook.asked) == 1
