"""`newsletter doctor`: each thing that a letter needs, on a line, with what to do."""

import re
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.cli.newsletter import main
from generator.cli.newsletter.doctor import show_examination
from generator.doctor.names import Names
from generator.model import NewSubscriber
from generator.model.subscribers import Status
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from tests.clocks import STOPPED
from tests.delivery.nameservers import naming
from tests.delivery.relays import HOST, relaying
from tests.languages import LANGUAGES, NL

NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
KEYS = Keys(("k" * 43,))
RELAY = "smtp://user:hush@127.0.0.1:9"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEYS", "DATABASE", "MAIL", "DKIM_KEY"):
        monkeypatch.delenv(f"NEWSLETTER_{name}", raising=False)


def tell(root: Path, capsys: pytest.CaptureFixture[str], names: Names | None = None) -> tuple[int, str]:
    """The number of errors, and what is said, on one line each."""
    errors = show_examination(root, NOW, "", names)
    return errors, " ".join(capsys.readouterr().out.split())


def set_up(root: Path) -> None:
    """Settings, keys and a list as somebody has them who sends letters."""
    path = root / "newsletter/settings.toml"
    text = path.read_text("utf-8").replace("example.org", "brief.nl").replace("Example Street", "Straat")
    service = '[service]\nurl = "https://aanmelden.brief.nl/"\n'
    bounces = 'bounces = "bounce@brief.nl"\nunsubscribe'
    path.write_text(text.replace("unsubscribe", bounces, 1).replace("[nl]", f"{service}[nl]"), "utf-8")
    (root / "var").mkdir()
    (root / "var/newsletter.env").write_text(f"NEWSLETTER_KEYS={KEYS}\n")
    (root / "var/newsletter.env").chmod(0o600)
    with closing(open_database("sqlite:///var/newsletter.db", KEYS, root)) as database:
        drafts = [NewSubscriber("reader@example.com", NL, (), Status.CONFIRMED, NOW, NOW)]
        with database.begin() as transaction:
            add_many(transaction, drafts)


