"""`newsletter/released.json`: strict, with the line of what is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.content.releases import PATH, load_releases, write_releases
from generator.errors import ContentError
from generator.model import Problem, Release, Week
from tests.languages import LANGUAGES

ENTRY = {
    "digest": "0" * 32,
    "id": "tag:example.org,2026:issue/2026-W45/nl",
    "updated": "2026-11-06T06:00:00+01:00",
}


def test_what_is_written_is_read_back(sample: Path) -> None:
    moment = datetime(2026, 11, 6, 5, tzinfo=UTC)
    releases = {
        (Week(2026, number), language): Release(f"tag:{number}/{language}", "0123456789abcdef" * 2, moment)
        for number in (47, 45)
        for language in LANGUAGES
    }
    content = write_releases(releases)
    (sample / PATH).write_bytes(content)
    assert load_newsletter(sample).releases == releases
    assert content.endswith(b"}\n")
    assert content.index(b"W45") < content.index(b"W47")


def test_without_the_file_nothing_was_released(sample: Path) -> None:
    assert load_newsletter(sample).releases == {}


@pytest.mark.parametrize(
    "weeks, line, said",
    [
        ([], 1, "must contain weeks"),
        ({"2026-W99": {}}, 2, "there is no week 2026-W99"),
        ({"2026-W45": {"de": ENTRY}}, 3, "“2026-W45.de” is not an edition"),
        ({"2026-W45": 1}, 2, "“2026-W45” is not an edition"),
        ({"2026-W45": {"nl": {**ENTRY, "digest": "0" * 31}}}, 4, "expected 32 digits"),
        ({"2026-W45": {"nl": {**ENTRY, "updated": "2026-11-06T06:00:00"}}}, 6, "has no time zone"),
        ({"2026-W45": {"nl": {**ENTRY, "updated": "Friday"}}}, 6, "expected a date and time"),
        ({"2026-W45": {"nl": {**ENTRY, "colour": "red"}}}, 4, "unknown key “colour”"),
        ({"2026-W45": {"nl": {}}}, 3, "the key “id” is missing"),
        ({"2026-W44": {"nl": ENTRY}}, 2, "2026-W44 was published, but its folder is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(sample: Path, weeks: object, line: int, said: str) -> None:
    (sample / PATH).write_text(json.dumps(weeks, indent=2, sort_keys=True))
    problems: list[Problem] = []
    load_releases(sample, problems)
    assert said in problems[0].message
    assert problems[0].line == line
    with pytest.raises(ContentError):
        load_newsletter(sample)


@pytest.mark.parametrize(
    "text, line",
    [
        ('{\n"2026-W45": {,\n', 2),
        ('{"2026-W45": {}, "2026-W45": {}}', 1),
        ("[" * 100_000, 1),
        ("", None),
        ("nothing", 1),
    ],
)
def test_what_is_no_json_is_one_problem(sample: Path, text: str, line: int | None) -> None:
    (sample / PATH).write_text(text)
    problems: list[Problem] = []
    assert load_releases(sample, problems) == {}
    assert [problem.line for problem in problems] == [line]
