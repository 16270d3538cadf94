"""Figures, caveats and the article's own percentages, in texts that are harder than the examples."""

from dataclasses import replace
from pathlib import Path

import pytest

from generator.check.manuscripts import Manuscript, read_letter, read_thought
from generator.check.proofs import Proof
from generator.check.rules.evidence import (
    ARTICLE,
    check_article,
    check_caveats,
    check_figures,
    check_sources,
    check_translation,
)
from generator.content import Newsletter, load_newsletter
from generator.errors import ContentError
from tests.check.examples import LETTER, Edit
from tests.languages import EN, LANGUAGES, NL

ROOT = Path(__file__).parents[3]
CITE = "[^rel-palmatier-2008]"
DO = "Teken maandag één belangrijke klant uit"


@pytest.fixture(scope="module")
def letter() -> Manuscript:
    newsletter = load_newsletter(ROOT / "tests/sample")
    return read_letter(newsletter, newsletter.archive.issues[-1].editions[NL])


@pytest.fixture(scope="module")
def real() -> Newsletter:
    return load_newsletter(ROOT)


def with_body(letter: Manuscript, body: str) -> Manuscript:
    return replace(letter, text=letter.text[: letter.body] + body)


@pytest.mark.parametrize(
    "body",
    [
        f"Van 446 klanten.{CITE} Daarvan 80%.\n",
        f"Van 446 klanten:{CITE}\n\n- 80% koopt;\n- 20% niet.\n",
        f"| wat | hoeveel |\n| --- | ---: |\n| een | 80% |\n| twee{CITE} | 20% |\n",
        f"## Wat 446 klanten deden\n\nVan 446 klanten koopt 80%.{CITE}\n",
        "- [ ] 200 klanten gebeld. { #rel-1 }\n",
        "`80%` en\n\n```\n80%\n```\n",
        "Zie [een adres](https://example.com/80%25/12345).\n",
    ],
)
def test_a_figure_with_a_source_or_no_figure(letter: Manuscript, body: str) -> None:
    assert list(check_figures(with_body(letter, body))) == []


@pytest.mark.parametrize(
    "body, line",
    [
        (f"Een bron.{CITE}\n\nDaarvan 80%.\n", 3),
        (f"Een bron:{CITE}\n\nDaarvan 80%.\n", 3),
        (f"- Een bron.{CITE}\n- Daarvan 80%.\n", 2),
        (f"## Wat 445 klanten deden\n\nVan 446 klanten koopt 80%.{CITE}\n", 1),
        ("Van de klanten 80%.[^eigen]\n\n[^eigen]: Zelf geteld.\n", 1),
    ],
)
def test_a_figure_without_a_source(letter: Manuscript, body: str, line: int) -> None:
    (finding,) = check_figures(with_body(letter, body))
    assert finding.spot.line == letter.text.count("\n", 0, letter.body) + line


@pytest.mark.parametrize(
    "body, found",
    [
        (f"Van 446 klanten koopt 80%.{CITE}", ["80%"]),
        (f"Van 446 klanten koopt 80%, dus 80%.{CITE}[^rep-bain-2005]", []),
        (f"Van 446 klanten:{CITE}\n\n- 445 zeiden ja;\n- de rest niet.", ["445"]),
        (f"Tot 100 tot 446.{CITE}", ["100"]),
    ],
)
def test_a_figure_that_its_source_does_not_have(letter: Manuscript, body: str, found: list[str]) -> None:
    findings = list(check_sources(with_body(letter, f"{body}\n")))
    assert [finding.message.split("”")[0].lstrip("“") for finding in findings] == found


def test_a_title_may_repeat_what_a_paragraph_shows_and_nothing_else(letter: Manuscript) -> None:
    body = f"Van 446 klanten.{CITE}\n"
    assert list(check_figures(with_body(replace(letter, summary="Wat 446 klanten deden"), body))) == []
    (finding,) = check_figures(with_body(replace(letter, summary="Wat 447 klanten deden"), body))
    assert "“447”" in finding.message


@pytest.mark.parametrize(
    "body",
    [
        "Volgens het artikel scoren bedrijven 32% beter. Zie [over de cijfers](../about-the-numbers.md).\n",
        "Zie [over de cijfers](../about-the-numbers.md#x). Maar volgens\nhet *artikel* is het 92 procent.\n",
        "Een enquête noemt 84%.[^ref-84-internal]\n",
        "Het werd 32 klanten en 84 minuten, 9,2% en 192%.\n",
    ],
)
def test_a_percentage_of_the_article_used_well(letter: Manuscript, body: str) -> None:
    assert list(check_article(with_body(letter, body))) == []


