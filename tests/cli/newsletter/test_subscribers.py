"""`newsletter subscribers`, `newsletter backup` and `newsletter keys`, as an operator uses them."""

import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.errors import PublishError
from generator.files import create_file
from tests.clocks import STOPPED
from tests.subscribers.workbooks import write_workbook

NEWSLETTER = str(Path(sys.executable).with_name("newsletter"))
PROOF = ("--proof", "Binder 2026")


@pytest.fixture(scope="session")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an empty list; only what these commands look at is in it."""
    root = tmp_path_factory.mktemp("project")
    sample = Path(__file__).parents[2] / "sample"
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(sample / name, root / name)
    run(root, "init")
    return root


@pytest.fixture
def root(_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_KEYS", "NEWSLETTER_MAIL"):
        monkeypatch.delenv(name, raising=False)
    return shutil.copytree(_project, tmp_path / "project")


def run(root: Path, *arguments: str, content: str | bytes | None = None) -> Result:
    return CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), *arguments], input=content, catch_exceptions=False
    )


def subscribers(root: Path, *arguments: str, content: str | bytes | None = None) -> str:
    """What the command says when all goes well."""
    done = run(root, "subscribers", *arguments, content=content)
    assert done.exit_code == 0, done.output
    return done.output


def keys_in(root: Path) -> list[str]:
    [line] = [line for line in (root / "var/newsletter.env").read_text().splitlines() if "KEYS" in line]
    return line.partition("=")[2].split(",")


def mails(root: Path) -> list[str]:
    connection = sqlite3.connect(root / "var/newsletter.db")
    found = [notice for (notice,) in connection.execute("SELECT notice FROM outbox")]
    connection.close()
    return found


# --- add, list, show ---


def test_without_proof_somebody_is_asked_by_mail(root: Path) -> None:
    assert "gets a confirmation mail" in subscribers(root, "add", "Reader@EXAMPLE.org")
    assert "Reader@example.org  nl        unconfirmed" in subscribers(root, "list")
    assert mails(root) == ["confirm"]


@pytest.mark.parametrize(
    "mail, said",
    [
        (
            "",
            "This is a trial: `newsletter serve` writes the mail to {root}/var/mail/new, and sends nothing.",
        ),
        (
            "maildir:/tmp/box",
            "This is a trial: `newsletter serve` writes the mail to /tmp/box/new, and sends nothing.",
        ),
        ("smtp://127.0.0.1:1", "`newsletter serve` sends the mail while it runs."),
        ("nonsense", "`newsletter serve` sends the mail while it runs."),
    ],
)
def test_where_mail_will_be_is_told_by_who_asks_for_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, mail: str, said: str
) -> None:
    monkeypatch.setenv("NEWSLETTER_MAIL", mail)
    said = said.format(root=root)
    added = subscribers(root, "add", "a@example.org")
    assert added == f"a@example.org gets a confirmation mail. {said}\n"
    asked = subscribers(root, "import", "-", "--ask", content="address\nb@example.org\n")
    assert asked.endswith(f"\n{said}\n")
    subscribers(root, "add", "c@example.org", *PROOF)
    removed = subscribers(root, "remove", "c@example.org", "--goodbye")
    assert removed == f"c@example.org gets no more letters. They get a confirmation by mail. {said}\n"
    # Who never confirmed gets no goodbye.
    assert (
        subscribers(root, "remove", "a@example.org", "--goodbye") == "a@example.org gets no more letters.\n"
    )


def test_with_proof_somebody_is_confirmed_at_once(root: Path) -> None:
    said = subscribers(
        root, "add", "reader@example.org", *PROOF, "--language", "en", "--certainty", "referral"
    )
    assert said == "reader@example.org is on the list, confirmed by: Binder 2026\n"
    assert re.search(
        r"reader@example.org  en +confirmed +\d{4}-\d\d-\d\d  referral", subscribers(root, "list")
    )
    assert mails(root) == []


def test_texts_that_are_being_written_keep_nobody_from_the_list(root: Path) -> None:
    (root / "docs/nl/certainties/referral.md").write_text("---\ntitle: [\n", encoding="utf-8")
    (root / "newsletter/evidence.yaml").write_text("- [", encoding="utf-8")
    (root / "newsletter/settings.toml").write_text("[", encoding="utf-8")
    subscribers(root, "add", "a@example.org", *PROOF, "--certainty", "referral")
    content = "address,certainties\nb@example.org,referral revenue\n"
    assert subscribers(root, "import", "-", *PROOF, content=content) == f"1 subscriber added.\n{CONFIRMED}"
    assert "2 confirmed" in subscribers(root, "list")


def test_who_is_on_the_list_is_not_added_again(root: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    done = run(root, "subscribers", "add", "READER@example.org")
    assert done.exit_code == 1
    assert "Error: READER@example.org is already on the list: confirmed" in done.output


def test_who_was_erased_comes_back_by_their_own_hand_only(root: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    subscribers(root, "erase", "reader@example.org", "--yes")
    done = run(root, "subscribers", "add", "reader@example.org", *PROOF)
    assert done.exit_code == 1
    assert "was erased, so only this person can subscribe it again" in done.output
    assert "gets a confirmation mail" in subscribers(root, "add", "reader@example.org")


@pytest.mark.parametrize(
    "command",
    [
        "subscribers add",
        "subscribers show",
        "subscribers remove",
        "subscribers erase",
        "send --to",
        "explain",
    ],
)
def test_what_is_no_address_is_named(root: Path, command: str) -> None:
    done = run(root, *command.split(), "reader.example.org")
    assert done.exit_code == 1
    assert "Error: “reader.example.org” has no @; an address looks like name@example.org\n" in done.output


def test_a_certainty_that_does_not_exist_is_refused_with_those_that_do(root: Path) -> None:
    done = run(root, "subscribers", "add", "reader@example.org", "--certainty", "luck")
    assert done.exit_code == 2
    assert "unknown certainty luck; expected one of" in done.output
    assert "referral" in done.output


def test_the_table_is_short_and_says_that_there_is_more(root: Path) -> None:
    content = "address,status\n" + "".join(f"r{number}@example.org,bounced\n" for number in range(3))
    subscribers(root, "import", "-", content=content)
    said = subscribers(root, "list", "--limit", "2", "--status", "bounced")
    assert "r1@example.org" in said
    assert "r2@example.org" not in said
    assert "Only the first 2 are shown. For more, use --limit" in said
    assert said.endswith("On the list: 3 bounced.\n")
    assert "--limit" not in subscribers(root, "list", "--limit", "3")
    assert subscribers(root, "list", "--language", "en") == "On the list: 3 bounced.\n"


def test_all_that_is_kept_about_somebody_is_shown(root: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    said = subscribers(root, "show", "READER@example.org")
    assert "status: confirmed" in said
    assert re.search(r"– step: added; at: [^;]+Z; source: Binder 2026", said)
    found = json.loads(subscribers(root, "show", "reader@example.org", "--json"))
    assert found["subscriber"]["consents"][0]["source"] == "Binder 2026"


def test_the_course_goes_in_and_out_and_is_shown(root: Path) -> None:
    proof = [
        {"step": "confirmed", "at": "2026-11-20T06:00:00Z", "source": "https://letter.example.org/confirm"}
    ]
    person = {"address": "r@example.org", "status": "confirmed", "consents": proof}
    course = {"course": "running", "course_step": 3, "course_due": "2026-12-08"}
    subscribers(root, "import", "-", content=json.dumps([person | course]))
    said = subscribers(root, "show", "r@example.org")
    assert "course:\n    – state: running; step: 3; due: 2026-12-08; changed: " in said
    header, row = subscribers(root, "export").splitlines()
    assert header.endswith(",course,course_step,course_due")
    assert row.endswith(",running,3,2026-12-08")
    wrong = row.replace(",running,3,", ",running,9,")
    done = run(root, "subscribers", "import", "-", content=f"{header}\n{wrong}\n")
    said = "standard input:2: “r@example.org”: course_step is “9”; expected the number of the next lesson"
    assert said in done.output


def test_the_wording_that_was_agreed_to_is_shown(root: Path) -> None:
    consent = {
        "step": "confirmed",
        "at": "2026-01-01",
        "source": "x",
        "wording": {"language": "nl", "text": "Ja."},
    }
    subscribers(root, "import", "-", content=json.dumps({"address": "r@example.org", "consents": [consent]}))
    assert "wording: “Ja.” (nl)" in subscribers(root, "show", "r@example.org")


def test_nothing_kept_is_said_and_so_is_a_hash(root: Path) -> None:
    done = run(root, "subscribers", "show", "reader@example.org")
    assert (done.exit_code, done.output) == (1, "Error: nothing is stored about reader@example.org\n")
    subscribers(root, "add", "reader@example.org", *PROOF)
    subscribers(root, "erase", "reader@example.org", "--yes")
    said = subscribers(root, "show", "reader@example.org")
    assert "reader@example.org: not on the list" in said
    assert "erasures (under a hash)" in said


# --- remove, erase ---


@pytest.mark.parametrize("options, sent", [([], []), (["--goodbye"], ["goodbye"])])
def test_a_removed_subscriber_is_told_only_when_asked(
    root: Path, options: list[str], sent: list[str]
) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    assert "gets no more letters" in subscribers(root, "remove", "reader@example.org", *options)
    assert "status: unsubscribed" in subscribers(root, "show", "reader@example.org")
    assert mails(root) == sent
    assert "Nothing to do" in subscribers(root, "remove", "reader@example.org", *options)


@pytest.mark.parametrize("command", [["remove"], ["erase", "--yes"]])
def test_who_is_not_on_the_list_cannot_leave_it(root: Path, command: list[str]) -> None:
    done = run(root, "subscribers", *command, "reader@example.org")
    assert (done.exit_code, done.output) == (1, "Error: reader@example.org is not on the list\n")


def test_erasing_asks_first(root: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    done = run(root, "subscribers", "erase", "reader@example.org", content="n\n")
    assert done.exit_code == 1
    assert "This cannot be undone." in done.output
    assert "reader@example.org" in subscribers(root, "list")
    assert "is erased" in subscribers(root, "erase", "reader@example.org", content="y\n")
    assert subscribers(root, "list") == "On the list: nobody.\n"


# --- import, export ---

CONFIRMED = "Of those added: 1 confirmed.\n"


def test_a_list_moves_through_a_file_without_loss(root: Path, tmp_path: Path) -> None:
    subscribers(root, "add", "a@example.org", *PROOF, "--certainty", "referral")
    subscribers(root, "add", "b@example.org")
    for form in ("csv", "json"):
        file = tmp_path / f"list.{form}"
        assert subscribers(root, "export", "--format", form, "--output", str(file)).endswith(
            ": 2 subscribers.\n"
        )
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert run(root, "subscribers", "export", "--format", form).stdout_bytes == file.read_bytes()
        (root / "var/newsletter.db").unlink()
        made = f"Created a new list: {root / 'var/newsletter.db'}\n"
        assert subscribers(root, "import", str(file)) == (
            f"{made}2 subscribers added.\nOf those added: 1 confirmed, 1 unconfirmed.\n"
        )
        assert run(root, "subscribers", "export", "--format", form).stdout_bytes == file.read_bytes()
    assert "b@example.org" not in subscribers(root, "export", "--status", "confirmed", "--language", "nl")


def test_an_export_that_cannot_be_written_leaves_what_was_there(root: Path, tmp_path: Path) -> None:
    done = run(root, "subscribers", "export", "--output", str(tmp_path / "nowhere/list.csv"))
    assert done.exit_code == 1
    assert "nowhere/list.csv cannot be written: No such file or directory" in done.output


def test_a_full_disk_is_said(root: Path) -> None:
    """/dev/full takes nothing, as a full disk."""
    done = run(root, "subscribers", "export", "--output", "/dev/full")
    assert (done.exit_code, done.output) == (
        1,
        "Error: /dev/full cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["subscribers export", "subscribers list", "keys --help", "--help"])
def test_output_that_cannot_be_written_is_an_error(words: str, unbuffered: str, root: Path) -> None:
    """Python tries to write it again at the end of the program, and must not report that as well."""
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [NEWSLETTER, "--root", root, *words.split()],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "Error: standard output cannot be written: No space left on device\n"


def test_a_device_is_written_to_and_not_replaced(root: Path, tmp_path: Path) -> None:
    """A pipe, /dev/stdout, whatever it leads to: no device becomes a file."""
    command = f"{NEWSLETTER} --root {root} subscribers export --output"
    for output in ("-", "/dev/stdout"):
        readers = tmp_path / "readers.csv"
        readers.write_text("before\n")
        subprocess.run(["sh", "-c", f"{command} {output} >> {readers}"], check=True)
        assert readers.read_text().startswith("before\naddress,")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o644)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        subscribers(root, "export", "--output", str(pipe))
        assert reader.communicate(timeout=30)[0].startswith(b"address,")
    assert pipe.is_fifo()
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644
    done = run(root, "backup", str(pipe))
    assert (done.exit_code, done.output) == (
        1,
        f"Error: {pipe} is not a file; choose another name for the copy\n",
    )


@pytest.mark.parametrize("proof", ["", "  ", "a\nb", "\x1b[2J", "\udce9"])
def test_proof_is_words(root: Path, proof: str) -> None:
    for command in (["add", "reader@example.org"], ["import", "-"]):
        done = run(root, "subscribers", *command, "--proof", proof, content="address\n")
        assert done.exit_code == 2
        assert "--proof takes one line of text" in done.output


def test_rows_that_are_not_taken_are_listed_and_end_with_1(root: Path, tmp_path: Path) -> None:
    file, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"
    bad = "".join(f"=bad{number}\n" for number in range(25))
    file.write_bytes(f"address\ngood@example.org\n{bad}".encode() + b"E\xe9n\n")
    done = run(root, "subscribers", "import", str(file), *PROOF, "--rejects", str(rejects))
    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"{file}:3: “=bad0”: address has no @; ")
    assert lines[-1] == f"… and 6 more; all of them are in {rejects}."
    assert len(lines) == 21
    assert done.stdout == f"1 subscriber added, 26 rejected.\n{CONFIRMED}"
    assert stat.S_IMODE(rejects.stat().st_mode) == 0o600
    assert rejects.read_text().splitlines()[:2] == [
        "line,address,problem",
        f"3,'=bad0,{lines[0].split('”: ')[1]}",
    ]
    done = run(root, "subscribers", "import", str(file), *PROOF)
    assert done.stderr.endswith("… and 6 more; to keep all of them, add --rejects FILE.\n")


def test_a_dry_run_says_what_would_happen(root: Path) -> None:
    said = subscribers(
        root, "import", "-", "--ask", "--dry-run", content="email\na@example.org\na@example.org\n"
    )
    assert said == (
        "1 subscriber to add (1 with a confirmation mail), 1 twice in the file.\n"
        "Of those to add: 1 unconfirmed.\nNothing was written.\n"
    )
    said = subscribers(root, "import", "-", "--ask", content="email\na@example.org\n")
    assert said.endswith(
        f"`newsletter serve` writes the mail to {root / 'var/mail/new'}, and sends nothing.\n"
    )
    assert mails(root) == ["confirm"]


def test_a_workbook_is_read_like_csv_and_names_its_sheet_and_rows(root: Path, tmp_path: Path) -> None:
    file, people = (
        tmp_path / "club.xlsx",
        [["Onze leden"], ["mail", "Status"], ["a@example.org", "Unsubscribed"]],
    )
    file.write_bytes(write_workbook(people, Oud=[["email"], ["b@example.org"]]))
    done = run(root, "subscribers", "import", str(file))
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"{file} has 2 sheets: “Blad1”, “Oud”; say which to read with --sheet NAME" in done.stderr
    file.write_bytes(write_workbook([*people, ["b@", "confirmed"]]))
    done = run(root, "subscribers", "import", str(file), "--column", "email=mail", "--sheet", "blad1")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{file}, sheet “Blad1”, row 4: “b@”: address ")
    assert done.stdout == (
        "The column names are in row 2 of the sheet “Blad1”; the rows above were not read.\n"
        "1 subscriber added, 1 rejected.\nOf those added: 1 left there (unsubscribed).\n"
    )


def test_what_another_service_kept_and_we_do_not_is_said(root: Path) -> None:
    content = (
        "email,active_subscription,expiry,plan,email_disabled,created_at\na@example.org,false,,other,false,\n"
    )
    said = subscribers(root, "import", "-", *PROOF, "--from", "substack", content=content)
    assert (
        said == f"1 subscriber added.\n{CONFIRMED}"
        "Not imported from Substack: names, plans and payments, reading and sharing.\n"
    )


@pytest.mark.parametrize(
    "arguments, content, problem",
    [
        (["-"], b"", "standard input is empty"),
        (["-"], b"PK\x03\x04", "standard input is damaged, or not complete"),
        (["-"], b"name\nx\n", "standard input has no column that is known to hold addresses"),
        (["nowhere.csv"], b"", "nowhere.csv cannot be read: No such file or directory"),
        (["-", "--rejects", "/nowhere/x.csv"], b"address\n", "/nowhere/x.csv cannot be written"),
        (
            ["-", "--rejects", "/dev/full"],
            b"address\n",
            "/dev/full cannot be written: No space left on device",
        ),
    ],
)
def test_a_file_that_cannot_be_read_at_all(
    root: Path, arguments: list[str], content: bytes, problem: str
) -> None:
    done = run(root, "subscribers", "import", *arguments, content=content)
    assert done.exit_code == 1
    assert problem in done.stderr


def test_a_file_that_breaks_off_says_how_far_it_got(root: Path) -> None:
    """The surrogate at the end of this UTF-16 has no other half."""
    content = "address\na@example.org\n".encode("utf-16") + b"\x00\xd8"
    done = run(root, "subscribers", "import", "-", *PROOF, content=content)
    assert done.exit_code == 1
    assert "Not finished: the file was imported up to line 0." in done.stderr
    assert "standard input is not UTF-16 after line" in done.stderr


GHOST = (
    "id,email,name,note,subscribed,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n"
    "1,in@example.org,In,,true,false,,2024-01-02T10:00:00.000Z,,,\n"
    "2,left@example.org,Uit,,false,false,,2024-01-02T10:00:00.000Z,,,\n"
)


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--rejects", "{tmp}/rejects.csv"), ("--from", "ours")])
def test_a_file_with_columns_that_are_not_known_is_refused_whole(
    root: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    file = tmp_path / "ghost.csv"
    file.write_text(GHOST, encoding="utf-8")
    words = [word.format(tmp=tmp_path) for word in more]
    done = run(root, "subscribers", "import", str(file), *PROOF, *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"Error: {file} has 10 columns that an export of this program does not have; nothing"
    )
    assert "  “subscribed”: “true”  ← may say who unsubscribed\n" in done.stderr
    assert subscribers(root, "list") == "On the list: nobody.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ghost.csv", "project"]


def test_a_column_that_does_not_matter_is_ignored_when_told_so(root: Path) -> None:
    content = "E-mail,Email,Naam \nx,a@example.org,An\n"
    words = ("import", "-", *PROOF, "--ignore", "naam", "--ignore", " E-Mail ")
    assert subscribers(root, *words, content=content) == (
        f"1 subscriber added.\n{CONFIRMED}Ignored columns: “e-mail”, “naam”.\n"
    )
    done = run(
        root,
        "subscribers",
        "import",
        "-",
        *PROOF,
        "--ignore",
        "Afgemeld",
        content="email,afgemeld\nb@example.org,x\n",
    )
    assert done.exit_code == 1
    assert "cannot be read without “afgemeld”, which may say who unsubscribed" in done.stderr
    assert "1 confirmed" in subscribers(root, "list")


CLUB = "Naam;Mail;Lid;Actief\nAn;a@example.org;ja;x\nBo;b@example.org;nee;x\n"


def test_columns_and_values_are_said_by_options(root: Path) -> None:
    words = [
        *("import", "-", *PROOF, "--column", "email=Mail", "--column", "status=Lid"),
        *("--values", "ja=confirmed,nee=unsubscribed", "--ignore", "Naam", "--ignore", "Actief"),
    ]
    done = run(root, "subscribers", *words, content=CLUB)
    assert "cannot be read without “actief”, which may say who unsubscribed" in done.stderr
    assert subscribers(root, *words, "--not-consent", "Actief", content=CLUB) == (
        "2 subscribers added.\nOf those added: 1 confirmed, 1 left there (unsubscribed).\n"
        "Ignored columns: “actief”, “naam”.\n"
    )


@pytest.mark.parametrize(
    "words, problem",
    [
        (["--column", "phone=x"], "--column: expected email, status, left, language or created"),
        (["--values", "x"], "--values: expected VALUE=STATUS"),
        (
            ["--from", "ghost", "--column", "email=x"],
            "--from cannot be used together with --column or --values",
        ),
    ],
)
def test_meanings_that_cannot_be_read_are_refused(root: Path, words: list[str], problem: str) -> None:
    done = run(root, "subscribers", "import", "-", *words, content=CLUB)
    assert done.exit_code == 2
    assert problem in done.output


def type_answers(line: str, *answers: str) -> tuple[int, str]:
    """Type a command on a terminal, and answer its questions."""
    script = shutil.which("script")
    if script is None:
        pytest.skip("there is no script(1) to give a program a terminal")
    done = subprocess.run(
        [script, "-qec", line, "/dev/null"],
        input="".join(f"{answer}\n" for answer in answers),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.replace("\r", "")


def test_on_a_terminal_it_asks_and_prints_the_command_that_says_the_same(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "club.csv"
    more = "".join(f"Cé;r{number}@example.org;ja;x\n" for number in range(12))
    file.write_text(CLUB + more, encoding="utf-8")
    line = f"{NEWSLETTER} --root {root} subscribers import {file} --proof 'forms of 2025'"
    code, said = type_answers(line, "", "mail", "lid", "confirmed", "unsubscribed", "actief", "y", "y")
    assert code == 0, said
    assert "\n  “lid”: “ja”\n  “actief”: “x”  ← may say who unsubscribed\nPrograms whose" in said
    assert "The column “actief” may say who unsubscribed." in said
    printed = next(
        row.strip() for row in said.splitlines() if row.startswith("  newsletter subscribers import")
    )
    assert printed == (
        f"newsletter subscribers import {file} --column email=mail --column status=lid "
        "--values ja=confirmed,nee=unsubscribed --ignore actief --ignore naam --not-consent actief --language nl "
        "--proof 'forms of 2025'"
    )
    assert "\nconfirmed (13): a@example.org, r0@example.org" in said
    assert "r8@example.org …\nunsubscribed (1): b@example.org\n" in said
    assert "14 subscribers added.\nOf those added: 13 confirmed, 1 left there (unsubscribed)." in said
    code, said = type_answers(printed.replace("newsletter", f"{NEWSLETTER} --root {root}", 1))
    assert code == 0, said
    assert "0 subscribers added, 14 already on the list (unchanged)." in said


def test_on_a_terminal_a_column_of_dates_says_who_left(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "club.csv"
    file.write_text("mail;afgemeld op\na@example.org;\nb@example.org;1-2-2024\n")
    line = f"{NEWSLETTER} --root {root} subscribers import {file} --proof x"
    code, said = type_answers(line, "", "", "", "left", "y")
    assert code == 0, said
    assert f"import {file} --column email=mail --column 'left=afgemeld op' --language" in said
    assert "Of those added: 1 confirmed, 1 left there (unsubscribed)." in said


@pytest.mark.parametrize(
    "answers",
    [
        ("", "mail", "-", ""),  # the column “actief” is neither a status nor named again
        ("", "mail", "lid", "confirmed", "unsubscribed", "actief", "n"),
        ("", "mail", "lid", "confirmed", "unsubscribed", "actief", "y", "n"),
    ],
)
def test_who_does_not_agree_imports_nothing(root: Path, tmp_path: Path, answers: tuple[str, ...]) -> None:
    file = tmp_path / "club.csv"
    file.write_text(CLUB, encoding="utf-8")
    code, said = type_answers(f"{NEWSLETTER} --root {root} subscribers import {file} --proof x", *answers)
    assert code == 1, said
    assert subscribers(root, "list") == "On the list: nobody.\n"


def test_a_program_that_wrote_it_can_be_the_answer(root: Path, tmp_path: Path) -> None:
    """A column more than it writes is asked about by itself."""
    file = tmp_path / "kit.csv"
    file.write_text("email_address,state,first\na@example.org,active,A\nb@example.org,cancelled,B\n")
    line = f"{NEWSLETTER} --root {root} subscribers import {file} --proof x"
    code, said = type_answers(line, "kit", "y")
    assert code == 0, said
    assert f"newsletter subscribers import {file} --from kit --language nl --proof x\n" in said
    assert "Of those added: 1 confirmed, 1 left there (unsubscribed)." in said


def test_proof_and_a_question_exclude_each_other(root: Path) -> None:
    done = run(root, "subscribers", "import", "-", "--ask", *PROOF, content="address\n")
    assert done.exit_code == 2
    assert "--proof and --ask cannot be used together" in done.output


def test_ctrl_c_says_how_far_it_got_and_a_second_run_finishes(root: Path) -> None:
    """A real process, interrupted after its first batch."""
    rows = [f"r{number}@example.org\n" for number in range(4500)]
    command = [NEWSLETTER, "--root", str(root), "subscribers", "import", "-", *PROOF]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("".join(["address\n", *rows]).encode())
    process.stdin.flush()
    database = sqlite3.connect(root / "var/newsletter.db")
    deadline = time.monotonic() + 60
    while not database.execute("SELECT count(*) FROM subscriber").fetchone()[0]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, errors = (text.decode() for text in process.communicate(timeout=60))
    database.close()
    assert process.returncode == 130, errors
    assert said == ""
    found = re.search(
        r"Not finished: the file was imported up to line (.+?)\. (.+?) subscribers added\.\nRun it again",
        errors,
    )
    assert found is not None
    line, added = (int(number.replace(",", "")) for number in found.groups())
    assert added in {2000, 4000}
    assert line == added + 1
    again = subscribers(root, "import", "-", *PROOF, content="".join(["address\n", *rows]))
    rest = f"{4500 - added:,}"
    assert again == (
        f"{rest} subscribers added, {added:,} already on the list (unchanged).\n"
        f"Of those added: {rest} confirmed.\n"
    )


def test_a_reader_who_has_seen_enough_is_no_error(root: Path) -> None:
    content = "address,status\n" + "".join(f"r{number}@example.org,bounced\n" for number in range(1000))
    subscribers(root, "import", "-", content=content)
    command = f"{NEWSLETTER} --root {root} subscribers export | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("address,")
    assert done.stderr == ""


def test_a_bar_shows_on_a_terminal_how_far_it_is(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("address\n" + "".join(f"r{number}@example.org\n" for number in range(2500)))
    script = shutil.which("script")
    if script is None:
        pytest.skip("there is no script(1) to give a program a terminal")
    line = f"{NEWSLETTER} --root {root} subscribers import {file} {PROOF[0]} x"
    done = subprocess.run([script, "-qec", line, "/dev/null"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert re.search(r"Importing +\[#+", done.stdout), done.stdout
    assert "100%" in done.stdout


# --- backup ---


def test_a_backup_is_made_and_says_what_is_not_in_it(root: Path, tmp_path: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    done = run(root, "backup", str(tmp_path / "copy.db"))
    assert done.exit_code == 0
    assert re.match(rf"{tmp_path}/copy.db: 1 subscriber, \d\.\d MB, verified\.\n", done.output)
    assert "The back-up does not contain the keys. Keep a copy of var/newsletter.env too" in done.output


# --- Files that are there already ---


WRITERS = {
    "export": ("subscribers", "export", "--output", "{file}.csv"),
    "export as JSON": ("subscribers", "export", "--format", "json", "--output", "{file}.json"),
    "rejects": ("subscribers", "import", "-", "--rejects", "{file}.csv"),
    "rejects of a dry run": ("subscribers", "import", "-", "--dry-run", "--rejects", "{file}.csv"),
    "backup": ("backup", "{file}.db"),
    "report": ("report", "2026-W48", "--output", "{file}.md"),
}
"""What writes a file that a person names."""


@pytest.mark.parametrize("kind", ["file", "link", "link to nothing"])
@pytest.mark.parametrize("words", WRITERS.values(), ids=list(WRITERS))
def test_no_command_writes_over_a_file(root: Path, tmp_path: Path, words: tuple[str, ...], kind: str) -> None:
    words = tuple(word.format(file=tmp_path / "mine") for word in words)
    path, kept = Path(words[-1]), tmp_path / "kept"
    kept.write_text("mine")
    if kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to(kept if kind == "link" else tmp_path / "nowhere")
    before = {found.name for found in tmp_path.iterdir()}
    done = run(root, *words, content="address\nbad\ngood@example.org\n")
    assert (done.exit_code, done.output) == (
        1,
        f"Error: {path} exists already; nothing was written. Choose another name.\n",
    )
    assert kept.read_text() == "mine"
    assert kind == "link to nothing" or path.read_text() == "mine"
    assert {found.name for found in tmp_path.iterdir()} == before
    assert subscribers(root, "list") == "On the list: nobody.\n"


def test_a_file_that_came_while_we_wrote_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"

    def write() -> None:
        with create_file(target) as file:
            file.write(b"ours")
            target.write_text("mine")

    with pytest.raises(PublishError, match="exists already"):
        write()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("list.csv", "mine")]


def test_a_file_that_was_not_finished_is_not_there(tmp_path: Path) -> None:
    def write() -> None:
        with create_file(tmp_path / "list.csv") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words, end",
    [
        (["subscribers", "export", "--output", "readers.txt"], ".csv"),
        (["subscribers", "export", "--output", "readers.json"], ".csv"),
        (["subscribers", "export", "--output", "README"], ".csv"),
        (["subscribers", "export", "--format", "json", "--output", "readers.csv"], ".json"),
        (["subscribers", "import", "-", "--rejects", "rejects.txt"], ".csv"),
        (["backup", "list-2026"], ".db"),
        (["backup", "README.md"], ".db"),
    ],
)
def test_the_name_of_a_file_with_addresses_ends_as_git_expects(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], end: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(root, *words, content="address\n")
    assert done.exit_code == 2
    said = f"the name of the file must end in {end}, so that git ignores it; got “{words[-1]}”\n"
    assert done.output.endswith(said)
    assert not (tmp_path / words[-1]).exists()


# --- keys ---


def test_keys_are_counted_and_never_shown(root: Path) -> None:
    [first] = keys_in(root)
    done = run(root, "keys")
    assert done.output == "var/newsletter.env holds 1 key. The first key signs; all keys are accepted.\n"
    done = run(root, "keys", "--rotate")
    assert "holds 2 keys" in done.output
    assert "Next: restart the service" in done.output
    new, old = keys_in(root)
    assert old == first
    assert not any(key in done.output for key in (new, old))
    assert stat.S_IMODE((root / "var/newsletter.env").stat().st_mode) == 0o600


@pytest.mark.parametrize("words", [["keys"], ["keys", "--rotate"]])
def test_without_a_list_there_are_no_keys_and_none_are_made(root: Path, words: list[str]) -> None:
    shutil.rmtree(root / "var")
    done = run(root, *words)
    assert done.exit_code == 1
    assert done.output.startswith("Error: there is no list of subscribers: ")
    assert "run `newsletter init` to create it" in done.output
    assert not (root / "var").exists()


def test_keys_that_are_gone_are_not_made_again(root: Path) -> None:
    (root / "var/newsletter.env").unlink()
    done = run(root, "keys", "--rotate")
    assert done.exit_code == 1
    assert "restore the file" in done.output
    assert not (root / "var/newsletter.env").exists()


def test_bytes_that_are_no_text_are_named_with_their_line(root: Path) -> None:
    path = root / "var/newsletter.env"
    path.write_bytes(b"# caf\xc3\xa9\n" + path.read_bytes() + b"NEWSLETTER_MAIL=\xe9\n")
    number = len(path.read_bytes().splitlines())
    done = run(root, "keys")
    said = f"Error: {path}:{number}: holds bytes that are not UTF-8; type this line again\n"
    assert (done.exit_code, done.output) == (1, said)


def test_keys_of_the_environment_are_not_ours_to_change(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_KEYS", "e" * 43)
    assert run(root, "keys").output.startswith("NEWSLETTER_KEYS in the environment holds 1 key.")
    done = run(root, "keys", "--rotate")
    assert done.exit_code == 1
    assert "move it to var/newsletter.env" in done.output


def test_who_was_erased_under_an_old_key_stays_erased(root: Path) -> None:
    subscribers(root, "add", "reader@example.org", *PROOF)
    copy = subscribers(root, "export")
    subscribers(root, "erase", "reader@example.org", "--yes")
    run(root, "keys", "--rotate")
    assert "1 erased earlier" in subscribers(root, "import", "-", content=copy)


# --- help ---


def commands(group: click.Group, *names: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += commands(command, *names, name) if isinstance(command, click.Group) else [(*names, name)]
    return found


@pytest.mark.parametrize("names", commands(main), ids=" ".join)
def test_every_command_explains_itself_with_an_example(names: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, obj=STOPPED, args=[*names, "--help"])
    assert done.exit_code == 0
    assert re.search(r"Examples?:\n +newsletter ", done.output)


def test_help_answers_before_a_database_has_loaded() -> None:
    script = "import sys; from generator.cli.newsletter import main; assert 'sqlalchemy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ})


# --- growth ---


def test_growth_is_a_table_of_weeks_and_ways_and_the_same_as_json(root: Path) -> None:
    subscribers(root, "add", "reader@example.org")
    lines = subscribers(root, "growth", "--weeks", "3").splitlines()
    assert lines[0].split("  ")[0] == "week"
    assert lines[0].split()[1:] == [
        "came",
        "left",
        "ended",
        "site",
        "letter",
        "forward",
        "course",
        "import",
        "by",
        "hand",
    ]
    assert len(lines) == 4
    rows = json.loads(subscribers(root, "growth", "--weeks", "3", "--json"))
    assert [row["week"] for row in rows] == [line.split()[0] for line in reversed(lines[1:])]
    assert rows[-1].keys() == {"week", "came", "left", "ended", "origins"}
    assert "example.org" not in json.dumps(rows)
    assert run(root, "subscribers", "growth", "--weeks", "0").exit_code == 2
