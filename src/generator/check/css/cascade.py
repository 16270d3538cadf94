"""The styles that elements end up with on a screen: which declaration wins, and what is inherited (CSS Cascade 4).

Only what a reader's eyes need: colours, sizes, weights and lines of text, and what is hidden. The shorthand `font`,
`opacity` and pictures behind text are not read; the letter has none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.check.css.styles import parse_sheet, parse_style
from generator.check.css.values import compute_colour, compute_line, compute_size, compute_weight, is_valid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement

    from generator.check.css.screens import Screen
    from generator.check.css.styles import RGBA, Declaration, StyleRule

_BROWSER = """
head, [hidden] { display: none }
a[href] { color: #0000ee } hr { color: gray }
strong, b { font-weight: bolder }
th, h1, h2, h3, h4, h5, h6 { font-weight: bold }
h1 { font-size: 2em } h2 { font-size: 1.5em } h3 { font-size: 1.17em } h5 { font-size: .83em } h6 { font-size: .67em }
small, sub, sup { font-size: smaller }
@media (prefers-color-scheme: dark) { a[href] { color: #9e9eff } }
"""
"""What a browser does by itself (HTML, 15.3), as far as it concerns letters."""
_READ = {
    *("color", "background", "background-color", "color-scheme", "display"),
    *("font-size", "font-weight", "line-height"),
}
_BLACK, _WHITE, _CLEAR = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0)
_DARK = (18 / 255, 18 / 255, 18 / 255, 1.0)
"""The canvas of a page that says that it has a dark scheme, in Chromium."""

_Key = tuple[bool, bool, tuple[int, int, int], int]
"""What decides between two declarations: important, in the element itself, specificity, order."""


@dataclass(frozen=True, slots=True)
class Style:
    """What is left of all declarations for one element."""

    colour: RGBA
    background: RGBA
    """Its own; see `behind` for what is seen there."""
    behind: RGBA
    """What its text stands on: the backgrounds of all that it is in, one over the other."""
    size: float
    """In pixels."""
    weight: int
    line: tuple[float, bool] | None
    """The height of a line, in pixels or (True) as a factor of the size; None is left to the browser."""
    hidden: bool

    @property
    def line_height(self) -> float | None:
        """The height of a line in pixels."""
        return None if self.line is None else self.line[0] * (self.size if self.line[1] else 1)


class Cascade:
    """The styles of a document."""

    def __init__(self, tree: HtmlElement) -> None:
        """Find out for which elements each rule is; a tree that changes afterwards wants another one."""
        self._tree = tree
        self._rules: dict[HtmlElement, list[tuple[tuple[int, int, int], int, StyleRule]]] = {}
        self._screens: dict[Screen, Mapping[HtmlElement, Style]] = {}
        order = 0
        for css in (_BROWSER, *(block.text or "" for block in tree.iter("style"))):
            is_browser = css is _BROWSER
            for rule in parse_sheet(css).rules:
                order += 1
                if all(declaration.name not in _READ for declaration in rule.declarations):
                    continue
                for selector in rule.selectors:
                    weight = (-1, 0, 0) if is_browser else selector.specificity
                    for element in selector.find(tree):
                        self._rules.setdefault(element, []).append((weight, order, rule))

    def styles(self, screen: Screen) -> Mapping[HtmlElement, Style]:
        """The style of each element on a screen."""
        if screen not in self._screens:
            self._screens[screen] = dict(self._compute(screen))
        return self._screens[screen]

    def _compute(self, screen: Screen) -> Iterator[tuple[HtmlElement, Style]]:
        found: dict[HtmlElement, Style] = {}
        for element in self._tree.iter():
            if not isinstance(element.tag, str):
                continue  # a comment
            declared, parent = self._declared(element, screen), element.getparent()
            above = found[parent] if parent is not None else _beginning(declared, screen)
            found[element] = _inherit(declared, above)
            yield element, found[element]

    def _declared(self, element: HtmlElement, screen: Screen) -> dict[str, Declaration]:
        """Of each property the declaration that wins."""
        won: dict[str, tuple[_Key, Declaration]] = {}
        for specificity, order, rule in self._rules.get(element, ()):
            if rule.fits(screen):
                _weigh(won, rule.declarations, specificity, order, inside=False)
        if style := element.get("style"):
            _weigh(won, parse_style(style), (0, 0, 0), 0, inside=True)
        return {name: declaration for name, (_, declaration) in won.items()}


def over(front: RGBA, back: RGBA) -> RGBA:
    """What is seen of a colour that lies on another one, which is opaque."""
    red, green, blue = (
        above * front[3] + below * (1 - front[3]) for above, below in zip(front[:3], back[:3], strict=True)
    )
    return red, green, blue, 1.0


def _weigh(
    won: dict[str, tuple[_Key, Declaration]],
    declarations: tuple[Declaration, ...],
    specificity: tuple[int, int, int],
    order: int,
    *,
    inside: bool,
) -> None:
    for declaration in declarations:
        if declaration.name not in _READ:
            continue
        name = "background-color" if declaration.name == "background" else declaration.name
        key = (declaration.important, inside, specificity, order)
        if is_valid(declaration) and (name not in won or key >= won[name][0]):
            won[name] = key, declaration


def _beginning(root: Mapping[str, Declaration], screen: Screen) -> Style:
    """What the root inherits: black on white, unless it says that it can do without."""
    scheme = root.get("color-scheme")
    is_dark = screen.scheme == "dark" and scheme is not None and "dark" in scheme.parts
    return Style(
        _WHITE if is_dark else _BLACK, _CLEAR, _DARK if is_dark else _WHITE, 16, 400, None, hidden=False
    )


def _inherit(declared: Mapping[str, Declaration], above: Style) -> Style:
    size = compute_size(declared.get("font-size"), above.size)
    colour = compute_colour(declared.get("color"), above.colour, above.colour)
    background = compute_colour(declared.get("background-color"), _CLEAR, colour)
    display = declared.get("display")
    return Style(
        colour,
        background,
        over(background, above.behind),
        size,
        compute_weight(declared.get("font-weight"), above.weight),
        compute_line(declared.get("line-height"), above.line, size),
        hidden=above.hidden or (display is not None and display.value == "none"),
    )
