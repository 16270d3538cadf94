"""What is left of marks, and entities that nobody sees."""

import pytest

from generator.check.leftovers import LEFT, find_entities


@pytest.mark.parametrize(
    "text",
    [
        *("10:30:15", "noot: ja", "a:b:c", "1 === 2", "x^2", "$5 en $6", "a < b", "5 <b", "a && b", "50 %}"),
        *("[TOC] in een zin", "-- 8 --", "snake_case", "a ~ b"),
    ],
)
def test_what_somebody_may_write_is_no_mark(text: str) -> None:
    assert [what for pattern, what, _ in LEFT if pattern.search(text)] == []


@pytest.mark.parametrize(
    "entity", ["&#0;", "&#x1;", "&#xD800;", "&#x110000;", "&#8203;", "&ZeroWidthSpace;", "&#x202E;"]
)
def test_an_entity_that_nobody_sees_is_found(entity: str) -> None:
    assert list(find_entities(f"a {entity}b")) == [(2, entity)]


def test_an_entity_that_is_of_use_is_not() -> None:
    assert (
        list(find_entities("&amp; &nbsp; &shy; &zwj; &zwnj; &lrm; &euro; &#9; &#233; &unknown; &#128;")) == []
    )


@pytest.mark.parametrize(
    "text", ["[TOC]", ":::", '=== "Tab"', "=== “Tab”", "<br", "</details x", "a :smile:.", "[!NOTE]"]
)
def test_a_mark_of_another_program_is_found(text: str) -> None:
    assert [what for pattern, what, _ in LEFT if pattern.search(text)]