@pytest.mark.parametrize(
    "body, why",
    [
        ("Volgens het artikel is het veel. Het is 32%. [Meer](about-the-numbers.md)\n", "does not say"),
        ("Volgens het artikel is het 32%.\n", "does not link"),
        ("## Volgens het artikel 84%\n", "must not be in a title"),
        (f"Bestuurders negeren 92%.{CITE}\n", "does not say"),
    ],
)
def test_a_percentage_of_the_article_used_badly(letter: Manuscript, body: str, why: str) -> None:
    (finding,) = check_article(with_body(letter, body))
    assert why in finding.message


def test_every_committed_text_keeps_the_rules_of_evidence(real: Newsletter) -> None:
    manuscripts = [
        read_thought(real, thought) for found in real.playbook.thoughts.values() for thought in found
    ]
    manuscripts += [
        read_letter(real, edition) for issue in real.archive.issues for edition in issue.editions.values()
    ]
    for check in (check_figures, check_sources, check_caveats, check_article):
        assert [(found.source.name, one) for found in manuscripts for one in check(found)] == []


def test_every_page_that_cites_a_fact_in_context_has_its_caveat(real: Newsletter) -> None:
    found = 0
    for language in LANGUAGES:
        for page in (*real.playbook.pages[language], *real.playbook.certainties[language]):
            text = page.source.read_text("utf-8")
            manuscript = Manuscript(
                newsletter=real,
                language=language,
                source=page.source,
                title=page.title,
                subject=page.title,
                summary=page.summary,
                text=text,
            )
            assert list(check_caveats(manuscript)) == [], page.source
            found += sum(
                fact.use == "context" and f"[^{fact.id}]" in text for fact in real.playbook.facts.values()
            )
    assert found


def test_every_fact_in_context_has_caveats_and_the_article_has_its_percentages(real: Newsletter) -> None:
    for fact in real.playbook.facts.values():
        assert (fact.use == "context") == all(fact.caveat.get(language) for language in LANGUAGES), fact.id
    about = next(page for page in real.playbook.pages[EN] if page.name == "about-the-numbers")
    assert all(f"{number}%" in about.markdown for number in ARTICLE)


@pytest.mark.parametrize(
    "dutch, english, found",
    [
        ("1,5% van 15.500", "1.5% of 15,500", []),
        ("446 en 5", "446 and five", []),
        ("446 uit de jaren tachtig", "446 from the 1980s", []),
        ("446", "464", ["“464” is not in the Dutch letter", "“446” of the Dutch letter (line 14)"]),
    ],
)
def test_numbers_are_the_same_in_both_languages(
    sample: Path, dutch: str, english: str, found: list[str]
) -> None:
    Edit("In 446 B2B-relaties", f"In {dutch} B2B-relaties").apply(sample)
    Edit("In 446 B2B relationships", f"In {english} B2B relationships", LETTER.replace("nl", "en")).apply(
        sample
    )
    newsletter = load_newsletter(sample)
    issue = newsletter.archive.issues[-1]
    assert list(check_translation(Proof(newsletter, issue, issue.editions[NL]))) == []
    findings = list(check_translation(Proof(newsletter, issue, issue.editions[EN])))
    assert len(findings) == len(found)
    assert all(one.message.startswith(text) for one, text in zip(findings, found, strict=True))
    assert {one.spot.line for one in findings} <= {14}


@pytest.mark.parametrize(
    "old, new, message",
    [
        (
            CITE,
            "[^rel-palmatier-2009]",
            "unknown source “rel-palmatier-2009”; did you mean “rel-palmatier-2008”?",
        ),
        (CITE, "[^ref-84-hbr-2016]", "must not be cited"),
    ],
)
def test_a_source_that_does_not_exist_or_may_not_be_cited_stops_the_letter(
    sample: Path, old: str, new: str, message: str
) -> None:
    Edit(old, new).apply(sample)
    with pytest.raises(ContentError, match=f"{LETTER}:14: .*{message.replace('?', '.')}"):
        load_newsletter(sample)


def test_a_fact_in_context_needs_caveats_in_both_languages(sample: Path) -> None:
    evidence = sample / "newsletter/evidence.yaml"
    lines = evidence.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("  caveat:"))
    evidence.write_text("\n".join([*lines[:start], *lines[start + 3 :], ""]), "utf-8")
    with pytest.raises(ContentError, match=rf"evidence.yaml:{start}: the key “caveat” is missing"):
        load_newsletter(sample)
    evidence.write_text("\n".join([*lines[: start + 2], *lines[start + 3 :], ""]), "utf-8")
    with pytest.raises(ContentError, match=r"the key “caveat\.en” is missing"):
        load_newsletter(sample)
