"""The secrets of web hooks, and what a letter carries for a relay."""

from pathlib import Path

import pytest

from generator.environment import open_list, read_hooks
from generator.errors import SecretError
from generator.mailing.freeze import Recipe, prepare
from generator.mailing.receive import receive_maildir
from generator.model import Outcome, Week
from generator.subscribers.ledger.reports import add_reports
from tests.clocks import NOW
from tests.delivery import hooks
from tests.delivery.hooks import NAMES
from tests.subscribers.ledger.test_reports import ONE

HEADERS = {
    "postmark": "X-PM-Metadata-letter",
    "brevo": "X-Mailin-custom",
    "resend": "X-Letter",
    "lettermint": "X-LM-Metadata-letter",
}


def test_hooks_are_open_that_have_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert read_hooks(tmp_path) == {}
    for relay, secret in hooks.hooks().items():
        monkeypatch.setenv(relay.variable, secret)
    assert read_hooks(tmp_path) == hooks.hooks()


@pytest.mark.parametrize(
    "name, secret, said",
    [
        ("ses", "my-topic", "NEWSLETTER_HOOK_SES is no topic; expected one like arn:aws:sns:"),
        ("ses", "arn:aws:sns:eu-west-1.example.org:123456789012:letters", "is no topic"),
        ("postmark", "short", "NEWSLETTER_HOOK_POSTMARK has fewer than 16 characters"),
        ("brevo", "fifteen letters", "NEWSLETTER_HOOK_BREVO has fewer than 16 characters"),
        ("resend", "whsec_!", "NEWSLETTER_HOOK_RESEND is no signing secret of Resend"),
    ],
)
def test_what_cannot_be_a_secret_is_refused(tmp_path, monkeypatch, name, secret, said):
    monkeypatch.setenv(hooks.BY_NAME[name].variable, secret)
    with pytest.raises(SecretError, match=said) as caught:
        read_hooks(tmp_path)
    assert secret not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_carries_its_tag_where_the_relay_returns_it(sample, monkeypatch, name):
    monkeypatch.setenv(hooks.BY_NAME[name].variable, hooks.SECRETS[name])
    prepared = prepare(
        Recipe(sample, Week.parse("2026-W47"), NOW, "https://letter.example.org/", looks=False)
    )
    assert prepared.masters
    for master in prepared.masters.values():
        head = master.partition(b"\r\n\r\n")[0].decode()
        lines = [line for line in head.split("\r\n") if line.startswith(tuple(HEADERS.values()))]
        expected = [HEADERS[name]] if name in HEADERS else []
        assert [line.partition(": ")[0] for line in lines] == expected
        assert all("thetagofthiscopystandshere" in line for line in lines)


def test_receive_judges_what_waits(sample, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_KEYS", "k" * 43)
    from generator.environment import make_list  # noqa: PLC0415 (with these keys)

    make_list(sample, lambda _: None).close()
    database = open_list(sample)
    with database.begin() as transaction:
        add_reports(transaction, [ONE])
    database.close()
    (tmp_path / "returns/new").mkdir(parents=True)
    received = receive_maildir(sample, tmp_path / "returns", NOW, lambda _: None)
    assert received.found == {Outcome.KNOWN: 1}
