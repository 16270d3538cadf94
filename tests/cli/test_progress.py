"""The line that shows how far a run is."""

from io import StringIO

import pytest

from generator.cli.progress import ProgressLine, say_duration


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Closed(StringIO):
    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


class Watched:
    """A line, a clock and a count that a test sets."""

    def __init__(self, file: StringIO, planned: int = 1000) -> None:
        self.file, self.now, self.done = file, 0.0, 0
        self.line = ProgressLine(file, "2026-W48", planned, lambda: self.done, lambda: self.now)

    def look(self, now: float, done: int) -> str:
        self.now, self.done = now, done
        self.line.look()
        return self.file.getvalue()


def test_a_terminal_has_one_line_that_is_drawn_again(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    watched = Watched(Terminal())
    assert watched.look(0, 0) == "[------------------------] 2026-W48: 0 of 1,000"
    said = watched.look(1, 250)
    assert said.endswith("\r[######------------------] 2026-W48: 250 of 1,000, 250/s, 3 s left")
    assert "\n" not in said
    watched.line.close()
    assert watched.file.getvalue().endswith(" \r")


def test_a_narrow_terminal_has_no_bar(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    assert Watched(Terminal()).look(0, 500) == "2026-W48: 500 of 1,000"


def test_a_sentence_has_a_line_of_its_own(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    watched = Watched(Terminal())
    watched.look(0, 0)
    watched.line.say("A pause of 5 seconds.")
    assert watched.file.getvalue().endswith(" \rA pause of 5 seconds.\n")


def test_a_log_has_a_line_now_and_then():
    watched = Watched(StringIO())
    assert watched.look(1, 1) == watched.look(9, 20) == ""
    assert watched.look(11, 60) == "2026-W48: 60 of 1,000, 5.9/s, 3 min left\n"
    assert watched.look(12, 70).count("\n") == 1
    assert watched.look(22, 1000).count("\n") == 2


def test_the_rate_is_that_of_the_last_seconds():
    watched = Watched(StringIO())
    for second in range(60):
        watched.look(second, 0)
    assert "55/s" in watched.look(65, 600).splitlines()[-1]


def test_nobody_in_the_audience_is_all_of_them(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert "########################" in Watched(Terminal(), 0).look(0, 0)


def test_a_terminal_that_was_closed_stops_nothing():
    watched = Watched(Closed())
    watched.look(20, 5)
    watched.line.say("Something")
    watched.line.close()


@pytest.mark.parametrize(
    "seconds, said", [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5000, "83 min"), (11100, "3 h 05 min")]
)
def test_a_duration_is_as_precise_as_anybody_wants(seconds, said):
    assert say_duration(seconds) == said
