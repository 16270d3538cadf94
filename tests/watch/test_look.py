"""A project is looked at from outside, whatever state it is in."""

from pathlib import Path

import pytest

from generator.errors import ContentError
from generator.watch.findings import Kind, Level
from generator.watch.look import look
from tests.watch.knowing import NOON


def test_a_letter_that_was_missed_is_found(project: Path) -> None:
    found, facts = look(project, NOON)
    assert facts
    assert Kind.MISSED in {one.kind for one in found}


def test_a_list_that_is_gone_is_found(project: Path) -> None:
    (project / "var/newsletter.db").unlink()
    (found,), facts = look(project, NOON)
    assert facts is None
    assert (found.kind, found.level, found.command) == (Kind.LIST, Level.CRITICAL, "newsletter doctor")
    assert "newsletter.db does not exist" in found.text


def test_a_list_that_is_no_list_is_found(project: Path) -> None:
    (project / "var/newsletter.db").write_bytes(b"nothing of the kind" * 100)
    (found,), _ = look(project, NOON)
    assert "is not an SQLite database" in found.text


def test_keys_that_are_gone_are_found(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEWSLETTER_KEYS")
    (found,), _ = look(project, NOON)
    assert "NEWSLETTER_KEYS is set neither" in found.text


def test_without_settings_nobody_knows_what_should_be(project: Path) -> None:
    (project / "newsletter/settings.toml").write_text("nothing", "utf-8")
    with pytest.raises(ContentError):
        look(project, NOON)
