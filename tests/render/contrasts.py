"""The texts of a mail that do not stand out from what is behind them, as a real browser shows them."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from generator.render.templating import load_tokens

SCHEMES = ("light", "dark", "outlook")
"""“outlook”: as its apps mark a mail that they darken."""
NEEDED, NEEDED_WHEN_LARGE = 4.5, 3.0
"""WCAG 2.2, 1.4.3."""

# For every piece of text that is seen, its colour and what is behind it, as numbers from 0 to 255.
_TEXTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const colour = numbers(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    found.push({
      text: walker.currentNode.data.trim(), front: numbers(style.color), back: behind(element),
      size: parseFloat(style.fontSize), weight: Number(style.fontWeight),
    });
  }
  return found;
}"""


def dress(page: Page, html: str, scheme: str) -> None:
    """Show a mail in a scheme."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_content(html)
    if scheme == "outlook":
        page.evaluate("document.body.dataset.ogsc = document.body.dataset.ogsb = ''")


def read_texts(page: Page) -> list[dict[str, Any]]:
    """Each piece of text that is seen: text, front, back, size in pixels, weight."""
    return page.evaluate(_TEXTS)


def find_faint(page: Page, root: Path, scheme: str) -> list[str]:
    """A sentence for each pair of colours that is too alike, with the names that tokens.toml gives them."""
    found: dict[str, None] = {}
    for text in read_texts(page):
        is_large = text["size"] >= (18.66 if text["weight"] >= 700 else 24)
        needed = NEEDED_WHEN_LARGE if is_large else NEEDED
        front, back = (_hex(text[part]) for part in ("front", "back"))
        if (ratio := contrast(front, back)) < needed:
            pair = f"{_name(root, scheme, front)} on {_name(root, scheme, back)}"
            found[f"{pair} has a contrast of {ratio:.1f} to 1; at least {needed} is required"] = None
    return list(found)


def contrast(one: str, other: str) -> float:
    """How far two colours like #a63a0a stand apart (WCAG 2.2): from 1, the same, to 21, black and white."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def is_light(colour: list[float]) -> bool:
    return _luminance(_hex(colour)) > 0.5


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: list[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour[:3])


def _name(root: Path, scheme: str, colour: str) -> str:
    """A colour by its token; the colour alone when it is none."""
    table = "light" if scheme == "light" else "dark"
    names = [f"{table}.{name}" for name, value in load_tokens(root)[table].items() if value == colour]
    return f"{' or '.join(names)} ({colour})" if names else colour
