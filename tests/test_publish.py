"""Files are whole at every moment: old or new, never half."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest

from generator.errors import PublishError
from generator.model import Artifact
from generator.publish import STAGING, publish_artifacts


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


LIMITED = """
import resource, signal, sys
from pathlib import Path, PurePosixPath
from generator.errors import PublishError
from generator.model import Artifact
from generator.publish import publish_artifacts
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
    with pytest.raises(PublishError, match=r"/proc/none.*: cannot be written: "):
        publish_artifacts([artifact("x")], Path("/proc/none"))


SLOW = """
import itertools, sys
from pathlib import Path, PurePosixPath
from generator.model import Artifact
from generator.publish import publish_artifacts
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
