"""Tokens and addresses travel with links, logs, caches and files."""

import pytest

from tests.web.reading import SITE, URL, Reader, token_of

VICTIM = "victim@example.com"


def pages(reader: Reader) -> list[tuple[str, str]]:
    """Pages of every kind, those with somebody's token too."""
    reader.confirm(VICTIM)
    link = reader.ask_for_link(VICTIM)
    confirm = next(path for path in reader.links(VICTIM) if "/confirm/" in path)
    signed = reader.database.keys.sign("unsubscribe", reader.rows()["subscriber"][0][1])
    return [
        *(("GET", path) for path in ("/subscribe", "/en/subscribe", "/manage", "/nothing", "/health", "/")),
        *(
            ("GET", path)
            for path in (link, f"{link}/data.json", confirm, f"/unsubscribe/{signed}", "/confirm/none")
        ),
        *(("POST", path) for path in ("/subscribe", "/manage", "/nothing", confirm, link)),
        *((method, "/subscribe") for method in ("PUT", "DELETE", "TRACE", "OPTIONS", "HEAD")),
    ]


def test_leaks_of_tokens_to_other_sites(reader):
    """No referrer to others, no cache, no frame, no script, nothing from elsewhere: on every page, of every status."""
    for method, path in pages(reader):
        answer = reader.ask.ask(method, path)
        where = f"{method} {path} {answer.status}"
        # A page without a token names itself to us, and to nobody else: old browsers then say whose form it is.
        policy = "same-origin" if path.endswith(("/subscribe", "/manage")) else "no-referrer"
        assert answer.header("Referrer-Policy") == policy, where
        assert answer.header("Cache-Control") == "no-store", where
        assert answer.header("X-Content-Type-Options") == "nosniff", where
        assert (answer.header("Strict-Transport-Security") or "").startswith("max-age="), where
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in (answer.header("Content-Security-Policy") or "").split(";")
        )
        assert policy["default-src"] == "'none'", where
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", where
        assert set(policy.values()) == {"'none'", "'self'"}, where
        assert answer.header("Server") is None
        if answer.body and (answer.header("content-type") or "").startswith("text/html"):
            page = answer.page
            assert not page.xpath("//script | //style | //*[@style] | //iframe | //@onclick | //@onload"), (
                where
            )
            page.make_links_absolute(f"{URL}{path.lstrip('/')}")
            loaded = [*page.xpath("//link/@href | //img/@src | //form/@action | //source/@srcset")]
            assert not [address for address in loaded if not address.startswith((URL, SITE))], where


def test_leaks_into_the_log(reader, caplog, capsys):
    """What is logged tells what was asked, not by whom or with which link."""
    caplog.set_level("DEBUG", logger="generator")
    asked = pages(reader)
    tokens = [token_of(path.removesuffix("/data.json")) for _, path in asked if len(path) > 30]
    for method, path in asked:
        reader.ask.ask(method, f"{path}?email={VICTIM}")
    reader.subscribe("not an address of victim@example.com")
    said = caplog.text + "".join(capsys.readouterr())
    assert "victim" not in said.lower()
    assert tokens
    assert not [token for token in tokens if token in said]


def test_leaks_of_the_list_to_other_accounts(reader):
    """The file and what SQLite puts beside it are for their owner only."""
    reader.subscribe(VICTIM)
    files = [path for path in reader.folder.iterdir() if path.is_file()]
    assert files
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    assert reader.folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/admin",
            "/docs",
            "/openapi.json",
            "/metrics",
            "/subscribers",
            "/en/subscribers",
            "/var/newsletter.db",
        ),
        *(
            "/assets/",
            "/assets/own.html",
            "/assets/..%2f..%2fnewsletter%2fsettings.toml",
            "/assets/../settings.toml",
            "/assets/..%2f..%2fpyproject.toml",
            "/assets/%2e%2e/%2e%2e/x",
        ),
        *(
            "/assets//etc/passwd",
            "/assets/%00",
            "/assets/service.css%00.png",
            "/assets/..\\..\\x",
            "/.env",
            "/.git/",
        ),
    ],
)
def test_pages_of_operators_are_not_served(reader, path):
    answer = reader.ask.get(path)
    assert answer.status == 404
    assert b"root:" not in answer.body
