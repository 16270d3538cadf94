"""What a set of answers means, in score.js and snapshots.js."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.assessing import CERTAINTIES, KEYS, answers, evaluate, open_assessment
from tests.site.keeping import done, state, unfit

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`


@pytest.fixture(scope="module")
def page(browser, site):
    """One page for all tests: nothing here is kept."""
    with browser.new_context() as context:
        yield open_assessment(context.new_page(), site)


def score(page, site, given_answers: Any) -> Any:
    return evaluate(page, site, "score", "score.score(playbook, given)", given=given_answers)


def ranked(page, site, codes: str) -> list[str]:
    expression = "score.weakestFirst(score.score(playbook, given)).map(part => part.certainty.id)"
    return evaluate(page, site, "score", expression, given=answers(codes))


def next_step(page, site, codes: str, items: dict[str, Any]) -> str | None:
    expression = "score.nextStep(score.weakestFirst(score.score(playbook, given)), items)?.item.id ?? null"
    return evaluate(page, site, "score", expression, given=answers(codes), items=items)


def test_the_questions_are_asked_in_the_order_of_the_playbook(page, site):
    assert evaluate(page, site, "score", "score.keysOf(playbook)") == KEYS
    names = page.eval_on_selector_all("#assessment input", "all => all.map(input => input.name)")
    assert list(dict.fromkeys(names)) == KEYS


def test_a_score_is_the_sum_of_its_answers(page, site):
    found = score(page, site, answers("000 111 222 333 012 310 120"))
    assert [part["sum"] for part in found["parts"]] == [0, 3, 6, 9, 3, 4, 3]
    assert (found["total"], found["unknown"], found["missing"], found["questions"]) == (28, 0, 0, 21)


def test_not_knowing_counts_nothing_and_is_counted_apart(page, site):
    found = score(page, site, answers("x3x 333 333 333 333 333 xxx"))
    assert found["parts"][0]["sum"] == 3
    assert [part["unknown"] for part in found["parts"]] == [2, 0, 0, 0, 0, 0, 3]
    assert (found["total"], found["unknown"], found["missing"]) == (48, 5, 0)


def test_an_open_question_is_missing_and_not_unknown(page, site):
    found = score(page, site, answers("3-- 333 333 333 333 333 333"))
    assert (found["parts"][0]["sum"], found["missing"], found["unknown"]) == (3, 2, 0)


@pytest.mark.parametrize("extremes, total", [("0", 0), ("x", 0), ("3", 63)])
def test_a_total_goes_from_nothing_to_sixty_three(page, site, extremes, total):
    assert score(page, site, answers(extremes * 21))["total"] == total


@pytest.mark.parametrize(
    "codes, weakest",
    [
        ("333 332 111 333 333 333 333", "referral"),
        # Level: the one with the lowest execution
        ("333 012 111 120 333 333 333", "repeating"),
        # Level in that too: the first of the playbook
        ("333 333 120 210 300 333 333", "referral"),
        ("222 222 222 222 222 222 222", "relations"),
        # “I don't know” is as low as nothing
        ("333 111 210 333 12x 333 333", "referral"),
    ],
)
def test_the_weakest_comes_first(page, site, codes, weakest):
    assert ranked(page, site, codes)[0] == weakest


def test_all_seven_stand_in_the_order_of_their_scores(page, site):
    found = ranked(page, site, "333 332 111 000 010 001 222")
    assert found == ["repeating", "revenue", "rebound", "referral", "repetition", "reputation", "relations"]


REFERRAL = "333 333 111 333 333 222 333"


@pytest.mark.parametrize(
    "items, step",
    [
        ({}, "ref-1"),
        ({"ref-1": done(), "ref-2": unfit(), "reb-1": done()}, "ref-3"),
        ({f"ref-{number}": done() for number in (2, 3, 4, 5, 6)}, "ref-1"),
        # Everything of the weakest is done: the second weakest
        ({f"ref-{number}": done() for number in range(1, 7)}, "reb-1"),
    ],
)
def test_the_next_step_is_the_first_open_item(page, site, items, step):
    assert next_step(page, site, REFERRAL, items) == step


def test_there_is_no_next_step_when_no_item_is_open(page, site):
    ids = evaluate(page, site, "score", "playbook.certainties.flatMap(one => one.items.map(item => item.id))")
    assert len(ids) == 42
    assert next_step(page, site, REFERRAL, dict.fromkeys(ids, done())) is None


CODE = st.sampled_from("0123x-")
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.just("3"), max_size=2)
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.sampled_from(KEYS), CODE | ANYTHING)
        | st.dictionaries(st.sampled_from(["__proto__", "constructor", "toString", *KEYS]), CODE | ANYTHING),
        min_size=1,
        max_size=50,
    )
)
def test_any_answers_give_a_score_within_bounds(page, site, many):
    found = evaluate(page, site, "score", "many.map(given => score.score(playbook, given))", many=[*many])
    for one, given_answers in zip(found, many, strict=True):
        assert [part["certainty"]["id"] for part in one["parts"]] == list(CERTAINTIES)
        assert all(0 <= part["sum"] <= 9 for part in one["parts"])
        assert one["total"] == sum(part["sum"] for part in one["parts"])
        good = [
            given_answers.get(key) in set("0123x") if isinstance(given_answers.get(key), str) else False
            for key in KEYS
        ]
        assert one["missing"] == 21 - sum(good)


# --- Earlier results ---

NOW, THEN, FIRST = (answers(code * 21) for code in "321")


def record(page, site, before: dict[str, Any], date: str) -> Any:
    expression = "snapshots.record(playbook, before, date)"
    return evaluate(page, site, "snapshots", expression, before=before, date=date)


def snapshot(date: str, given_answers: dict[str, str]) -> dict[str, Any]:
    return {"date": date, "answers": given_answers}


def test_an_unfinished_result_is_not_kept(page, site):
    before = state(answers=answers("3" * 20 + "-"))
    assert record(page, site, before, "2026-11-23") == before


def test_a_finished_result_is_kept_by_its_day_and_the_later_one_stays(page, site):
    first = record(page, site, state(answers=THEN), "2026-11-23")
    assert first["snapshots"] == [snapshot("2026-11-23", THEN)]
    second = record(page, site, {**first, "answers": NOW}, "2026-11-23")
    assert second["snapshots"] == [snapshot("2026-11-23", NOW)]
    third = record(page, site, {**second, "answers": FIRST}, "2026-11-24")
    assert third["snapshots"] == [snapshot("2026-11-24", FIRST), snapshot("2026-11-23", NOW)]


def test_sixty_results_are_kept_and_then_the_oldest_goes(page, site):
    old = [snapshot(f"2026-{month:02}-{day:02}", NOW) for month in range(1, 4) for day in range(1, 21)]
    kept = record(page, site, state(answers=NOW, snapshots=old), "2026-11-23")["snapshots"]
    assert len(kept) == 60
    assert [one["date"] for one in (kept[0], kept[-1])] == ["2026-11-23", "2026-01-02"]


def test_a_result_is_compared_with_those_before_it(page, site):
    kept = [snapshot("2026-10-05", FIRST), snapshot("2026-11-23", NOW), snapshot("2026-11-02", THEN)]
    history = "snapshots.history(playbook, kept)"
    assert evaluate(page, site, "snapshots", history, kept=state(answers=NOW, snapshots=kept)) == {
        "date": "2026-11-23",
        "before": [snapshot("2026-11-02", THEN), snapshot("2026-10-05", FIRST)],
    }
    # A result that was not kept by itself, as after an import
    other = answers("0" * 21)
    found = evaluate(page, site, "snapshots", history, kept=state(answers=other, snapshots=kept))
    assert (found["date"], len(found["before"])) == (None, 3)


def test_the_same_answers_on_a_later_day_are_a_result_of_their_own(page, site):
    kept = state(answers=NOW, snapshots=[snapshot("2026-11-23", NOW), snapshot("2026-10-05", NOW)])
    found = evaluate(page, site, "snapshots", "snapshots.history(playbook, kept)", kept=kept)
    assert found == {"date": "2026-11-23", "before": [snapshot("2026-10-05", NOW)]}


# --- What a result means, in one sentence ---


def meaning(page, site, codes: str) -> str:
    expression = "(({ claim, reason }) => `${claim} ${reason}`)(meaning.meaningOf(playbook, given))"
    return evaluate(page, site, "meaning", expression, given=score(page, site, answers(codes)))


MEANINGS = {
    "210 223 10x 211 232 110 332": (
        "Jullie zijn het zekerst van Herhaling en improviseren het meest bij Referral. Er is een idee, er "
        "is geen keuze gemaakt en je weet niet of het elke week gebeurt."
    ),
    "333 333 333 222 332 222 333": (
        "Jullie zijn zeker van vier van de zeven, en het minst zeker van Herhaalaankoop en Terugkeer. Begin"
        " bij Herhaalaankoop: het idee staat op papier, de keuze staat op papier en het heeft een ritme en "
        "een eigenaar."
    ),
    "333 333 333 223 332 332 333": (
        "Jullie zijn zeker van alle zeven, en het minst van Herhaalaankoop. Het idee staat op papier, de "
        "keuze staat op papier en het wordt gemeten."
    ),
    "211 112 111 011 121 111 112": (
        "Jullie improviseren het meest bij Herhaalaankoop. Er is geen idee, over de keuze is alleen gepraat"
        " en sommigen doen het."
    ),
    "222 221 222 222 222 222 222": (
        "Jullie improviseren nergens en zijn nog nergens zeker. Er is het meest te winnen bij Reputatie. "
        "Het idee staat op papier, de keuze staat op papier en sommigen doen het."
    ),
    "000 000 000 000 000 000 000": (
        "Jullie improviseren bij alle zeven. Begin bij Relaties: er is geen idee, er is geen keuze gemaakt "
        "en het gebeurt als het toevallig uitkomt."
    ),
    "xxx xxx xx1 xxx xxx xxx xxx": (
        "Van de meeste vragen weet je het antwoord niet. Dat is een eerlijke uitslag. Zoek het deze week "
        "uit voor Relaties."
    ),
    "333 333 33x 333 xxx 333 333": (
        "Jullie zijn het zekerst van vijf van de zeven en improviseren het meest bij Rendement. Je weet van"
        " idee, keuze en uitvoering niet hoe het ervoor staat."
    ),
    "333 333 33x 333 333 333 333": (
        "Jullie zijn zeker van zes van de zeven, en het minst zeker van Referral. Over het idee zegt "
        "iedereen hetzelfde en de keuze is langs de cijfers gelegd, maar je weet niet of het elke week "
        "gebeurt."
    ),
    "333 333 333 333 333 333 333": (
        "Alle zeven staan op het hoogste. Laat een collega de toets ook doen. Dan weet je of die het met je"
        " eens is."
    ),
    "xxx xxx xxx xxx xxx xxx xxx": (
        "Van geen van de zeven weet je hoe jullie ervoor staan. Dat is een eerlijke uitslag. Zoek het deze "
        "week uit voor Relaties."
    ),
}


@pytest.mark.parametrize("codes", MEANINGS)
def test_a_result_is_one_sentence_made_from_the_levels(page, site, codes):
    assert meaning(page, site, codes) == MEANINGS[codes]


@given(
    st.lists(
        st.lists(st.sampled_from("0123x"), min_size=21, max_size=21).map("".join), min_size=20, max_size=20
    )
)
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_result_has_a_sentence_with_no_gap_in_it(page, site, many):
    expression = """given.map((one) => {
      const { claim, reason } = meaning.meaningOf(playbook, one);
      return `${claim} ${reason}`;
    })"""
    scored = [score(page, site, answers(codes)) for codes in many]
    for sentence in evaluate(page, site, "meaning", expression, given=scored):
        assert "undefined" not in sentence
        assert "{" not in sentence
        assert sentence.endswith(".")
