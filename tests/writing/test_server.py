"""How the editor is opened: on which port, and by a second run."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.errors import PublishError, RequestError
from generator.model import Week
from generator.preview import Server
from generator.writing import server as module
from generator.writing.project import Project
from generator.writing.server import NOTE, Opened, open_writer, warm_up
from tests.clocks import STOPPED


@contextmanager
def opened(root: Path, week: Week | None = None, port: int | None = None) -> Iterator[Opened]:
    found = open_writer(root, week, port, STOPPED)
    if found.server is None:
        yield found
        return
    threading.Thread(target=found.server.serve_forever, daemon=True).start()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> int:
    """The port that is taken when none is named: a free one here, for tests run beside each other."""
    with Server(("127.0.0.1", 0), None) as server:  # type: ignore[arg-type]
        port = server.server_port
    monkeypatch.setattr(module, "PORT", port)
    return port


def test_a_second_run_finds_the_page_of_the_first(sample, free):
    with opened(sample) as first, opened(sample, Week(2026, 46)) as second:
        assert first.address.startswith(f"http://127.0.0.1:{free}/write/")
        assert second.server is None
        assert second.address == f"{first.address}2026-W46/"


def test_a_port_of_another_project_is_left_to_it(sample, free, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for name in ("newsletter", "docs", "templates"):
        (other / name).symlink_to(sample / name)
    with opened(sample) as first, opened(other) as second:
        assert second.server is not None
        assert second.server.server_port != first.server.server_port


def test_a_note_of_a_run_that_died_leads_nobody_astray(sample, free):
    (sample / "var").mkdir()
    (sample / NOTE).write_text(json.dumps({"port": free, "base": "/write/old/"}))
    with opened(sample) as found:
        assert "/write/old/" not in found.address
        assert json.loads((sample / NOTE).read_text())["base"] in found.address


def test_a_note_that_is_none_is_no_reason_to_stop(sample, free):
    (sample / "var").mkdir()
    with opened(sample):
        (sample / NOTE).write_text("[]")
        with pytest.raises(PublishError, match=f"cannot listen on port {free}"):
            open_writer(sample, None, free, STOPPED)


def test_a_week_without_a_letter_is_a_slip(sample):
    with pytest.raises(RequestError, match="there is no letter of 2026-W40"):
        open_writer(sample, Week(2026, 40), None, STOPPED)


def test_a_project_that_cannot_be_read_is_opened_all_the_same(sample, free):
    (sample / "newsletter/settings.toml").write_text("nothing\n")
    with opened(sample) as found:
        assert found.server is not None


def test_warming_up_takes_what_there_is(sample):
    project = Project(sample, STOPPED)
    warm_up(project)
    assert project.read().newsletter is not None
    (sample / "newsletter/settings.toml").write_text("nothing\n")
    warm_up(project)
