"""Links as people write them, in forms that are harder than the examples."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from generator.check.manuscripts import Manuscript, read_letter
from generator.check.proofs import Proof
from generator.check.rule import Finding
from generator.check.rules.links import (
    MANUSCRIPT_RULES,
    check_bare,
    check_dead,
    check_insecure,
    check_mailto,
    check_shorteners,
    check_texts,
    check_tracking,
)
from generator.check.web.addresses import survey_site, survey_with
from generator.content import Newsletter, load_newsletter
from generator.model import Archive, Language
from tests.check.examples import Edit
from tests.effort import TIMES, assert_linear
from tests.languages import EN, NL

Check = Callable[[Manuscript], Iterable[Finding]]


@pytest.fixture(scope="module")
def letter() -> Manuscript:
    newsletter = load_newsletter(Path(__file__).parents[2] / "sample")
    return read_letter(newsletter, newsletter.archive.issues[-1].editions[EN])


def with_body(letter: Manuscript, body: str) -> Manuscript:
    return replace(letter, text=letter.text[: letter.body] + body)


@pytest.mark.parametrize(
    "check, body, said",
    [
        (check_shorteners, "[a study](https://www.bit.ly/x)", "shortened by bit.ly"),
        (check_shorteners, "<https://t.co/x>", "t.co"),
        (check_shorteners, "[1]: https://lnkd.in/x\n\n[a study][1]", "lnkd.in"),
        (check_tracking, "[a study](https://example.com/?FBCLID=1#part)", "FBCLID"),
        (check_tracking, "[a study](https://example.com/?a=1&mc_eid=)", "mc_eid"),
        (check_insecure, "[a study](HTTP://example.com/)", "not https"),
        (check_texts, "[**Read more**](https://example.com/) …", "Read more"),
        (check_texts, "[here →](https://example.com/)", "here →"),
        (check_texts, "See [here][1].\n\n[1]: https://example.com/", "here"),
        (check_texts, "See [here].\n\n[here]: https://example.com/", "here"),
        (check_texts, "See [](https://example.com/).", "no text"),
        (check_bare, "See https://example.com/a_(b).", "“https://example.com/a_(b)” is"),
        (check_bare, "[https://example.com/](https://example.com/)", "https://example.com/"),
        (check_bare, "Write to post@example.org.", "“post@example.org”"),
        (check_mailto, "[us](mailto:a@example.org,b@example.org)", "not a single mail address"),
        (check_mailto, "[us](mailto:post@example)", "not a single mail address"),
        (check_mailto, "[us](mailto:post@example.org?Body=hello)", "“Body”"),
        (check_mailto, "[us](mailto:post@example.org?subject=a%0AB)", "more than one line"),
    ],
)
def test_a_link_that_is_wrong(letter: Manuscript, check: Check, body: str, said: str) -> None:
    (finding,) = check(with_body(letter, f"Hello.\n\n{body}\n"))
    assert said in finding.message
    assert finding.spot.line == letter.text.count("\n", 0, letter.body) + 3


@pytest.mark.parametrize(
    "body",
    [
        "[a study of bit.ly](https://example.com/bit.ly?utm=1&page=2)",
        "[here is what we found](https://example.com/)",
        "![here](a.png) and `http://bit.ly/?utm_source=x`",
        "<post@example.org> and [us](mailto:post@example.org?subject=A%20question)",
        "[x](../certainties/relations.md#rel-1) and a footnote[^rel-palmatier-2008]",
        "```\nwww.example.com\nhttp://bit.ly/x\n```",
        "at 10:30, and/or, B2B, name@, @name, e.g. this",
        "[the report][link]\n\n[link]: https://example.com/",
    ],
)
def test_links_that_are_right(letter: Manuscript, body: str) -> None:
    manuscript = with_body(letter, f"Hello.\n\n{body}\n")
    assert [finding for rule in MANUSCRIPT_RULES for finding in rule.check(manuscript)] == []


@pytest.mark.parametrize(
    "odd", ["https://[", "https://[::1", "//x", "mailto:", "https://exa mple.com", "?", "http:"]
)
def test_an_odd_address_ends_in_a_report(letter: Manuscript, odd: str) -> None:
    manuscript = with_body(letter, f"[words](<{odd}>) and <{odd}> and {odd}\n")
    assert all(isinstance(list(rule.check(manuscript)), list) for rule in MANUSCRIPT_RULES)


@pytest.mark.parametrize(
    "piece",
    [
        "a.b-c+",
        "www.",
        "a@",
        "a@b.",
        "[x](http://a.b/)",
        "[here]",
        "[",
        "](",
        "<http://a/> ",
        "[]()",
        "{",
        "https://a?b=c&",
    ],
)
@pytest.mark.slow
def test_no_rule_loses_itself_in_a_very_long_line(letter: Manuscript, piece: str) -> None:
    manuscripts = {
        size: with_body(letter, piece * (size // len(piece))) for size in (100_000 // TIMES, 100_000)
    }
    for manuscript in manuscripts.values():
        assert manuscript.marks is not None  # read once, for all rules
    for rule in MANUSCRIPT_RULES:
        assert_linear(lambda size, rule=rule: list(rule.check(manuscripts[size])), 100_000)


# --- What leads nowhere ---


def proof_of(newsletter: Newsletter, language: Language = NL) -> Proof:
    issue = newsletter.archive.issues[-1]
    return Proof(newsletter, issue, issue.editions[language])


@pytest.mark.parametrize(
    "target, why",
    [
        ("https://example.org/archive/2026-W44/", "no such page"),
        ("https://example.org/newsletter", "did you mean “https://example.org/newsletter/”?"),
        ("https://example.org/en/certainties/referral/#ref-99", "no anchor “#ref-99”"),
        ("../2026-W46/nl.md#rep-1", "no anchor “#rep-1”"),
        ("https://example.org/feeds.xml", "no such page"),
    ],
)
def test_a_dead_address_is_named_where_it_stands(sample: Path, target: str, why: str) -> None:
    Edit("Geen idee. ", f"Geen idee. [Dit]({target}). ").apply(sample)
    (finding,) = check_dead(proof_of(load_newsletter(sample)))
    assert why in finding.message
    assert (finding.spot.line, finding.spot.length) == (12, len(target))


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "https://example.org/en/",
        "https://example.org/feed.xml",
        "https://example.org/en/certainties/referral/atom.xml",
        "https://example.org/feeds.opml",
        "https://example.org/archive/2026-W46/#food-for-action",
        "https://example.org/archive/2026-W47/two-contacts.png",
        "https://example.org/about-the-numbers/#ref-kumar-2007",
        "https://example.org/archive/#referral",
        "../2026-W46/en.md",
        "../../../docs/en/certainties/referral.md#ref-2",
    ],
)
def test_a_living_address_is_none_of_our_business(sample: Path, target: str) -> None:
    Edit("Geen idee. ", f"Geen idee. [Dit]({target}). ").apply(sample)
    assert list(check_dead(proof_of(load_newsletter(sample)))) == []


def test_every_form_of_a_letter_is_looked_at(newsletter: Newsletter) -> None:
    proof = proof_of(newsletter)
    dead = "https://example.org/nothing/"
    email = proof.email
    for place, spoilt in {
        "in the email": {
            "email": replace(email, html=email.html.replace("</body>", f'<a href="{dead}">x</a></body>'))
        },
        "in the text part": {"email": replace(email, text=f"{email.text}\n({dead}).")},
        "in the feed": {"entry": replace(proof.entry, html=f'<p><a href="{dead}">x</a></p>')},
        "on the page": {"page": f"{proof.page}\n\n[x](../nothing.md)\n"},
    }.items():
        other = proof_of(newsletter)
        other.__dict__.update(spoilt)
        (finding,) = check_dead(other)
        assert (place in finding.message, finding.spot.line) == (True, 1)


def test_a_draft_may_lead_to_itself_and_to_other_drafts(newsletter: Newsletter) -> None:
    *others, second, first = newsletter.archive.issues
    drafts = [
        replace(one, editions={key: replace(text, draft=True) for key, text in one.editions.items()})
        for one in (second, first)
    ]
    newsletter = replace(newsletter, archive=Archive((*others, *drafts)))
    pages = [newsletter.settings.page_url(NL, one.editions[NL].page) for one in drafts]
    assert [survey_site(newsletter).why_dead(page) is None for page in pages] == [False, False]
    assert [survey_with(newsletter, drafts[1]).why_dead(page) for page in pages] == [None, None]
    assert list(check_dead(Proof(newsletter, drafts[1], drafts[1].editions[NL]))) == []


def test_the_site_is_surveyed_once_for_a_newsletter(newsletter: Newsletter) -> None:
    assert survey_site(newsletter) is survey_site(newsletter)
    assert survey_site(replace(newsletter)) is not survey_site(newsletter)
