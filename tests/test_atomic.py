"""Files are whole at every moment: old or new, never half."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path, PurePosixPath

import pytest

from generator.atomic import STAGING, publish_artifacts, publish_together
from generator.errors import PublishError
from generator.files import link
from generator.model import Artifact


def artifact(path: str, content: bytes | Path = b"new") -> Artifact:
    return Artifact(PurePosixPath(path), content)


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    published = publish_artifacts([artifact("a/b.txt"), artifact("c.txt")], tmp_path / "build")
    assert (tmp_path / "build/a/b.txt").read_bytes() == b"new"
    assert len(published.written) == 2
    assert sorted(path.name for path in (tmp_path / "build").iterdir()) == ["a", "c.txt"]


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """What is right already keeps its time of change, so that nothing is uploaded or rebuilt for it."""
    publish_artifacts([artifact("same"), artifact("other")], tmp_path)
    os.utime(tmp_path / "same", (1, 1))
    published = publish_artifacts([artifact("same"), artifact("other", b"newer")], tmp_path)
    assert (tmp_path / "same").stat().st_mtime == 1
    assert published.written == (tmp_path / "other",)
    assert published.unchanged == 1


def test_a_picture_is_copied_from_its_file(tmp_path: Path) -> None:
    source = tmp_path / "picture.png"
    source.write_bytes(b"pixels")
    picture = [artifact("copy.png", source)]
    assert publish_artifacts(picture, tmp_path / "build").unchanged == 0
    assert (tmp_path / "build/copy.png").read_bytes() == b"pixels"
    assert publish_artifacts(picture, tmp_path / "build").unchanged == 1


def test_a_file_in_the_way_is_named_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"a file")
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(PublishError, match=r"folder.*cannot be written"):
        publish_artifacts([artifact("old"), artifact("folder/x")], tmp_path)
    assert (tmp_path / "old").read_bytes() == b"old"
    assert not list(tmp_path.glob(f"{STAGING}*"))


def read_tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_a_new_folder_and_new_files_are_created_beside_what_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "texts/old").mkdir(parents=True)
    new = [artifact("old/a.md"), artifact("old/b.md"), artifact("week/nl.md"), artifact("week/en.md")]
    published = publish_together({tmp_path / "build": [artifact("x")]}, new={tmp_path / "texts": new})
    assert len(published.written) == 5
    assert read_tree(tmp_path / "texts") == {
        "old": None,
        "old/a.md": b"new",
        "old/b.md": b"new",
        "week": None,
        "week/nl.md": b"new",
        "week/en.md": b"new",
    }
    assert (tmp_path / "build/x").read_bytes() == b"new"


@pytest.mark.parametrize("kind", ["file", "the same file", "folder", "dangling link"])
def test_nothing_is_written_when_a_new_file_exists(tmp_path: Path, kind: str) -> None:
    """Neither that file, nor those beside it, nor anything else of the same call."""
    place = tmp_path / "texts/week/en.md"
    place.parent.mkdir(parents=True)
    if kind == "folder":
        place.mkdir()
    elif kind == "dangling link":
        place.symlink_to("nowhere")
    else:
        place.write_bytes(b"mine" if kind == "file" else b"new")
    before = read_tree(tmp_path)
    with pytest.raises(PublishError) as error:
        publish_together(
            {tmp_path / "build": [artifact("x")]},
            new={tmp_path / "texts": [artifact("week/nl.md"), artifact("week/en.md")]},
        )
    assert str(error.value) == "week/en.md already exists; nothing was written"
    assert read_tree(tmp_path) == before


class Meanwhile(type(Path())):  # Path itself cannot be inherited from before Python 3.12
    """A path where somebody else writes at the same time: when it is read, and just before a file is put there."""

    def read_bytes(self) -> bytes:
        (self.parent / "week").mkdir()
        (self.parent / "week/mine.md").write_bytes(b"mine")
        return b"new"

    def hardlink_to(self, target: Path) -> None:
        if self.name == "b.md":
            self.write_bytes(b"mine")
        super().hardlink_to(target)


def test_a_folder_that_has_come_meanwhile_is_left_alone(tmp_path: Path) -> None:
    new = [Artifact(PurePosixPath("week/nl.md"), Meanwhile(tmp_path / "picture"))]
    with pytest.raises(PublishError) as error:
        publish_together({tmp_path: [artifact("x")]}, new={tmp_path: new})
    assert str(error.value) == "week/nl.md already exists; nothing was written"
    assert read_tree(tmp_path) == {"week": None, "week/mine.md": b"mine"}


def test_a_file_that_has_come_meanwhile_is_left_alone_and_the_others_are_taken_back(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    new = [artifact("week/nl.md"), artifact("old/a.md"), artifact("old/b.md")]
    with pytest.raises(PublishError) as error:
        publish_together({tmp_path: [artifact("x")]}, new={Meanwhile(tmp_path): new})
    assert str(error.value) == "old/b.md already exists; nothing was written"
    assert read_tree(tmp_path) == {"old": None, "old/b.md": b"mine"}


def test_where_there_are_no_links_a_new_file_is_not_written_over_another(tmp_path: Path) -> None:
    """Between two file systems there are none either."""
    other = Path("/dev/shm")  # noqa: S108 (a file system of its own, on Linux)
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system only")
    with tempfile.NamedTemporaryFile(dir=other) as staged:
        Path(staged.name).write_bytes(b"new")
        link(Path(staged.name), tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == b"new"
        (tmp_path / "a").write_bytes(b"mine")
        with pytest.raises(FileExistsError):
            link(Path(staged.name), tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b"mine"


LIMITED = """
import resource, signal, sys
from pathlib import Path, PurePosixPath
from generator.errors import PublishError
from generator.model import Artifact
from generator.atomic import publish_artifacts
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    publish_artifacts(
        [Artifact(PurePosixPath("small"), b"new"), Artifact(PurePosixPath("large"), b"x" * 5000)], Path(sys.argv[1])
    )
