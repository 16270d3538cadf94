"""Templates: a mistake is told with its file and line, and colours, fonts and sizes come from one file."""

import re
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.errors import TemplateError
from generator.render.email.marks import render_marks
from generator.render.email.message import render_email
from generator.render.page.cards import render_cards
from generator.render.page.icons import render_icons
from generator.render.page.offline import render_worker
from generator.render.page.styles import render_styles
from generator.render.preview.previews import dress_page
from generator.render.templating import render_template
from generator.web.pages.assets import STYLE, load_assets
from tests.languages import NL
from tests.render.postings import notice

TEMPLATES = Path(__file__).parents[2] / "templates"


def render(root: Path, text: str | bytes, name: str = "x.html", **values: object) -> str:
    path = root / "templates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return render_template(root, name, **values)


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    assert render(tmp_path, "{{ x }}", "x.html", x="<&>") == "&lt;&amp;&gt;"
    assert render(tmp_path, "{{ x }}", "x.txt", x="<&>") == "<&>"
    assert render(tmp_path, "{{ x }}", "x.md", x="<&>") == "<&>"
    assert render(tmp_path, "{{ x }}", "x.other", x="<&>") == "&lt;&amp;&gt;"


UNREADABLE = (
    "templates/x.html:1: cannot be read as a template; look for a {{, {% or {# that is not closed, "
    "or a word that is missing in one"
)
KNOWN = "is not known here; a template may use only the names it is given"


