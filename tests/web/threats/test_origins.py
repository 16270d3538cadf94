"""Requests that come from other sites, ask for other hosts, or should lead elsewhere."""

import re

import pytest

from tests.web.reading import SITE, URL

VICTIM = "victim@example.com"


FOREIGN = [
    "https://example.net",
    "http://letter.example.org",
    "https://letter.example.org:444",
    "https://letter.example.org.example.net",
    "https://xletter.example.org",
    "https://example.org.example.net",
    "https://example.org@example.net",
    "https://letter.example.org/",
    "null",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_forms_of_other_sites(reader, origin):
    for page in ("subscribe", "manage"):
        form = reader.ask.get(f"/{page}").form(page)
        for extra in ((), (("sec-fetch-site", "cross-site"),), (("sec-fetch-site", "same-site"),)):
            answer = reader.ask.post(
                f"/{page}", {**form, "email": VICTIM}, headers=[("origin", origin), *extra]
            )
            assert answer.status == 403
    assert reader.rows()["wish"] == []


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", URL.rstrip("/")), ("sec-fetch-site", "same-origin")],
        [("origin", SITE), ("sec-fetch-site", "same-site")],
        [("origin", SITE), ("sec-fetch-site", "cross-site")],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],
    ],
)
def test_forms_of_our_own_sites(reader, headers):
    form = reader.ask.get("/subscribe").form("subscribe")
    assert reader.ask.post("/subscribe", {**form, "email": VICTIM}, headers=headers).status == 202


def test_other_sites_read_nothing_and_nobody_is_recognised(reader):
    reader.confirm(VICTIM)
    link = reader.ask_for_link(VICTIM)
    for path in ("/subscribe", link, f"{link}/data.json"):
        for method in ("GET", "OPTIONS", "POST"):
            answer = reader.ask.ask(
                method,
                path,
                headers=[("origin", "https://example.net"), ("access-control-request-method", "POST")],
            )
            names = {name for name, _ in answer.headers}
            assert not [name for name in names if name.startswith("access-control-") or name == "set-cookie"]


@pytest.mark.parametrize(
    "host",
    ["example.net", "letter.example.org.example.net", "letter.example.org@example.net", "", "[::1", "a b"],
)
def test_host_poisoning(reader, host):
    form = reader.ask.get("/subscribe").form("subscribe")
    assert reader.ask.get("/subscribe", host=host).status == 400
    answer = reader.ask.post("/subscribe", {**form, "email": VICTIM}, host=host)
    assert answer.status == 400
    assert reader.rows()["wish"] == []


def test_host_poisoning_by_headers_of_proxies(reader):
    """Links in mail and on pages come from the settings."""
    evil = [
        ("x-forwarded-host", "example.net"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
        ("forwarded", "host=example.net;proto=http"),
    ]
    form = reader.ask.get("/subscribe", headers=evil).form("subscribe")
    answer = reader.ask.post("/subscribe", {**form, "email": VICTIM}, headers=evil)
    assert answer.status == 202
    assert "example.net" not in answer.text
    assert "evil" not in answer.text
    reader.work()
    [message] = reader.mails(VICTIM)
    assert "example.net" not in message.as_string()
    assert reader.links(VICTIM)


REDIRECTING = ["next", "url", "return", "return_to", "redirect", "redirect_uri", "continue", "done", "to"]


def test_open_redirect(reader):
    """No answer leads elsewhere, whatever the address or a field says."""
    reader.confirm(VICTIM)
    link = reader.ask_for_link(VICTIM)
    evil = "https://example.net/"
    query = "&".join(f"{name}={evil}" for name in REDIRECTING)
    fields = dict.fromkeys(REDIRECTING, evil)
    paths = [
        *(
            "/",
            "/en",
            "/en/",
            "/subscribe",
            "/subscribe/",
            "/manage/",
            "//example.net/",
            "//example.net/subscribe/",
        ),
        *(
            "/%2f%2fexample.net/",
            "/\\example.net/",
            "/en//example.net/",
            "/en/\\example.net",
            "/https://example.net/",
        ),
        *("/%5cexample.net", "/%09/example.net", "/.//example.net/", "/en/..//example.net", f"{link}/", link),
    ]
    answers = [reader.ask.get(f"{path}?{query}", headers=[("referer", evil)]) for path in paths]
    form = {**reader.ask.get(link).form("/pause"), "weeks": "4"}
    reader.clock.wait(seconds=5)
    answers.append(reader.ask.post(f"{link}/pause?{query}", {**form, **fields}, headers=[("referer", evil)]))
    answers.append(reader.subscribe("other@example.com", **fields))
    for answer in answers:
        assert answer.status < 500
        if (location := answer.header("location")) is not None:
            assert location.startswith(URL) or re.match(r"(/(?![/\\])|[\w.?])", location), location
            assert "example.net" not in location
        if answer.status == 200:
            assert "example.net" not in answer.text