def test_it_only_looks(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(sample.rglob("*"))
    errors, said = tell(sample, capsys)
    assert sorted(sample.rglob("*")) == before
    assert errors == 3
    assert "error settings still the example values: site.url, sender.address," in said
    assert "error service not set" in said
    assert (
        f"error list not found: {sample / 'var/newsletter.db'} does not exist → Run `newsletter init`" in said
    )
    assert "warning relay none; mail is written to maildir:" in said
    assert said.endswith("3 errors, 3 warnings. The DNS was not queried: add --online.")


def test_it_has_nothing_to_say_where_all_is_well(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    set_up(sample)
    with relaying() as relay, naming({}) as names:
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{relay.port}")
        errors, said = tell(sample, capsys)
        assert errors == 0
        assert "ok list " in said
        assert "of the tables" in said
        assert "1 confirmed of 1" in said
        assert "ok envelope mail from bounce@brief.nl is accepted" in said
        assert "ok headers the headers of the letter of 2026-W47 are correct" in said
        assert "error" not in said.removesuffix("newsletter doctor --online").replace("0 errors", "")
        errors, said = tell(sample, capsys, names)
        assert errors == 3
        assert "error spf brief.nl has no SPF record" in said
        assert "warning dkim the DKIM selector is not known" in said
        assert "DNS was not asked" not in said
    assert relay.arrived == []


@pytest.mark.parametrize(
    "lines, said",
    [
        ("", "error keys not found; the links in mail are signed with the keys of this list"),
        ("NEWSLETTER_KEYS=short", "error list NEWSLETTER_KEYS: key 1 of 1 is not valid"),
        (f"NEWSLETTER_KEYS={KEYS}\nNEWSLETTER_DATABASE=sqlite:///var/other.db", "error list not found:"),
        (
            f"NEWSLETTER_KEYS={KEYS}\nNEWSLETTER_DATABASE=mysql://x",
            "error list NEWSLETTER_DATABASE names mysql",
        ),
        (
            f"NEWSLETTER_KEYS={KEYS}\nNEWSLETTER_DATABASE=:",
            "error list NEWSLETTER_DATABASE names something else",
        ),
        ("NEWSLETTER_MAIL=ftp://x", "error relay NEWSLETTER_MAIL names 'ftp'"),
        ("NEWSLETTER_DKIM_KEY=var/none.pem", "error secrets NEWSLETTER_DKIM_KEY is set, but"),
        (f"NEWSLETTER_MAIL={RELAY}", "error relay smtp://127.0.0.1:9 cannot be reached: Connection refused"),
        (
            f"NEWSLETTER_MAIL={RELAY}\nNEWSLETTER_MAIL_FALLBACK=smtp://127.0.0.1:7",
            "error relay smtp://127.0.0.1:7 cannot be reached: Connection refused",
        ),
        (
            f"NEWSLETTER_MAIL={RELAY}\nNEWSLETTER_MAIL_FALLBACK=ftp://x",
            "smtps://user:password@host:465 → Correct NEWSLETTER_MAIL_FALLBACK.",
        ),
    ],
)
def test_what_is_in_the_way_is_one_line_and_no_secret(
    sample: Path, capsys: pytest.CaptureFixture[str], lines: str, said: str
) -> None:
    set_up(sample)
    (sample / "var/newsletter.env").write_text(lines)
    errors, found = tell(sample, capsys)
    assert errors >= 1
    assert said in found
    assert "hush" not in found
    assert str(KEYS) not in found


def test_a_key_that_others_can_read_is_told(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(sample)
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text("utf-8") + '[dkim]\nselector = "s1"\ndomain = "brief.nl"\n', "utf-8")
    assert (
        "must name the file with the private key → Set NEWSLETTER_DKIM_KEY to the file"
        in tell(sample, capsys)[1]
    )
    key = sample / "var/key.pem"
    subprocess.run(["openssl", "genrsa", "-out", key, "1024"], capture_output=True, check=True)
    with (sample / "var/newsletter.env").open("a") as file:
        file.write("NEWSLETTER_DKIM_KEY=var/key.pem\n")
    key.chmod(0o644)
    assert "key.pem has mode 644, so other users can read it → Run `chmod 600" in tell(sample, capsys)[1]
    key.chmod(0o600)
    assert "key.pem is readable by its owner only" in tell(sample, capsys)[1]


def test_it_ends_with_1_when_a_letter_could_not_leave(sample: Path) -> None:
    result = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), "doctor"])
    assert result.exit_code == 1
    assert "error    list         not found" in result.output
    # Of a project whose own path is short.
    assert max(map(len, result.output.replace(str(sample), "/project").splitlines())) <= 120


def test_what_is_wrong_with_a_text_is_its_last_answer_and_not_its_end(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(sample)
    for language in LANGUAGES:
        (sample / f"newsletter/issues/2026-W45/{language}.md").write_text("nothing", encoding="utf-8")
    with relaying() as relay:
        monkeypatch.setenv("NEWSLETTER_MAIL", f"smtp://{HOST}:{relay.port}")
        assert tell(sample, capsys)[0] == 0, "that letter is none of this week's"
        for language in LANGUAGES:
            (sample / f"newsletter/issues/2026-W47/{language}.md").write_text("nothing", encoding="utf-8")
        errors, said = tell(sample, capsys)
    assert errors == 1
    assert "ok envelope" in said
    assert re.search(
        r"timer .+ error letter 2 problems → Run `generate check 2026-W47` to list them. 1 error,", said
    )


def test_a_week_that_is_skipped_is_well(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_up(sample)
    path = sample / "newsletter/settings.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("feed_issues", 'skip = ["2026-W47"]\nfeed_issues', 1), encoding="utf-8")
    (sample / "newsletter/issues/2026-W45/nl.md").write_text("nothing", encoding="utf-8")
    said = tell(sample, capsys)[1]
    assert "ok letter none: newsletter/settings.toml skips 2026-W47" in said


def test_whoever_sends_to_many_hears_of_it(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(sample)
    monkeypatch.setattr("generator.doctor.machine.MANY", 0)
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    words = ("--root", str(sample), "send", "2026-W45", "--now", "--without-git")
    result = CliRunner().invoke(main, obj=STOPPED, args=words)
    assert result.exit_code == 0, result.output
    assert "More than 0 readers: run `newsletter doctor --online` to see" in result.output
    assert "doctor" not in CliRunner().invoke(main, obj=STOPPED, args=words).output, "once is enough"
