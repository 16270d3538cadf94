"""Who makes a list: `init`, `serve`, `subscribers add` and `import`. Every other command says that there is none."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.newsletter import main
from generator.subscribers.store.database import open_database
from generator.subscribers.store.keys import Keys
from tests.clocks import STOPPED
from tests.subscribers.conftest import make_database
from tests.web.running import run_service

__all__ = ["make_database"]

KEYS = Keys(("k" * 43,))
SAMPLE = Path(__file__).parents[2] / "sample"
OTHERS = [
    "send",
    "send 2026-W46 --now",
    "send 2026-W46 --dry-run",
    "resume 2026-W48",
    "retry 2026-W48 --in-doubt --yes",
    "withdraw 2026-W48 --yes",
    "status",
    "status --json",
    "report 2026-W48",
    "explain reader@example.org",
    "backup var/copy.db",
    "receive --held show",
    "subscribers list",
    "subscribers show reader@example.org",
    "subscribers export",
    "subscribers export --output out.csv",
    "subscribers remove reader@example.org",
    "subscribers erase reader@example.org --yes",
]


def _make_another(path: Path) -> None:
    """A database in which somebody has begun, with a write-ahead log as ours."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.commit()


PLACES: dict[str, Callable[[Path], object]] = {
    "does not exist": lambda path: None,
    "is an empty file": lambda path: path.touch(),
    "is a database without its tables": _make_another,
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NEWSLETTER_DATABASE", "NEWSLETTER_KEYS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NEWSLETTER_MAIL", "maildir:var/mail")
    root = tmp_path / "project"
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(SAMPLE / name, root / name)
    monkeypatch.chdir(root)
    return root


def run(root: Path, *words: str, content: str = "") -> Result:
    args = ["--root", str(root), *words]
    return CliRunner().invoke(main, args, obj=STOPPED, input=content, catch_exceptions=False)


def photograph(root: Path) -> dict[Path, str]:
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in root.rglob("*")
    }


# --- Who does not ---


@pytest.mark.parametrize("command", OTHERS)
@pytest.mark.parametrize("place", PLACES)
def test_who_needs_a_list_says_that_there_is_none_and_leaves_no_file(
    root: Path, command: str, place: str
) -> None:
    (root / "var").mkdir()
    path = root / "var/newsletter.db"
    PLACES[place](path)
    before = photograph(root)
    result = run(root, *command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: there is no list of subscribers: {path} {place}; run `newsletter init` to create it, or set "
        "NEWSLETTER_DATABASE to another location\n"
    )
    assert photograph(root) == before


def test_a_folder_that_is_not_there_is_not_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_DATABASE", "sqlite:///mounted/volume/newsletter.db")
    before = photograph(root)
    result = run(root, "subscribers", "list")
    assert result.exit_code == 1
    assert f"{root}/mounted/volume/newsletter.db does not exist" in result.stderr
    assert photograph(root) == before


