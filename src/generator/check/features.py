"""What a letter asks of a mail program: its elements, attributes, styles and pictures, under caniemail's names.

A name that caniemail does not know, like that of a `<title>`, is ignored.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from generator.check.styles import parse_sheet, parse_style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.html import HtmlElement

    from generator.check.styles import Declaration

_GROUPS = {
    "html-h1-h6": ("h1", "h2", "h3", "h4", "h5", "h6"),
    "html-lists": ("ul", "ol", "li", "dl", "dt", "dd"),
    "html-semantics": (
        *("article", "aside", "details", "figcaption", "figure", "footer", "header", "main", "mark", "nav"),
        *("section", "summary", "time"),
    ),
    "html-image-maps": ("map", "area"),
    "html-strike": ("strike", "s"),
}
_ELEMENTS = {tag: slug for slug, tags in _GROUPS.items() for tag in tags}
_ATTRIBUTES = {
    "loading": "html-loading-attribute",
    "usemap": "html-image-maps",
    **{
        name: f"html-{name}"
        for name in (
            *(
                "align",
                "aria-describedby",
                "aria-hidden",
                "aria-label",
                "aria-labelledby",
                "aria-live",
                "background",
            ),
            *("cellpadding", "cellspacing", "dir", "height", "hidden", "lang", "popover", "required", "role"),
            *("srcset", "target", "valign", "width"),
        )
    },
}
_PICTURES = {"jpeg": "jpg", "jfif": "jpg", "tif": "tiff", "heic": "heif"}

_PROPERTIES = {
    **dict.fromkeys(("left", "right", "top", "bottom"), "left-right-top-bottom"),
    **dict.fromkeys(
        ("columns", "column-fill", "column-rule", "column-span", "column-width"), "column-layout-properties"
    ),
    **dict.fromkeys(("row-gap", "column-gap", "grid-gap"), "gap"),
    **dict.fromkeys(("border-inline", "border-block"), "border-inline-block"),
    **dict.fromkeys(("margin-inline", "margin-block"), "margin-inline-block"),
    **dict.fromkeys(("padding-inline", "padding-block"), "padding-inline-block"),
    **{
        f"{box}-{axis}-{end}": f"{box}-{axis}-start-end"
        for box in ("margin", "padding")
        for axis in ("inline", "block")
        for end in ("start", "end")
    },
    **dict.fromkeys(("mask", "-webkit-mask-image"), "mask-image"),
}
"""Properties that have another name at caniemail."""
_VALUES = {
    "initial": "css-unit-initial",
    "system-ui": "css-sytem-ui",
    **dict.fromkeys(("min-content", "max-content", "fit-content"), "css-intrinsic-size"),
    **dict.fromkeys(("oklch()", "oklab()", "lch()", "lab()", "color-mix()", "color()"), "css-modern-color"),
    **{
        f"{name}()": f"css-{name}"
        for name in ("rgb", "rgba", "linear-gradient", "radial-gradient", "conic-gradient")
    },
    **{f"{name}()": f"css-function-{name}" for name in ("clamp", "max", "min", "light-dark")},
    "calc()": "css-unit-calc",
    "var()": "css-variables",
    "%": "css-unit-percent",
    **{
        unit: f"css-unit-{unit}"
        for unit in ("ch", "cm", "em", "ex", "in", "mm", "pc", "pt", "px", "rem", "vh", "vmax", "vmin", "vw")
    },
}
_DISPLAYS = {
    "none": "css-display-none",
    "flex": "css-display-flex",
    "inline-flex": "css-display-flex",
    "grid": "css-display-grid",
    "inline-grid": "css-display-grid",
}


def find_features(tree: HtmlElement) -> Mapping[str, HtmlElement]:
    """The names of all features that a document uses, each with the first element that does."""
    found: dict[str, HtmlElement] = {"html-doctype": tree} if tree.getroottree().docinfo.doctype else {}
    for element in tree.iter():
        if isinstance(element.tag, str):
            for slug in _of_element(element):
                found.setdefault(slug, element)
    return found


def _of_element(element: HtmlElement) -> Iterator[str]:
    tag = element.tag
    if tag in {"input", "button"}:
        kind = element.get("type", "text" if tag == "input" else "submit")
        yield f"html-{tag}-{kind}"
    else:
        yield _ELEMENTS.get(tag, f"html-{tag}")
    for name, value in element.items():
        if name in _ATTRIBUTES:
            yield _ATTRIBUTES[name]
        elif name == "href" and tag in {"a", "area"}:
            yield from _of_address(value)
        elif name == "src" and tag == "img":
            yield _of_picture(value)
        elif name == "style":
            yield from _of_style(value)
    if tag == "style":
        yield from _of_sheet(element.text or "")
    elif tag == "meta" and element.get("name") == "color-scheme":
        yield "html-meta-color-scheme"


def _of_address(address: str) -> Iterator[str]:
    if address.startswith("#"):
        yield "html-anchor-links"
    elif address.lower().startswith("mailto:"):
        yield "html-mailto-links"


def _of_picture(address: str) -> str:
    if address.lower().startswith("data:"):
        return "image-base64"
    ending = address.partition("?")[0].rpartition(".")[2].lower()
    return f"image-{_PICTURES.get(ending, ending)}"


@lru_cache(maxsize=64)
def _of_sheet(css: str) -> frozenset[str]:
    sheet = parse_sheet(css)
    found = {f"css-{part}" for part in sheet.parts}
    for rule in sheet.rules:
        found.update(_of_declarations(rule.declarations))
        found.update(f"css-{part}" for part in rule.parts)
    return frozenset(found)


@lru_cache(maxsize=4096)
def _of_style(css: str) -> frozenset[str]:
    return frozenset(_of_declarations(parse_style(css)))


def _of_declarations(declarations: Iterable[Declaration]) -> Iterator[str]:
    for declaration in declarations:
        name = declaration.name
        if name.startswith("--"):
            yield "css-variables"
        elif not name.startswith("mso-"):  # those are for one program, which knows them
            yield f"css-{_property(name)}"
        if declaration.important:
            yield "css-important"
        for part in declaration.parts:
            if slug := _VALUES.get(part):
                yield slug
            if name == "display" and part in _DISPLAYS:
                yield _DISPLAYS[part]


def _property(name: str) -> str:
    """The name of a property at caniemail: `border-left-color` belongs to `border`."""
    if name in _PROPERTIES:
        return _PROPERTIES[name]
    sides = ("top", "right", "bottom", "left")
    first, _, rest = name.partition("-")
    if first in {"margin", "padding"} and rest in sides:
        return first
    if first == "border" and rest.partition("-")[0] in {*sides, "color", "style", "width"}:
        return "border-radius" if rest.endswith("radius") else first
    return name
