"""What stops and starts the services: systemd, when they are its own and we are root; else the operator is told how."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from generator.errors import MailingError
from generator.recovery.units import Units, as_owner

SAID = "the list is in use"


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    """What the system tells about two services, a terminal and nobody."""
    groups = {
        11: "0::/system.slice/newsletter.service\n",
        12: "1:name=systemd:/system.slice/newsletter-send.service\n0::/system.slice/newsletter-send.service\n",
        13: "0::/user.slice/user-0.slice/session-3.scope\n",
    }
    for number, text in groups.items():
        (tmp_path / "proc" / str(number)).mkdir(parents=True)
        (tmp_path / "proc" / str(number) / "cgroup").write_text(text)
    return tmp_path / "proc"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A systemctl that writes down what it is asked, and fails for one service."""
    place = tmp_path / "asked"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {place}\ncase "$2" in bad*) echo "Job failed." >&2; exit 1;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return place


def test_services_are_stopped_and_those_that_serve_are_started_again(processes: Path, asked: Path) -> None:
    units = Units(processes, allowed=True)
    stopped = units.stop([11, 12, 11], SAID)
    assert stopped == ["newsletter.service", "newsletter-send.service"]
    assert units.start(stopped) == ["newsletter.service"]
    assert asked.read_text().splitlines() == [
        "stop newsletter.service",
        "stop newsletter-send.service",
        "start newsletter.service",
    ]


@pytest.mark.parametrize(
    "holders, allowed, said",
    [
        ([11], False, "by newsletter.service; run `systemctl stop newsletter.service` first"),
        ([13], True, "by process 13; run `kill 13` first"),
        (
            [12, 13, 99],
            True,
            "and process 99; run `systemctl stop newsletter-send.service && kill 13 99` first",
        ),
        ([], True, "by a process that the system does not name"),
    ],
)
def test_what_is_not_for_us_to_stop_is_told(
    processes: Path, asked: Path, holders: list[int], said: str, *, allowed: bool
) -> None:
    with pytest.raises(MailingError) as caught:
        Units(processes, allowed=allowed).stop(holders, SAID)
    assert said in str(caught.value)
    assert not asked.exists()


def test_a_service_that_does_not_stop_is_named(processes: Path, asked: Path) -> None:
    (processes / "14").mkdir()
    (processes / "14" / "cgroup").write_text("0::/system.slice/bad.service\n")
    with pytest.raises(MailingError, match=r"`systemctl stop bad.service` failed: Job failed\."):
        Units(processes, allowed=True).stop([14], SAID)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root works as somebody else")
def test_root_works_as_the_owner_of_the_folder_and_is_root_again() -> None:
    with TemporaryDirectory(dir="/tmp") as name:
        place = Path(name)
        place.chmod(0o755)
        folder = place / "list"
        folder.mkdir()
        os.chown(folder, 12345, 12346)
        with as_owner(folder / "deeper"):
            (folder / "file").touch()
            assert (os.geteuid(), os.getegid(), os.getgroups()) == (12345, 12346, [12346])
        assert os.geteuid() == 0
        made = (folder / "file").stat()
        assert (made.st_uid, made.st_gid) == (12345, 12346)
