"""Word lists and lists of clichés: what an editor may write there, and what is said about the rest."""

from pathlib import Path

import pytest

from generator.content.style import load_style
from generator.model import Problem, Style
from tests.languages import LANGUAGES, NL, give_words


def load(root: Path, name: str, content: bytes | str) -> tuple[Style, list[Problem]]:
    path = root / "newsletter" / name
    path.parent.mkdir()
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    give_words(root)
    problems: list[Problem] = []
    return load_style(root, problems)[NL], problems


def test_synonyms_are_what_readers_type_and_what_our_pages_say(tmp_path):
    text = "# zoeken\n\nCRM, Klant  systeem = dossier, contactgegevens # beide\nkpi’s = meten\n"
    style, problems = load(tmp_path, "synonyms.nl.txt", text)
    assert style.synonyms == {
        "crm": ("dossier", "contactgegevens"),
        "klant systeem": ("dossier", "contactgegevens"),
        "kpi's": ("meten",),
    }
    assert problems == []


@pytest.mark.parametrize(
    "line, message",
    [
        ("crm", "“crm” must be what readers type, an equals sign, and the word that our pages use"),
        ("= dossier", "“= dossier” must be what readers type, an equals sign"),
        ("crm =  ,", "“crm =  ,” must be"),
        ("crm = dossier = klant", "“crm = dossier = klant” must be"),
        ("kpi = meten", "“kpi” has a line already; put all words there"),
    ],
)
def test_a_line_that_is_no_synonym_is_refused(tmp_path, line, message):
    style, problems = load(tmp_path, "synonyms.nl.txt", f"kpi = maat\n{line}\n")
    assert style.synonyms == {"kpi": ("maat",)}
    assert [(problem.line, problem.message[: len(message)]) for problem in problems] == [(2, message)]


def test_lists_are_read_without_comments_and_empty_lines(tmp_path: Path) -> None:
    style, problems = load(tmp_path, "words.nl.txt", "# namen\n\n  Bain \r\nfoto’s # met komma\ncafe\u0301\n")
    assert style.words == {"Bain", "foto's", "café"}
    assert problems == []


def test_cliches_are_in_small_letters(tmp_path: Path) -> None:
    style, problems = load(tmp_path, "cliches.nl.txt", "Stip  op de Horizon\nontzorg*\n# niets\n")
    assert style.cliches == ("stip op de horizon", "ontzorg*")
    assert problems == []


HEAD = """# Style

| trap | not | but |
| --- | --- | --- |
| a | b | c |

| language | we write | not |
| --- | --- | --- |
"""


def test_terms_are_the_rows_of_one_table(tmp_path: Path) -> None:
    text = f"{HEAD}| nl | forecast | Prognose*, pro  forma |\n| en | x | y |\n\n| nl | no | row |\n"
    style, problems = load(tmp_path, "STYLE.md", text)
    assert style.terms == {"prognose*": "forecast", "pro forma": "forecast"}
    assert problems == []


@pytest.mark.parametrize(
    "row, message",
    [
        ("| nl | forecast |", "a term is a row of 3 cells: language, we write, not"),
        ("| nl |  | prognose |", "a term is a row of 3 cells"),
        ("| nl | a | b | c |", "a term is a row of 3 cells"),
        ("| ln | a | b |", "unknown language “ln”"),
        ("| nl | a | b,, c |", "“” is not a phrase"),
        ("| nl | a | b* |", "“b*” is not a phrase"),
    ],
)
def test_a_row_that_is_no_term_is_refused(tmp_path: Path, row: str, message: str) -> None:
    style, problems = load(tmp_path, "STYLE.md", f"{HEAD}| nl | deal | koopje |\n{row}\n")
    assert style.terms["koopje"] == "deal"
    assert [(one.line, one.message[: len(message)]) for one in problems] == [(10, message)]


def test_lists_that_are_missing_are_empty(tmp_path: Path) -> None:
    give_words(tmp_path)
    problems: list[Problem] = []
    assert load_style(tmp_path, problems) == dict.fromkeys(LANGUAGES, Style())
    assert problems == []


@pytest.mark.parametrize(
    "name, content, line, message",
    [
        (
            "words.nl.txt",
            "Bain\nroyal dutch\n",
            2,
            "“royal dutch” is more than one word; put one word on each",
        ),
        ("words.nl.txt", "Bain,\n", 1, "“Bain,” is not a word"),
        ("words.nl.txt", "\n\n446\n", 3, "“446” is not a word"),
        ("words.nl.txt", "ontzorg*\n", 1, "“ontzorg*” is not a word"),
        ("words.nl.txt", "a\nb\x07\n", 2, "the control character U+0007 cannot be published"),
        ("words.nl.txt", b"caf\xe9\n", 1, "the file is not UTF-8"),
        (
            "words.nl.txt",
            "a" * 60 + " b\n",
            1,
            "“aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…” is more than one word",
        ),
        ("cliches.nl.txt", "stip\n*\n", 2, "“*” has a misplaced asterisk"),
        ("cliches.nl.txt", "op*\n", 1, "“op*” has a misplaced asterisk"),
        ("cliches.nl.txt", "ont*zorgen\n", 1, "“ont*zorgen” has a misplaced asterisk"),
        ("cliches.nl.txt", "24/7\n", 1, "“24/7” is not a phrase"),
        ("cliches.nl.txt", b"\xff\xfe", 1, "the file is not UTF-8"),
    ],
)
def test_a_mistake_in_a_list_is_named_with_its_line(
    tmp_path: Path, name: str, content: bytes | str, line: int, message: str
) -> None:
    _, (problem,) = load(tmp_path, name, content)
    assert (problem.path, problem.line) == (tmp_path / "newsletter" / name, line)
    assert problem.message.startswith(message)
