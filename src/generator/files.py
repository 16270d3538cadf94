"""Creates a file for a person, and never replaces one: it gets its name when all of it is on the disk.

What has the name already stays as it is, even a link that leads nowhere.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from generator.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def refuse_taken(path: Path) -> None:
    """Raise PublishError when a file has this name already. Call it before the work whose result goes there."""
    if os.path.lexists(path) and not is_device(path):
        raise PublishError(say_taken(path))


def say_taken(path: Path) -> str:
    """The message for a name that is taken."""
    return f"{path} exists already; nothing was written. Choose another name."


def make_folder(path: Path) -> None:
    """Make the folder of a file that will be written; only its owner may enter it. Raises PublishError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise PublishError(f"{path} cannot be written: {error.strerror or error}") from None


def is_device(path: Path) -> bool:
    """Whether `path` is a terminal, a pipe or below /dev, like /dev/stdout, and keeps nothing that is written to it."""
    if os.path.normpath(path.absolute()).startswith("/dev/"):
        return path.exists()
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


@contextmanager
def create_path(path: Path) -> Iterator[Path]:
    """Give an empty file to write to, in the same folder and for its owner only; at the end, it becomes `path`.

    Raises PublishError; then there is no file.
    """
    refuse_taken(path)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield new
        with new.open("rb") as file:
            os.fsync(file.fileno())
        link(new, path)
        keep_names(path.parent)
    except FileExistsError:
        raise PublishError(say_taken(path)) from None
    except OSError as error:
        raise PublishError(f"{path} cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            new.unlink()


@contextmanager
def create_file(path: Path) -> Iterator[IO[bytes]]:
    """Like `create_path`, but give an open file. A device like /dev/stdout is opened itself. Raises PublishError."""
    if is_device(path):
        try:
            # To the end, so that `>>` keeps what was there.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as file:
                yield file
        except BrokenPipeError:
            raise  # the reader has seen enough
        except OSError as error:
            raise PublishError(f"{path} cannot be written: {error.strerror or error}") from None
        return
    with create_path(path) as new, new.open("wb") as file:
        yield file


def link(staged: Path, place: Path) -> None:
    """Give a file a second name. Raises FileExistsError when something has that name."""
    try:
        place.hardlink_to(staged)
    except FileExistsError:
        raise
    except OSError:  # a file system that has no links
        write_new(place, staged.read_bytes(), stat.S_IMODE(staged.stat().st_mode))


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that does not exist yet, to the disk. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def keep_names(folder: Path) -> None:
    """Write the names in a folder to the disk: without this, a power cut may lose a new file. Raises OSError."""
    if os.name == "nt":
        return
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def give_to_owner(new: Path | int, like: Path) -> None:
    """Have what root just made belong to the owner of another file, so that the service can use it. Raises OSError."""
    if os.name != "nt" and os.geteuid() == 0:
        owner = like.stat()
        os.chown(new, owner.st_uid, owner.st_gid)


def is_running(process: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True
