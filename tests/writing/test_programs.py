"""Our own programs, as the editor runs them: a proof, and a check of everything."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from generator.model import Language, Week
from generator.writing.programs import check_all, find_id, send_proof
from generator.writing.refusals import Refusal
from tests.clocks import NOW
from tests.delivery.relays import relaying

NEWEST = Week(2026, 47)


def test_a_proof_goes_through_the_relay_that_is_set_up(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with relaying() as relay:
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{relay.port}")
        send_proof(sample, NEWEST, "editor@example.org")
    sent = [message_from_bytes(mail.message, policy=policy.default) for mail in relay.arrived]
    assert [str(message["To"]) for message in sent] == ["editor@example.org"] * 2


def test_without_a_relay_a_proof_is_a_file_and_that_is_said(sample: Path) -> None:
    with pytest.raises(Refusal, match="no_mail_server"):
        send_proof(sample, NEWEST, "editor@example.org")
    assert len(list((sample / "var/mail/new").iterdir())) == 2


def test_a_relay_that_does_not_answer_is_one_sentence(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with relaying() as relay:
        gone = relay.port
    monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://127.0.0.1:{gone}")
    with pytest.raises(Refusal) as caught:
        send_proof(sample, NEWEST, "editor@example.org")
    assert caught.value.name == "program_failed"
    assert "127.0.0.1" in caught.value.values["reason"]
    assert "\n" not in caught.value.values["reason"]


def test_an_address_is_never_an_option(sample: Path) -> None:
    with pytest.raises(Refusal, match="program_failed"):
        send_proof(sample, NEWEST, "--dry-run")
    assert not (sample / "var/dry-run").exists()


def test_everything_is_checked_and_each_file_leads_to_its_text(sample: Path) -> None:
    path = sample / "newsletter/issues/2026-W47/nl.md"
    path.write_text(
        path.read_text().replace("## Food for action", "Wat een brief! TK.\n\n## Food for action")
    )
    checked = check_all(sample, NOW, Language("nl"))
    file = next(one for one in checked["files"] if one["path"] == "newsletter/issues/2026-W47/nl.md")
    assert file["text"] == "2026-W47"
    assert "“TK” moet nog worden ingevuld" in [problem.message for problem in file["problems"]]
    assert "Vul het in, of haal het weg." in [problem.remedy for problem in file["problems"]]
    assert checked["errors"] > 0


def test_settings_that_cannot_be_read_are_a_problem_like_others(sample: Path) -> None:
    (sample / "newsletter/settings.toml").write_text("nothing\n")
    files = [file["path"] for file in check_all(sample, NOW, Language("nl"))["files"]]
    assert "newsletter/settings.toml" in files


@pytest.mark.parametrize(
    "path, id_",
    [
        ("newsletter/issues/2026-W47/en.md", "2026-W47"),
        ("newsletter/thoughts/referral/who-calls-you.nl.md", "thoughts/referral/who-calls-you"),
        ("newsletter/issues/2026-W47/two-contacts.png", ""),
        ("docs/nl/glossary.md", ""),
        ("newsletter/settings.toml", ""),
    ],
)
def test_the_id_of_a_text_is_known_by_its_file(path: str, id_: str) -> None:
    assert find_id(Path(path)) == id_
