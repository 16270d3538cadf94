"""Whatever is written, a check ends in a report, soon, and no rule fails."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.check import check_issue, check_proof, check_thought
from generator.check.manuscripts import Manuscript
from generator.check.proofs import Proof
from generator.check.rule import Finding, Rule
from generator.check.rules import MANUSCRIPT_RULES, PROOF_RULES
from generator.content import Newsletter, load_newsletter
from generator.content.markdown.limits import LONGEST_LETTER
from generator.errors import ContentError
from generator.model import Language, Problem, Severity, Week
from tests.effort import TIMES, assert_linear
from tests.languages import LANGUAGES, NL

LETTER = "newsletter/issues/2026-W45/nl.md"
THOUGHT = "newsletter/thoughts/relations/who-calls-you.nl.md"
ACTION = "\n## Food for action"

FAILED = ("the check itself failed", "cannot be rendered")
"""What `check` says when the program is at fault, and not the text."""

SIZE = LONGEST_LETTER

# --- Odd text ---

# What Markdown, YAML, HTML and our own rules give a meaning, alone and in the wrong places.
TOKENS = (
    *(
        "#",
        "##",
        "### ",
        "*",
        "**",
        "_",
        "`",
        "```",
        "~~~",
        ">",
        "- ",
        "1. ",
        "- [ ] ",
        "|",
        "\\",
        "&",
        "&amp;",
        "&#0;",
    ),
    *(
        "[",
        "]",
        "](",
        ")",
        "![",
        "[^",
        "[^rel-palmatier-2008]",
        "]: ",
        "{",
        "}",
        "{ #rel-1 }",
        "{:",
        "<",
        ">",
        "<!--",
    ),
    *(
        "-->",
        "<b>",
        "</b>",
        "<br/>",
        "<p",
        "<script>",
        "<!DOCTYPE",
        "<![CDATA[",
        "https://",
        "http://example.org/?utm_x=1",
    ),
    *(
        "www.",
        "mailto:",
        "@",
        "a@example.org",
        "mailto:?cc=a",
        "javascript:",
        "../2026-W46/nl.md",
        "#",
        "?",
        "x.png",
    ),
    *(
        "30%",
        "1 op de 7",
        "92%",
        "€ 5",
        "3×",
        "1.000",
        "½",
        "“",
        "”",
        "‘",
        "’",
        "'",
        '"',
        "!",
        "…",
        ".",
        "?!",
        ":",
        ";",
        "--",
    ),
    *(
        "TK",
        "[naam]",
        "{{ x }}",
        "{% x %}",
        "klik hier",
        "volgens het artikel",
        "the",
        "de",
        "NPS-voorstanders",
        "foto's",
    ),
    *(
        "\t",
        "    ",
        "\n",
        "\n\n",
        "\r\n",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u202e",
        "\u2066",
        "\u0301",
    ),
    *(
        "שלום",
        "مرحبا",
        "日本語",
        "👩‍👩‍👧",
        "🇳🇱",
        "ß",
        "ı",
        "İ",
        "ﬁ",
        "ǅ",
        "𝔘",
        "\x00",
        "\x1b",
        "\x0b",
        "\x85",
        "\u2028",
    ),
)
NESTED = tuple(
    token * 300
    for token in ("> ", "[", "*", "- ", "  - ", "((", "{", "<b>", "`", "_a", "**a", "[a](", "&", "# ")
)
odd = st.lists(
    st.sampled_from(TOKENS) | st.text(max_size=8) | st.text("abc ", max_size=8) | st.sampled_from(NESTED),
    max_size=40,
).map("".join)
printable = odd.map(lambda text: "".join(letter for letter in text if letter.isprintable() or letter == "\n"))
"""Without what the reader refuses at once, so that the rules get to see it."""
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.datetimes() | odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd, inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "title",
    "subject",
    "summary",
    "certainty",
    "thought",
    "actions",
    "published",
    "updated",
    "draft",
    "waive",
)

quick = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def report(root: Path) -> list[Problem]:
    """Everything that `generate check` would say about the two."""
    try:
        newsletter = load_newsletter(root)
    except ContentError as error:
        return list(error.problems)
    issue = newsletter.archive.issue(Week(2026, 45))
    problems = check_issue(newsletter, issue) if issue else []
    for thought in newsletter.playbook.thoughts[NL]:
        if thought.source == newsletter.root / THOUGHT:
            problems += check_thought(newsletter, thought)
    return problems


def failures(problems: list[Problem]) -> list[str]:
    """The rules that failed, by id, and how."""
    return [
        f"{found.rule}: {found.message}"
        for found in problems
        if any(word in found.message for word in FAILED)
    ]


def check_texts(root: Path, texts: dict[str, str]) -> None:
    """Put texts in the place of files, check, and put the files back."""
    before = {path: (root / path).read_bytes() for path in texts}
    try:
        for path, text in texts.items():
            (root / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        problems = report(root)
    finally:
        for path, content in before.items():
            (root / path).write_bytes(content)
    assert failures(problems) == []
    for problem in problems:
        assert problem.message
        assert problem.line is None or problem.line >= 1
        assert problem.column is None or problem.column >= 1


# --- Any file ends in a report ---


@settings(quick, max_examples=25)
@given(text=odd, more=printable)
def test_any_text_of_a_letter_or_a_thought_ends_in_a_report(sample: Path, text: str, more: str) -> None:
    head, action, tail = (sample / LETTER).read_text("utf-8").partition(ACTION)
    check_texts(
        sample,
        {
            LETTER: f"{head}\n{text}\n{action}\n\n{more}\n{tail}",
            THOUGHT: (sample / THOUGHT).read_text("utf-8") + f"\n{more}\n",
        },
    )


@settings(quick, max_examples=25)
@given(key=st.sampled_from(KEYS), value=values)
def test_any_value_of_a_key_ends_in_a_report(sample: Path, key: str, value: Any) -> None:
    _, front, text = (sample / LETTER).read_text("utf-8").split("---\n", 2)
    changed = yaml.safe_dump({**yaml.safe_load(front), key: value}, allow_unicode=True, sort_keys=False)
    check_texts(sample, {LETTER: f"---\n{changed}---\n{text}"})


@settings(quick, max_examples=25)
@given(text=odd)
def test_any_file_ends_in_a_report(sample: Path, text: str) -> None:
    check_texts(sample, {LETTER: text})


# --- Any text that gets through ends in a report ---


@settings(quick, max_examples=40)
@given(
    title=printable, subject=printable, summary=printable, body=printable, language=st.sampled_from(LANGUAGES)
)
@pytest.mark.slow
def test_no_rule_for_manuscripts_fails_on_any_text(  # noqa: PLR0913
    newsletter: Newsletter, title: str, subject: str, summary: str, body: str, language: Language
) -> None:
    """Also on what `content` would refuse before."""
    text = f"---\ntitle: {title}\nsubject: {subject}\nsummary: {summary}\n---\n{body}"
    manuscript = Manuscript(newsletter, language, newsletter.root / LETTER, title, subject, summary, text)
    lines = text.split("\n")
    for rule in MANUSCRIPT_RULES:
        for found in rule.check(manuscript):
            spot = found.spot
            assert 1 <= spot.line <= len(lines), rule.id
            assert spot.column is None or 1 <= spot.column <= len(lines[spot.line - 1]) + 1, rule.id


LINES = {
    "letters": "x",
    "words": "word ",
    "new words": " ".join(
        f"w{number:x}rd".translate(str.maketrans("0123456789", "ghijklmnop")) for number in range(99_999)
    ),
    "sentences": "Een zin. ",
    "numbers": "30% 1 op de 7 € 5 miljoen ",
    "brackets": "[",
    "links": "[a](b) ",
    "addresses": "https://example.org/?utm_source=a ",
    "bare addresses": "www.",
    "mail": "a.b@",
    "hyphens": "a-",
    "quotes": "’",
    "marks": "!",
    "stars": "*a ",
    "angles": "<",
    "braces": "{{",
    "footnotes": "[^a]",
    "spaces": "a" + " " * 50,
    "newlines": "a\n\n",
    "headings": "### a\n\n",
    "right to left": "שלום ",
    "capitals": "ÀB",
}


@pytest.mark.parametrize("repeated", LINES.values(), ids=LINES)
@pytest.mark.slow
def test_a_rule_gets_through_any_nonsense(newsletter: Newsletter, repeated: str) -> None:
    """Of nonsense in one line, or of very many lines: a rule is linear in the text."""
    whole = (repeated * (SIZE // len(repeated) + 1))[:SIZE]
    manuscripts = {}
    for size in (SIZE // TIMES, SIZE):
        title, text = whole[: size // 6], f"---\ntitle: a\nsummary: b\n---\n{whole[:size]}"
        made = Manuscript(newsletter, NL, newsletter.root / LETTER, title, title, title, text)
        _ = made.marks, made.masked, made.passages  # read once, for all rules
        manuscripts[size] = made
    for rule in MANUSCRIPT_RULES:
        assert_linear(lambda size, rule=rule: list(rule.check(manuscripts[size])), SIZE)


@pytest.mark.parametrize("size", [18_000, 990_000])
@pytest.mark.parametrize("repeated", ["words", "brackets", "addresses", "stars", "right to left"])
@pytest.mark.slow
def test_a_letter_full_of_nonsense_ends_in_a_report(sample: Path, repeated: str, size: int) -> None:
    """As the reader gets it: in one line; what Markdown would take hours for is refused."""
    head, action, tail = (sample / LETTER).read_text("utf-8").partition(ACTION)
    (sample / LETTER).write_text(f"{head}\n{(LINES[repeated] * size)[:size]}\n{action}{tail}", "utf-8")
    problems = report(sample)
    assert problems
    assert failures(problems) == []


# --- A rule that fails ---


def fail(_: object) -> list[Finding]:
    raise ZeroDivisionError("a mistake of ours")


def fail_late(_: object) -> Any:
    yield Finding("something")
    raise RecursionError


def test_a_rule_that_fails_is_reported_as_itself_and_the_others_run(newsletter: Newsletter) -> None:
    """By its id and what it said; a letter with such a check is not sent, unless somebody waives the check."""
    issue = newsletter.archive.issues[-1]
    edition = issue.editions[NL]
    heavy = Rule("works", Severity.WARNING, "Mend it.", lambda _: [Finding("found")])
    broken = (
        Rule("broken", Severity.WARNING, "Mend it.", fail),
        Rule("late", Severity.WARNING, "Mend it.", fail_late),
    )
    for edition_ in (edition, replace(edition, waive={"broken": "known"})):
        problems = check_proof(Proof(newsletter, issue, edition_), (*broken, heavy), (*broken, heavy))
        said = {(problem.rule, problem.message) for problem in problems}
        assert ("broken", "the check itself failed: ZeroDivisionError: a mistake of ours") in said
        assert ("late", "the check itself failed: RecursionError: ") in said
        assert [problem.message for problem in problems if problem.rule == "works"] == ["found", "found"]
        assert all(problem.blocks for problem in problems if problem.rule == "late")


def test_a_letter_that_cannot_be_rendered_is_one_problem(newsletter: Newsletter) -> None:
    """The rules for manuscripts are asked all the same, and those for proofs are not."""
    issue = newsletter.archive.issues[-1]
    broken = replace(issue.editions[NL], sections=None)
    asked = Rule("asked", Severity.WARNING, "Mend it.", lambda _: [Finding("found")])
    problems = check_proof(Proof(newsletter, issue, broken), (asked,), PROOF_RULES)
    assert [problem.rule for problem in problems] == [None, "asked"]
    assert "the letter cannot be rendered: TypeError" in problems[0].message
    assert problems[0].blocks
