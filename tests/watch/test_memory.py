"""What is remembered survives a restart, several writers, and a file that somebody has spoilt."""

import json
import os
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from generator.errors import GeneratorError
from generator.watch.memory import FILE, change_memory, note_relay, read_relay
from tests.watch.knowing import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path


def test_the_last_word_of_the_relay_is_kept_with_its_first_moment(root: Path) -> None:
    assert read_relay(root) == ("", None)
    note_relay(root, "", NOON)
    assert not (root / FILE).exists()
    note_relay(root, "smtp://relay.example.org:25 cannot be reached", NOON)
    note_relay(
        root, "smtp://relay.example.org:25 does not accept mail from letter@example.org: 530", NOON + MINUTE
    )
    assert read_relay(root) == (
        "smtp://relay.example.org:25 does not accept mail from the sender 530",
        NOON,
    )
    assert (root / FILE).stat().st_mode & 0o077 == 0
    note_relay(root, "", NOON + 2 * MINUTE)
    assert read_relay(root) == ("", None)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\xff", b'{"relay": 7}', b'{"relay": {"trouble": "x"}}']
)
def test_a_file_that_cannot_be_read_counts_as_forgotten(root: Path, content: bytes) -> None:
    (root / FILE).write_bytes(content)
    assert read_relay(root) == ("", None)
    note_relay(root, "", NOON)


def test_the_first_word_makes_the_folder(tmp_path: Path) -> None:
    """With the keys in the environment and the list on PostgreSQL, nothing else needs it."""
    note_relay(tmp_path, "nobody answers", NOON)
    assert read_relay(tmp_path) == ("nobody answers", NOON)
    assert (tmp_path / FILE).parent.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root makes files for others")
def test_what_root_keeps_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 4321, 4321)
    note_relay(tmp_path, "nobody answers", NOON)
    for path in (tmp_path / FILE, (tmp_path / FILE).parent):
        assert (path.stat().st_uid, path.stat().st_gid) == (4321, 4321)


def test_nobody_overwrites_what_another_keeps(root: Path) -> None:
    def add(name: str) -> None:
        for number in range(20):
            with change_memory(root) as memory:
                memory[f"{name}{number}"] = 1

    threads = [Thread(target=add, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(json.loads((root / FILE).read_text())) == 80


def test_where_nothing_can_be_kept_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(GeneratorError, match=r"var/watch\.json cannot be written"), change_memory(tmp_path):
        pass