@pytest.mark.parametrize(
    "command", ["status", "subscribers list", "send 2026-W46 --dry-run", "backup copy.db"]
)
def test_a_server_without_the_list_is_named_without_its_password(
    root: Path,
    make_database: Callable[[], AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    with make_database() as url:
        before = photograph(root)
        monkeypatch.setenv("NEWSLETTER_DATABASE", url.replace("list@", "list:secret@"))
        result = run(root, *command.split())
        assert result.exit_code == 1
        assert "there is no list of subscribers: postgresql://list:***@/test" in result.stderr
        assert "is a database without its tables; run `newsletter init` to create it" in result.stderr
        monkeypatch.setenv(
            "NEWSLETTER_DATABASE", url.replace("list@", "list:secret@").replace("test", "nothing")
        )
        result = run(root, *command.split())
        assert result.exit_code == 1
        assert (
            ": the server has no such database; create it with createdb first; run `newsletter init`"
            in result.stderr
        )
        assert "secret" not in result.output
        assert photograph(root) == before


def test_a_list_without_its_keys_is_not_given_new_ones(root: Path) -> None:
    """Links in mail that was sent, and who was erased, are known by the old ones only."""
    run(root, "init")
    (root / "var/newsletter.env").unlink()
    for command in ("status", "init", "subscribers add reader@example.org"):
        result = run(root, *command.split())
        assert result.exit_code == 1
        assert f"neither in the environment nor in {root / 'var/newsletter.env'}" in result.stderr
        assert not (root / "var/newsletter.env").exists()


# --- Who does ---


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "command, content",
    [
        ("init", ""),
        ("subscribers add reader@example.org --proof x", ""),
        ("subscribers import - --proof x", "address\nreader@example.org\n"),
    ],
)
def test_these_make_the_list_and_its_keys_and_say_so(
    root: Path, command: str, content: str, place: str
) -> None:
    (root / "var").mkdir()
    PLACES[place](root / "var/newsletter.db")
    result = run(root, *command.split(), content=content)
    assert result.exit_code == 0, result.output
    assert "Created var/newsletter.env with the key of this list" in result.stderr
    assert f"Created a new list: {root / 'var/newsletter.db'}\n" in result.stderr
    assert "On the list: " in run(root, "subscribers", "list").stdout


def test_the_service_makes_them_too(sample: Path) -> None:
    with run_service(sample) as running:
        assert f"Created a new list: {sample / 'var/newsletter.db'}" in running.said
    assert run(sample, "subscribers", "list").exit_code == 0


def test_a_list_that_is_there_stays_as_it_is(root: Path) -> None:
    run(root, "subscribers", "add", "reader@example.org", "--proof", "x")
    result = run(root, "init")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"The list exists already: {root / 'var/newsletter.db'}, with 1 subscriber.\n"


def test_a_list_is_made_in_a_database_of_a_server(
    root: Path, make_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with make_database() as url:
        monkeypatch.setenv("NEWSLETTER_DATABASE", url)
        assert "Created a new list: postgresql://list@/test" in run(root, "init").stderr
        assert "The list exists already: postgresql://list@/test" in run(root, "init").stdout
        assert run(root, "status").exit_code == 0
        monkeypatch.setenv("NEWSLETTER_DATABASE", url.replace("test", "nothing"))
        result = run(root, "init")
        assert result.exit_code == 1
        assert "the server has no such database; create it with createdb first" in result.stderr


def test_what_is_refused_makes_no_list(root: Path) -> None:
    before = photograph(root)
    for command, content in (
        ("subscribers add nobody", ""),
        ("subscribers add reader@example.org --certainty x", ""),
        ("subscribers import - --proof x", "name\nx\n"),
        ("subscribers import nowhere.csv --proof x", ""),
    ):
        assert run(root, *command.split(), content=content).exit_code in {1, 2}
    assert photograph(root) == before


def test_a_dry_run_of_an_import_makes_no_list(root: Path) -> None:
    content = "address\na@example.org\na@example.org\n"
    before = photograph(root)
    result = run(root, "subscribers", "import", "-", "--proof", "x", "--dry-run", content=content)
    assert result.output == (
        "1 subscriber to add, 1 twice in the file.\nOf those to add: 1 confirmed.\nNothing was written.\n"
    )
    assert photograph(root) == before


def test_a_list_of_an_older_version_is_a_list(root: Path) -> None:
    (root / "var").mkdir()
    open_database("sqlite:///var/newsletter.db", KEYS, root).close()
    with closing(sqlite3.connect(root / "var/newsletter.db")) as connection:
        for table in (
            "delivery",
            "master",
            "total",
            "sender",
            "event",
            "mailing",
            "report",
            "stamp",
            "answer",
            "welcome",
            "course",
        ):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE wish DROP COLUMN course")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.commit()
    (root / "var/newsletter.env").write_text(f"NEWSLETTER_KEYS={KEYS}\n")
    assert run(root, "status").stdout.startswith("No letter has been sent yet")