@pytest.mark.parametrize(
    "text, message",
    [
        ("one\n{{ nme }}", f"templates/x.html:2: “nme” {KNOWN}"),
        ("one\n{{ nme.x }}", f"templates/x.html:2: “nme” {KNOWN}"),
        ("{{ {}.x }}", f"templates/x.html:1: “x” {KNOWN}"),
        (
            "{% if %}",
            UNREADABLE,
        ),
        (
            "{# no end",
            UNREADABLE,
        ),
        ("{% for x in [] %}", "templates/x.html:1: the tag “for” is not closed"),
        (
            "{% endif %}",
            "templates/x.html:1: the tag “endif” is not expected here; is the one that it closes missing?",
        ),
        ('{% include "y.html" %}', "templates/y.html: there is no such template"),
        ("{{ 1 | nosuch }}", "templates/x.html:1: there is no filter “nosuch”"),
        ("{{ 1 is nosuch }}", "templates/x.html:1: there is no test “nosuch”"),
        ("{{ 1 / 0 }}", "templates/x.html:1: cannot be computed with these values"),
        (b"caf\xe9", "templates/x.html: is not UTF-8; save it with the encoding UTF-8"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        render(tmp_path, text)
    assert str(error.value) == message


def test_a_template_that_is_changed_is_read_again(tmp_path: Path) -> None:
    """So that `generate serve` shows the change."""
    assert render(tmp_path, "one") == "one"
    assert render(tmp_path, "other text") == "other text"


# --- Colours, fonts and sizes ---


def look(root: Path) -> dict[str, str | bytes]:
    """Everything that readers see, or the style sheet of it."""
    newsletter = load_newsletter(root)
    edition = next(newsletter.archive.editions(NL))
    sheets = [
        f"assets/stylesheets/{path.name}" for path in root.glob("templates/site/assets/stylesheets/*.css")
    ]
    site = render_styles(root, sheets).content
    icon = render_icons(root)[0].content
    return {
        "letter": render_email(newsletter, edition).html,
        "notice": notice(newsletter, "confirm").html,
        "site": site,
        "icon": icon,
        "sign-up": load_assets(root)[STYLE].content,
        "preview": str(dress_page(root, served=False)),
        "offline": render_worker(newsletter).content,
        "card": render_cards(newsletter, NL)[0].content,
        "mark": render_marks(newsletter, NL)[0].content,
    }


def change_token(root: Path, old: str, new: str) -> Path:
    path = root / "templates/tokens.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return root


@pytest.mark.parametrize(
    "old, new, seen",
    [
        ("#a63a0a", "#123456", {"letter", "notice", "site", "sign-up", "preview", "offline", "card", "icon"}),
        ("#f0965a", "#fedcba", {"letter", "notice", "site", "sign-up", "preview", "offline"}),
        ("#857a6b", "#654321", {"mark"}),
        ("Georgia", "Garamond", {"letter", "notice"}),
    ],
)
def test_a_token_changes_whatever_readers_see(sample: Path, old: str, new: str, seen: set[str]) -> None:
    before, after = look(sample), look(change_token(sample, old, new))
    assert {name for name in before if before[name] != after[name]} == seen
    for name in seen - {"card", "mark"}:
        content = after[name]
        text = content.decode() if isinstance(content, bytes) else content
        assert new in text, name
        assert old not in text, name


@pytest.mark.parametrize(
    "old, new, seen",
    [
        ('text = "16px"', 'text = "17px"', {"letter", "notice"}),
        ('small_line = "24px"', 'small_line = "26px"', {"letter", "notice"}),
        ('wide = "600px"', 'wide = "640px"', {"letter", "notice"}),
        ('text = "19px"', 'text = "20px"', {"site", "sign-up"}),
        ('radius = "2px"', 'radius = "4px"', {"site", "sign-up"}),
        ('outline = "2px"', 'outline = "3px"', {"site", "sign-up", "preview"}),
        ('h2 = "1.2"', 'h2 = "1.25"', {"site", "sign-up", "preview"}),
        ('text = "1.5"', 'text = "1.6"', {"site", "sign-up", "preview"}),
        ('ink = "#000"', 'ink = "#111"', {"site"}),
        ('button = "#ffffff"', 'button = "#fffffe"', {"notice"}),
    ],
)
def test_a_size_changes_in_every_channel_that_has_it(
    sample: Path, old: str, new: str, seen: set[str]
) -> None:
    before, after = look(sample), look(change_token(sample, old, new))
    assert {name for name in before if before[name] != after[name]} == seen


def test_a_size_in_pixels_is_also_one_in_rem(tmp_path: Path) -> None:
    assert render(tmp_path, "{{ '19px' | rem(20) }} {{ '19px' | rem(16) }}") == "0.95rem 1.1875rem"


def test_no_template_has_a_colour_of_its_own() -> None:
    for path in TEMPLATES.rglob("*"):
        if (
            path.suffix in {".css", ".html", ".svg"} and path.name != "entry.html"
        ):  # dressed as a feed reader is
            assert not re.findall(r"(?<!&)#[0-9a-fA-F]{3,8}\b", path.read_text("utf-8")), path


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('paper = "#fbf8f2"', 'paper = "white"', ": light.paper is “white”; expected a colour like #a63a0a"),
        ('paper = "#fbf8f2"', "paper = 7", ': “light” must be a table of texts, like paper = "#fbf8f2"'),
        (
            'paper = "#fbf8f2"',
            "paper = #fbf8f2",
            ":6: is not TOML: the value is missing: write it after the =",
        ),
        ('paper = "#fbf8f2"', "", ": light and dark must have the same names; only one has paper"),
        ('serif"', 'serif; } x {"', ": font.text has characters that a style sheet would misread"),
        ('mark = "#857a6b"', "", ": the value both.mark is missing"),
        ('text = "19px"', 'text = "19"', ": web.text is “19”; expected pixels like 16px"),
        (
            'h2 = "1.2"',
            'h2 = "1,2"',
            ": ratio.h2 is “1,2”; expected a factor like 1.5, or a length like -0.01em",
        ),
        ("[ratio]", "[ratios]", ": unknown table “ratios”; did you mean “ratio”?"),
    ],
)
def test_a_mistake_in_the_tokens_is_one_sentence(sample: Path, old: str, new: str, said: str) -> None:
    tokens = sample / "templates/tokens.toml"
    text = tokens.read_text("utf-8")
    assert old in text
    tokens.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(TemplateError) as error:
        render_marks(load_newsletter(sample), NL)
    assert str(error.value) == f"templates/tokens.toml{said}"
