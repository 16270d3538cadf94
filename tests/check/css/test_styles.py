"""Style sheets as values."""

import pytest

from generator.check.css.screens import Screen
from generator.check.css.styles import parse_sheet, parse_style
from tests.effort import assert_linear


@pytest.mark.parametrize(
    "selector, parts",
    [
        ("p", {"selector-type"}),
        ("*", {"selector-universal"}),
        (".a", {"selector-class"}),
        (".a.b", {"selector-class", "selector-chaining"}),
        ("p.a", {"selector-class", "selector-type"}),
        ("#a", {"selector-id"}),
        ("[href]", {"selector-attribute"}),
        ("td p", {"selector-type", "selector-descendant"}),
        ("td > p", {"selector-type", "selector-child"}),
        ("td + p", {"selector-type", "selector-adjacent-sibling"}),
        ("td ~ p", {"selector-type", "selector-general-sibling"}),
        ("a:hover", {"selector-type", "pseudo-class-hover"}),
        ("li:nth-child(2)", {"selector-type", "pseudo-class-nth-child"}),
        (":not(.a)", {"pseudo-class-not"}),
        (":has(.a)", {"pseudo-class-has"}),
        ("p::before", {"selector-type", "pseudo-element-before"}),
        ("p, td", {"selector-type", "selector-grouping"}),
    ],
)
def test_a_selector_says_what_it_is_made_of(selector: str, parts: set[str]) -> None:
    (rule,) = parse_sheet(f"{selector} {{ color: red }}").rules
    assert set().union(*(one.parts for one in rule.selectors)) == parts


def test_a_value_says_what_it_is_made_of() -> None:
    (width, colour) = parse_style("width: calc(100% - 2em) !important; background: RED url(a.png)")
    assert (width.parts, width.important) == ({"calc()", "%", "em"}, True)
    assert (colour.colour, colour.important) == ((1.0, 0.0, 0.0, 1.0), False)


def test_a_sheet_says_which_at_rules_it_has() -> None:
    sheet = parse_sheet(
        "@import 'a'; @font-face { } @media (hover) { p { } } p { color: red; b { color: blue } }"
    )
    assert sheet.parts == {"at-import", "at-font-face", "at-media", "at-media-hover", "nesting"}
    assert len(sheet.rules) == 2


@pytest.mark.parametrize(
    "query, width, scheme, fits",
    [
        ("(min-width: 600px)", 600, "light", True),
        ("(min-width: 600px)", 599, "light", False),
        ("(max-width: 400px), print", 400, "light", True),
        ("(max-width: 400px), print", 401, "light", False),
        ("screen and (prefers-color-scheme: dark)", 360, "dark", True),
        ("screen and (prefers-color-scheme: dark)", 360, "light", False),
        ("not print", 360, "light", True),
        ("not all and (min-width: 1px)", 360, "light", False),
        ("(min-width: 40em)", 9999, "light", False),
        ("(anything: else)", 360, "light", False),
        ("screen and 3", 360, "light", False),
    ],
)
def test_a_rule_counts_on_the_screens_that_its_query_names(query, width, scheme, fits) -> None:
    (rule,) = parse_sheet(f"@media {query} {{ p {{ color: red }} }}").rules
    assert rule.fits(Screen(scheme, width)) is fits


@pytest.mark.parametrize(
    "css", ["}{", "p { color", "p { : ; ; } q { color: red", "@media {", "/* ", "\\", "p { color: #12 }"]
)
def test_what_cannot_be_read_is_no_rule_and_no_error(css: str) -> None:
    parse_sheet(css)
    parse_style(css)


@pytest.mark.parametrize(
    "css", ["(" * 200_000, "a:" * 100_000, "p{}" * 20_000, "\\" * 300_000, "--a:" * 100_000]
)
@pytest.mark.slow
def test_a_long_style_takes_no_long_time(css: str) -> None:
    assert_linear(lambda size: parse_style.__wrapped__(css[:size]), len(css))
