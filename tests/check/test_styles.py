"""Style sheets as values."""

import pytest

from generator.check.styles import parse_sheet, parse_style
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
    assert rule.parts == parts


def test_a_value_says_what_it_is_made_of() -> None:
    (width, colour) = parse_style("width: calc(100% - 2em) !important; background: RED")
    assert (width.parts, width.important) == ({"calc()", "%", "em"}, True)
    assert (colour.name, colour.value, colour.parts, colour.important) == (
        "background",
        "red",
        {"red"},
        False,
    )


def test_a_sheet_says_which_at_rules_it_has() -> None:
    sheet = parse_sheet(
        "@import 'a'; @font-face { } @media (hover) { p { } } p { color: red; b { color: blue } }"
    )
    assert sheet.parts == {"at-import", "at-font-face", "at-media", "at-media-hover", "nesting"}
    assert len(sheet.rules) == 2


def test_a_media_query_says_what_it_asks_about_in_whatever_way_it_is_written() -> None:
    queries = "screen and (MIN-WIDTH: 600px), not all and (prefers-color-scheme : dark)"
    sheet = parse_sheet(f"@media {queries} {{ @media (hover) {{ p {{ color: red }} }} }}")
    assert sheet.parts == {
        "at-media",
        *(f"at-media-{it}" for it in ("min-width", "prefers-color-scheme", "hover")),
    }
    assert len(sheet.rules) == 1


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
