"""What the environment and `var/newsletter.env` open."""

from pathlib import Path

import pytest

from generator.environment import FILE, find_signer
from generator.errors import SecretError
from generator.settings import read_settings
from tests.delivery.signatures import LETTER, make_key, verify

MAIL = "smtp://user:password@email-smtp.eu-west-1.amazonaws.com:587"
"""A relay that gives each message a Message-ID and a Date of its own."""


def set_up(root: Path, *lines: str) -> None:
    path = root / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")


def test_what_signs_knows_what_the_relay_overwrites(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters, notices and alerts are signed by what this finds."""
    monkeypatch.delenv("NEWSLETTER_MAIL", raising=False)
    settings = sample / "newsletter/settings.toml"
    settings.write_text(
        settings.read_text("utf-8") + '\n[dkim]\nselector = "s1"\ndomain = "example.org"\n', "utf-8"
    )
    set_up(sample, f"NEWSLETTER_MAIL={MAIL}", "NEWSLETTER_DKIM_KEY=var/dkim.pem")
    make_key(sample / "var/dkim.pem")
    signer = find_signer(sample, read_settings(sample))
    assert signer is not None
    signed = signer.sign(LETTER)
    record = signer.write_record("s1").encode()
    assert verify(signed, record)
    assert verify(signed.replace(b"06:00:00", b"06:00:07"), record)
    assert not verify(signed.replace(b"One-Click", b"One-Clack"), record)


def test_a_second_key_comes_from_its_own_variable(sample: Path) -> None:
    settings = sample / "newsletter/settings.toml"
    table = '\n[dkim]\nselector = "s1"\ndomain = "example.org"\ned25519 = "s2"\n'
    settings.write_text(settings.read_text("utf-8") + table, "utf-8")
    set_up(sample, "NEWSLETTER_DKIM_KEY=var/dkim.pem", "NEWSLETTER_DKIM_KEY_ED25519=var/dkim.pem")
    make_key(sample / "var/dkim.pem")
    with pytest.raises(SecretError, match=r"dkim\.pem is not an Ed25519 private key"):
        find_signer(sample, read_settings(sample))
