"""Every file of `texts/`: what must be said about it, and what each channel must hold; see README.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from generator.model import Problem
from tests.conftest import _copy_sample
from tests.odd.letters import LINES, OTHER_TEXT, Project, Reading
from tests.odd.preview import list_words, look_at_letter, look_at_preview

TEXTS = Path(__file__).parent / "texts"
FILES = sorted(TEXTS.rglob("*.txt"))
CHANNELS = ("text", "html", "feed", "page")

SAYS = {"preview-differs", "leftover-mark", "lost-cell", "dropped", "unused-note"}
"""The rules that tell an author that readers get something else than a preview shows."""
IN_ALL = ("strong", "em", "del", "code", "img", "dt", "dd", "sub", "abbr", "pre")
ON_PAPER = (*IN_ALL, "li", "ol", "ul", "th", "h3", "h4", "sup")
"""Tags that the mail has in another form: a checklist is a table there, and no level of headings is skipped."""


@dataclass
class Case:
    """A file: the text, and what stands below the line `%%%`."""

    text: str
    expected: dict[str, list[str]] = field(default_factory=dict)


def load_case(path: Path) -> Case:
    """Read a file. `{U+200B}` stands for a character that an editor cannot see."""
    text, _, below = path.read_text("utf-8").partition("\n%%%\n")
    case = Case(_spell(text))
    for line in below.splitlines():
        key, _, value = line.partition(": ")
        assert key in {"problem", "gone", "not", *CHANNELS}, f"{path.name}: unknown key “{key}”"
        case.expected.setdefault(key, []).append(_spell(value))
    return case


def _spell(text: str) -> str:
    return re.sub(r"\{U\+([0-9A-F]{4,6})\}", lambda match: chr(int(match[1], 16)), text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project(_copy_sample(tmp_path_factory.mktemp("odd")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_odd_text(project: Project, path: Path) -> None:
    case = load_case(path)
    reading = project.read(case.text)
    said = [problem for problem in reading.problems if problem.rule not in OTHER_TEXT]
    assert [_say(problem) for problem in said] == [_Like(line) for line in case.expected.get("problem", [])]
    for channel in CHANNELS:
        for piece in case.expected.get(channel, []):
            assert piece in project.list_added(reading, channel), channel
        for piece in case.expected.get("not", []):
            assert piece not in project.list_added(reading, channel), channel
    if reading.channels:
        assert list(find_silence(case.text, said)) == []
        assert list(find_lost(case, reading)) == []
        assert list(find_unlike(reading)) == []


class _Like(str):
    """Equal to what begins with it: a message need not be written out."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.startswith(str(self))

    __hash__ = str.__hash__


def _say(problem: Problem) -> str:
    """As it stands in a file: the line of the text, or `-` for a picture; the rule, if any; the message."""
    line = problem.line - LINES if problem.line else "-"
    return f"{line} {f'{problem.rule}: ' if problem.rule else ''}{problem.message}"


def find_silence(text: str, said: list[Problem]) -> Iterator[str]:
    """Where a preview and a letter differ, when nobody says so."""
    there, here = look_at_preview(text), look_at_letter(text)
    if there != here and SAYS.isdisjoint(problem.rule for problem in said):
        yield f"a preview shows {there}, readers get {here}"


def find_lost(case: Case, reading: Reading) -> Iterator[str]:
    """Words that a channel does not have as often as the text, but those that a file says are gone."""
    gone = set(" ".join(case.expected.get("gone", [])).split())
    for channel, words in reading.words.items():
        for word, times in list_words(case.text).items():
            if words[word] < times and word not in gone:
                yield f"“{word}” is not in {channel}"


def find_unlike(reading: Reading) -> Iterator[str]:
    """Tags of which one channel has another number than the others."""
    for tags, channels in ((IN_ALL, ("html", "feed", "page")), (ON_PAPER, ("feed", "page"))):
        for tag in tags:
            counts = {channel: reading.tags[channel][tag] for channel in channels}
            if len(set(counts.values())) > 1:
                yield f"<{tag}>: {counts}"
