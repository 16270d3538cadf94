"""The words of welcome: two sentences without markup, in every language or in none."""

from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.content.configuration import find_configuration_problems
from generator.content.welcome import load_welcome
from generator.errors import ContentError
from generator.model import Problem
from tests.languages import EN, NL


def write(root: Path, nl: str, en: str | None = "Welcome.") -> None:
    (root / "newsletter/welcome.nl.md").write_text(nl, encoding="utf-8")
    if en is not None:
        (root / "newsletter/welcome.en.md").write_text(en, encoding="utf-8")


def read(root: Path) -> tuple[dict[str, str], list[str]]:
    problems: list[Problem] = []
    found = load_welcome(root, problems)
    return dict(found), [f"{one.path.name}:{one.line}: {one.message}" for one in problems]


def test_none_is_needed(sample: Path):
    assert read(sample) == ({}, [])


def test_lines_are_one_paragraph(sample: Path):
    write(sample, "\nWelkom. Dit is\nde nieuwste brief.\n", "Welcome, 7 times.\n")
    assert read(sample) == ({NL: "Welkom. Dit is de nieuwste brief.", EN: "Welcome, 7 times."}, [])


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "None: the file is empty"),
        ("# Welkom.", "1: has #; expected words"),
        ("Welkom **jij**.", "1: has *; expected words"),
        ("Welkom.\n[hier](https://example.org/).", "2: has [; expected words"),
        ("Kijk op https://example.org.", "1: has https:; expected words"),
        ("- Welkom.", "1: has -; expected words"),
        ("Welkom {{ naam }}.", "1: has {{; expected words"),
        ("Welkom <b>.", "1: has <; expected words"),
        ("Welkom.\n\nNog iets.", "2: has an empty line"),
        ("Een. Twee. Drie. Vier.", "1: has 4 sentences"),
        (" ".join(["woord"] * 61) + ".", "1: has 61 words"),
        ("Welkom. Dit is de", "1: does not end with a full stop"),
    ],
)
def test_what_is_not_understood_is_refused(sample: Path, text: str, said: str):
    write(sample, text)
    found, [problem] = read(sample)
    assert NL not in found
    assert problem.startswith(f"welcome.nl.md:{said}"), problem
    with pytest.raises(ContentError):
        load_newsletter(sample)


def test_one_language_alone_is_a_mistake(sample: Path):
    write(sample, "Welkom.", None)
    assert read(sample)[1] == [
        "welcome.en.md:None: the file is missing, beside welcome.nl.md; write it, or delete welcome.nl.md"
    ]


def test_a_name_that_is_nearly_right_is_told(sample: Path):
    (sample / "newsletter/Welcome.nl.md").write_text("Welkom.")
    [problem] = find_configuration_problems(sample)
    assert str(problem).endswith("is not read under this name; rename it to welcome.nl.md")
