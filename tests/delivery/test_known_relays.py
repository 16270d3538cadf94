"""Relays that many people rent, and what is done about each."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from generator.delivery import known_relays
from generator.delivery.known_relays import check_signature, find_relay, find_replaced, load_relays
from generator.errors import SecretError


@pytest.mark.parametrize(
    "mail, name",
    [
        ("smtps://u:p@email-smtp.eu-west-1.amazonaws.com:465", "Amazon SES"),
        ("smtp://u:p@EMAIL-SMTP-FIPS.us-east-1.amazonaws.com.", "Amazon SES"),
        ("smtp://u:p@email-smtp.eu-west-1.amazonaws.com.example.org", None),
        ("smtp://u:p@email-smtp.a.b.amazonaws.com", None),
        ("smtp://u:p@smtp-broadcasts.postmarkapp.com:587", "Postmark"),
        ("ses://eu-west-1", "Amazon SES (API)"),
        ("lettermint://lm_x@api.lettermint.co/news", "Lettermint"),
        ("resend://re_x@", "Resend (API)"),
        ("resend+smtps://re_x@smtp.resend.com", "Resend"),
        ("smtp://localhost:25", None),
        ("maildir:var/mail", None),
        ("smtp://[::1", None),
        ("", None),
    ],
)
def test_a_relay_is_known_by_its_host(mail: str, name: str | None) -> None:
    found = find_relay(mail)
    assert (found.name if found else None) == name


def test_what_a_relay_replaces_is_not_signed() -> None:
    assert {"message-id", "date"} <= find_replaced("smtps://u:p@email-smtp.eu-west-1.amazonaws.com")
    assert find_replaced("smtp://relay.example.org") == frozenset()


def test_a_signature_of_ours_is_refused_where_the_relay_signs() -> None:
    check_signature("smtps://u:p@email-smtp.eu-west-1.amazonaws.com")
    with pytest.raises(
        SecretError, match=r"has a table \[dkim\], and Amazon SES \(API\) signs letters itself"
    ):
        check_signature("ses://eu-west-1")


def test_every_row_says_where_it_was_read() -> None:
    path = Path(known_relays.__file__).with_name("known_relays.toml")
    rows = tomllib.loads(path.read_text("utf-8"))["relay"]
    hosts = [host for row in rows for host in row.get("hosts", ())]
    assert len(set(hosts)) == len(hosts)
    assert len(rows) == len(load_relays())
    for row in rows:
        assert row.keys() <= {
            "name",
            "hosts",
            "scheme",
            "spf",
            "replaces",
            "signs",
            "advice",
            "source",
            "checked",
        }
        assert row["source"].startswith("https://")
        assert isinstance(row["checked"], date)
        assert row["advice"].endswith(".")
        assert all(name == name.lower() for name in row.get("replaces", ()))
