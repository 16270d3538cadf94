"""Computed styles are those of a real browser, and contrast is that of WCAG."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from playwright.sync_api import Browser, BrowserContext

from generator.check.css.cascade import Cascade, Style, over
from generator.check.css.screens import Screen
from generator.check.css.styles import parse_sheet
from generator.check.rules.colours import contrast
from generator.content import Newsletter
from generator.render.letter.email import render_email
from generator.render.templating import find_token, render_template
from tests.render.mails import edition_of

ROOT = Path(__file__).parents[3]
BLACK, WHITE, GREY = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (119 / 255, 119 / 255, 119 / 255, 1.0)

# For every element what a browser makes of its styles; the order is that of the document.
COMPUTED = """() => [...document.body.querySelectorAll('*')].map((element) => {
  const style = getComputedStyle(element);
  return {
    name: `${element.tagName.toLowerCase()}.${element.className} ${element.textContent.trim().slice(0, 30)}`,
    colour: style.color, background: style.backgroundColor,
    size: parseFloat(style.fontSize), weight: Number(style.fontWeight),
    line: style.lineHeight === 'normal' ? null : parseFloat(style.lineHeight),
    hidden: !element.checkVisibility(),
  };
})"""

CASES = """<!DOCTYPE html><html><head><meta charset="utf-8"><style>
:root { color-scheme: light dark }
* { line-height: 1.5 }
p { color: red; font-size: 20px }
p.a { color: green }
.a { color: blue }
#one { color: #123456 }
.b.c { color: #abcdef } .c { color: #fedcba }
div > p + p { background: rgb(10 20 30 / 50%) url(x.png) no-repeat }
div p ~ .last { background-color: hsl(120, 50%, 50%) }
.loud { color: rgb(1, 2, 3) !important }
.loud { color: rgb(4, 5, 6) }
.loud.louder { color: rgb(7, 8, 9) !important }
[data-x="1"] { color: purple } [data-y] .in { color: orange }
.bad { color: teal; color: nonsense(1) } .worse { background: navy; background-color: 12px }
.in > em, strong:first-child, p::before, p:hover { color: brown }
:not(p).odd { color: olive } :nth-child(2).even { color: lime }
.big { font: 12px serif; font-size: 2em; line-height: 30px } .big span { font-size: 50%; font-weight: bolder }
.percent { line-height: 150% } .rem { font-size: 1.25rem } .pt { font-size: 12pt }
.light { font-weight: 900 } .light b { font-weight: lighter } .inherit { color: inherit }
.now { background: currentcolor }
.gone { display: none } .usual { line-height: normal } .tiny { font-size: 0; line-height: inf }
.sizes { font-size: 3potatoes; line-height: tallpx; font-weight: heavy }
@media screen and (min-width: 600px) { .wide { color: #010203; font-size: 30px } }
@media (max-width: 400px), print { .narrow { color: #040506 } }
@media not screen { .never { color: #070809 } } @media print { .print { color: #0a0b0c } }
@media (prefers-color-scheme: dark) { .dark { color: #ddd; background: #222 !important }
  @media (min-width: 600px) { .both { color: #eee } } }
@media only screen and (prefers-color-scheme: light) { .lit { color: #111 } }
@media (orientation: nonsense) { .odd-query { color: #777 } }
.one, .two% { color: #999 }
</style></head><body bgcolor="white">
<div id="one"><p class="a">a</p><p class="a loud louder">b</p><p class="c b last" style="color: #333">c</p></div>
<p class="loud" style="color: #444">d</p><p class="loud" style="color: #555 !important">e</p>
<div data-x="1" data-y><span class="in">f <em>g</em></span> <b>h <strong>i</strong></b></div>
<p class="bad">j</p><p class="worse">k</p><div class="odd">l</div><div><i>x</i><i class="even">y</i></div>
<div class="big">m <span>n</span></div><div class="percent"><p>o</p></div><p class="rem">p</p><p class="pt">q</p>
<div class="light">r <b>s</b></div><p class="a"><a href="#">t</a> <a>u</a> <a class="inherit" href="#">v</a></p>
<p class="usual">Q</p><p class="tiny">S</p><p class="sizes">R</p><p class="now">w</p><div class="gone">x <b>y</b></div>
<h1>z</h1><h2>z</h2><h3>z</h3><h5>z</h5>
<small>s</small><sup>2</sup>
<p class="wide">A</p><p class="narrow">B</p><p class="never">C</p><p class="print">D</p><p class="dark">E</p>
<p class="both">F</p><p class="lit">G</p><p class="odd-query">H</p><p class="one">I</p>
<table><tbody><tr><th>K</th><td hidden>L</td></tr></tbody></table><p style="font-size: larger; background: #0008">M</p>
</body></html>"""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


def css(colour: tuple[float, float, float, float]) -> tuple[int, int, int, float]:
    return (*(round(part * 255) for part in colour[:3]), round(colour[3], 2))


def read(text: str) -> tuple[int, int, int, float]:
    """A colour as a browser writes it."""
    parts = [float(part) for part in text.partition("(")[2].strip(")").split(",")]
    return (*(round(part) for part in parts[:3]), round(parts[3], 2) if len(parts) > 3 else 1.0)


def compare(context: BrowserContext, source: str, screen: Screen) -> int:
    """Compare our styles with those of the browser, element by element; returns how many there were."""
    page = context.new_page()
    page.set_viewport_size({"width": screen.width, "height": 800})
    page.emulate_media(color_scheme=screen.scheme)
    page.route("**/*", lambda route: route.abort())
    page.set_content(source)
    tree = html.document_fromstring(source)
    styles = Cascade(tree).styles(screen)
    ours: list[Style] = [
        styles[one] for one in tree.find("body").iterdescendants() if isinstance(one.tag, str)
    ]
    theirs = page.evaluate(COMPUTED)
    page.close()
    different = [
        (expected["name"], seen, wanted)
        for style, expected in zip(ours, theirs, strict=True)
        if (seen := describe(style)) != (wanted := read_computed(expected))
    ]
    assert not different, screen
    return len(ours)


def describe(style: Style) -> dict[str, Any]:
    return {
        "colour": css(style.colour),
        "background": css(style.background),
        "size": round(style.size, 1),
        "weight": style.weight,
        "line": style.line_height and round(style.line_height, 1),
        "hidden": style.hidden,
    }


def read_computed(computed: dict[str, Any]) -> dict[str, Any]:
    """What the browser says, in our terms."""
    return {
        "colour": read(computed["colour"]),
        "background": read(computed["background"]),
        "size": round(computed["size"], 1),
        "weight": computed["weight"],
        "line": computed["line"] and round(computed["line"], 1),
        "hidden": computed["hidden"],
    }


SCREENS = [Screen(scheme, width) for scheme in ("light", "dark") for width in (360, 680)]


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_the_styles_of_a_letter_are_those_of_a_real_browser(
    context: BrowserContext, newsletter: Newsletter, screen: Screen
) -> None:
    source = render_email(newsletter, edition_of(newsletter)).html
    assert compare(context, source, screen) > 120


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_the_cascade_is_that_of_a_real_browser(context: BrowserContext, screen: Screen) -> None:
    assert compare(context, CASES, screen) > 40


@pytest.mark.parametrize(
    "front, back, expected",
    [(BLACK, WHITE, 21.0), (WHITE, WHITE, 1.0), (GREY, WHITE, 4.48), (WHITE, GREY, 4.48)],
)
def test_contrast_is_that_of_wcag(front, back, expected) -> None:
    assert contrast(front, back) == pytest.approx(expected, abs=0.005)


def test_a_colour_that_is_half_clear_is_seen_on_what_is_behind_it() -> None:
    assert over((0, 0, 0, 0.5), WHITE) == (0.5, 0.5, 0.5, 1.0)
    tree = html.document_fromstring(
        '<body style="background: #fff"><p style="background: #0008">a <b>b</b></p></body>'
    )
    styles = Cascade(tree).styles(Screen())
    assert css(styles[tree.find(".//b")].behind) == (119, 119, 119, 1.0)


def test_outlook_s_dark_colours_are_those_that_are_checked() -> None:
    """Its apps darken by attributes that no browser sets, so the two sheets are compared, rule by rule."""

    def declared(name: str, *, queried: bool) -> set[tuple[str, str, str]]:
        return {
            (one.text.partition("] ")[2] or one.text, declaration.name, declaration.value)
            for rule in parse_sheet(render_template(ROOT, f"email/{name}")).rules
            if not queried or (rule.media and rule.fits(Screen("dark", 360)))
            for one in rule.selectors
            for declaration in rule.declarations
        }

    dark, outlook = declared("media.css", queried=True), declared("outlook.css", queried=False)
    assert dark - outlook == {("body", "background-color", find_token(ROOT, "dark", "paper"))}, (
        "of its own page Outlook decides"
    )
    assert outlook <= dark
    assert len(dark) > 30