except PublishError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_leaves_the_old_files_whole(tmp_path: Path) -> None:
    """The kernel refuses the second file in the middle, as it does on a full disk."""
    (tmp_path / "small").write_bytes(b"old")
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in done.stdout
    assert (tmp_path / "small").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def test_a_folder_that_takes_no_files_is_one_sentence() -> None:
    """Not even root may make a file there."""
    with pytest.raises(PublishError, match=r"/proc/none.* cannot be written: "):
        publish_artifacts([artifact("x")], Path("/proc/none"))


SLOW = """
import itertools, sys
from pathlib import Path, PurePosixPath
from generator.model import Artifact
from generator.atomic import publish_artifacts
folder = Path(sys.argv[1])
for number in itertools.count():
    content = str(number % 10).encode() * 200_000
    publish_artifacts([Artifact(PurePosixPath(f"{name}.txt"), content) for name in range(20)], folder)
    if number == 0:
        print("ready", flush=True)
"""


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("delay", [0.0, 0.013, 0.037])
def test_killed_at_any_moment_every_file_is_whole(tmp_path: Path, kind: signal.Signals, delay: float) -> None:
    """Each file holds one of the versions from beginning to end, and the next run sweeps what was left behind."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Killed, it cannot measure: coverage would find half a data file.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(kind)
        try:
            process.wait(timeout=30)
        finally:
            process.kill()

    files = sorted(tmp_path.glob("*.txt"))
    assert len(files) == 20
    for path in files:
        content = path.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1, f"{path.name} is half old, half new"
    publish_artifacts([artifact("after")], tmp_path)
    assert not list(tmp_path.glob(f"{STAGING}*"))


def test_the_staging_of_a_running_process_is_left_alone(tmp_path: Path) -> None:
    """Two editors' runs do not delete each other's files."""
    running = tmp_path / f"{STAGING}{os.getppid()}-x"
    running.mkdir()
    foreign = tmp_path / f"{STAGING}1-x"
    foreign.mkdir()
    publish_artifacts([artifact("x")], tmp_path)
    assert running.is_dir()
    assert foreign.is_dir()
