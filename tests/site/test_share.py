"""A result as a link: share.js, and what a page does with one."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.assessing import KEYS, answers, evaluate, open_assessment, result_parts
from tests.site.keeping import done, keep, kept, kept_text, state

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

CODES = "211 321 0x0 221 210 10x 322"
LINK = f"#r=1.{CODES.replace(' ', '')}"
OWN = state({"ref-1": done()}, answers("111 222 333 111 222 333 000"))


@pytest.fixture(scope="module")
def page(browser, site):
    """One page for all tests of the codec: of a reader who has answers."""
    with browser.new_context() as context:
        page = context.new_page()
        keep(page, site, OWN)
        yield open_assessment(page, site)


def decode(page, site, fragments: list[str]) -> list[dict[str, object]]:
    return evaluate(
        page, site, "share", "fragments.map(one => share.decode(keys, one))", fragments=fragments, keys=KEYS
    )


def encode(page, site, many: list[dict[str, str]]) -> list[str]:
    return evaluate(page, site, "share", "many.map(one => share.encode(keys, one))", many=many, keys=KEYS)


# --- The codec ---


def test_a_link_has_one_character_for_every_answer(page, site):
    assert encode(page, site, [answers(CODES), answers("3" + "-" * 20)]) == [LINK, f"#r=1.3{'-' * 20}"]


@pytest.mark.parametrize("fragment", ["", "#", "#question-referral", "#r", "#R=1.000", "#ref-2", "#xr=1.0"])
def test_another_fragment_is_no_result(page, site, fragment):
    assert decode(page, site, [fragment]) == [{"kind": "none"}]


@pytest.mark.parametrize(
    "fragment",
    [
        LINK[:-1],  # cut off
        LINK + "0",  # too long
        LINK.replace("x", "X"),
        LINK.replace("3", "4"),
        LINK.replace("3", "９"),
        LINK.replace("x", "%78"),
        LINK.replace("=1.", "=2."),  # of a newer version
        LINK.replace("=1.", "=01."),
        LINK.replace("=1.", "=1"),
        f"#r=1.{'-' * 21}",  # nothing in it
        "#r=",
        "#r=1.",
        "#r=1.<script>alert(1)</script>",
        f"#r=1.{'3' * 100_000}",
    ],
)
def test_what_we_would_not_write_is_refused_whole(page, site, fragment):
    assert decode(page, site, [fragment]) == [{"kind": "bad"}]


SOME = st.dictionaries(st.sampled_from(KEYS), st.sampled_from("0123x"), min_size=1)


@pytest.mark.parametrize("end", [".", ").", "]", ",", "”"])
def test_the_end_of_the_sentence_that_a_link_stood_in_is_left_out(page, site, end):
    assert decode(page, site, [LINK + end]) == [{"kind": "shared", "answers": answers(CODES)}]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SOME, min_size=1, max_size=50))
def test_a_link_brings_back_what_was_put_in(page, site, many):
    found = decode(page, site, encode(page, site, many))
    assert found == [{"kind": "shared", "answers": one} for one in many]


CODED = st.text(alphabet="0123x-", min_size=19, max_size=23)
FORGED = st.one_of(
    st.text(),
    st.text().map("#r=".__add__),
    st.text(alphabet="0123456789x-.%=#r", max_size=30).map("#r=1.".__add__),
    st.text(min_size=21, max_size=21).map("#r=1.".__add__),
    CODED.map("#r=1.".__add__),
    st.tuples(CODED, st.integers(0, 22), st.characters()).map(
        lambda t: f"#r=1.{t[0][: t[1]]}{t[2]}{t[0][t[1] :]}"
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FORGED, min_size=1, max_size=100))
def test_no_link_gives_anything_but_known_answers_and_none_touches_ones_own(page, site, fragments):
    fragments = [one.encode("utf-16", "replace").decode("utf-16") for one in fragments]
    before = kept_text(page, site)
    for fragment, found in zip(fragments, decode(page, site, fragments), strict=True):
        if found["kind"] == "shared":
            assert re.fullmatch(r"#r=1\.[0-3x-]{21}", fragment)
            assert set(found["answers"]) <= set(KEYS)
            assert set(found["answers"].values()) <= set("0123x")
        else:
            assert found == {"kind": "bad" if fragment.startswith("#r=") else "none"}
    assert kept_text(page, site) == before


# --- The page ---


def first(page) -> str:
    """The weakest certainty of the result that is shown, in one line."""
    return " ".join(page.locator(".band__row").first.inner_text().split())


@pytest.mark.parametrize("folder, words", [("", "Gedeelde uitslag"), ("en/", "Shared result")])
def test_a_shared_result_is_shown_as_one_and_names_the_weakest(open_browser, site, folder, words):
    page = open_assessment(open_browser(), site, LINK, folder)
    assert result_parts(page)["meta"].startswith(words)
    assert page.locator("#assessment").is_hidden()
    assert page.locator("#result-title").inner_text().count("Referral") == 1
    assert page.locator(".week").count() == 0  # whose checklist that is, nobody here knows
    assert first(page).startswith("Referral idee 0 van 3" if not folder else "Referral idea 0 of 3")


def test_a_shared_result_leaves_the_readers_own_as_it_was(open_browser, site):
    page = open_browser()
    keep(page, site, OWN)
    before = kept_text(page, site)
    open_assessment(page, site, LINK)
    page.reload()
    page.wait_for_selector(".assessment--live", state="attached")
    page.click("#result-compare")
    page.click("#result-own")
    assert kept_text(page, site) == before
    assert page.url == f"{site.url}assessment/"
    assert result_parts(page)["meta"].startswith("Je uitslag")
    assert first(page).startswith("Herhaling")


def test_a_shared_result_can_be_compared_with_ones_own(open_browser, site):
    page = open_browser()
    keep(page, site, OWN)
    open_assessment(page, site, LINK)
    page.focus("#result-compare")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "result-compare"
    assert result_parts(page)["change"].startswith(
        "Vergeleken met jouw uitslag: −10 (jij 36, deze uitslag 26)."
    )
    assert page.locator(".band__change").first.inner_text() == "−9"
    assert page.locator(".cells__before").count() > 0
    page.keyboard.press("Enter")
    assert "change" not in result_parts(page)


def test_who_has_no_result_is_led_to_the_questions(open_browser, site):
    page = open_assessment(open_browser(), site, LINK)
    assert page.locator("#result-compare").count() == 0
    # One's own answers come first: nothing else is asked, and nothing of one's own is there to take along.
    assert "Doe eerst zelf de toets" in page.locator(".result__first").inner_text()
    assert page.locator(".kept").is_hidden()
    page.click("#result-own")
    assert page.locator("#assessment").is_visible()
    assert page.locator("#result").is_hidden()
    assert kept(page, site) is None


def test_an_unfinished_shared_result_names_no_weakest(open_browser, site):
    page = open_assessment(open_browser(), site, LINK[:-3] + "--2")
    assert "2 vragen zijn niet beantwoord van de 21" in result_parts(page)["unfinished"]
    assert page.locator("#result-title").inner_text() == "Tussenstand"
    assert page.locator(".band__row").count() == 7


@pytest.mark.parametrize(
    "fragment", [LINK[:-4], "#r=1.<img src=x onerror=alert(1)>", '#r="]', "#r=2.000", "#r=%E0%A4%A"]
)
def test_a_broken_link_is_told_in_a_sentence_and_changes_nothing(open_browser, site, fragment):
    page = open_browser()
    keep(page, site, OWN)
    before = kept_text(page, site)
    open_assessment(page, site, fragment)
    page.get_by_role("status").get_by_text("De uitslag in deze link kunnen we niet lezen").wait_for()
    assert first(page).startswith("Herhaling")  # one's own
    assert kept_text(page, site) == before


def test_a_link_that_is_opened_on_the_page_itself_is_shown(open_browser, site):
    page = open_assessment(open_browser(), site)
    page.evaluate("link => { location.hash = link }", LINK)
    page.wait_for_selector("#result:not([hidden])")
    assert result_parts(page)["meta"].startswith("Gedeelde uitslag")


def test_the_link_of_a_result_is_copied_and_shows_a_colleague_the_same(open_browser, site):
    page = open_browser(permissions=["clipboard-read", "clipboard-write"])
    keep(page, site, state(answers=answers(CODES)))
    open_assessment(page, site)
    page.click("#result-copy")
    page.get_by_role("status").get_by_text("De link staat op het klembord.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{site.url}assessment/{LINK}"
    colleague = open_browser()
    colleague.goto(link)
    colleague.wait_for_selector(".bands")
    assert colleague.locator(".bands").inner_text() == page.locator(".bands").inner_text()


def test_no_server_hears_of_a_shared_result(open_browser, site):
    page = open_browser()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_assessment(page, site, LINK)
    page.wait_for_load_state("networkidle")
    assert asked
    assert not [url for url in asked if CODES.replace(" ", "") in url.partition("#")[0]]
