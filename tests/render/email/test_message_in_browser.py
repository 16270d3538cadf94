"""The letter in a real browser: narrow and wide, light and dark, heard and seen."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from generator.content import Newsletter, load_newsletter
from generator.model import Email
from generator.render.email.marks import render_marks
from generator.render.email.message import render_email
from tests.languages import NL
from tests.render.contrasts import SCHEMES, dress, find_faint, is_light, read_texts
from tests.render.mails import FULL, edition_of, mail

Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser, newsletter: Newsletter) -> Iterator[Show]:
    """Opens a letter on a screen of some width in a scheme."""
    marks = {mark.path.name: mark.content for mark in render_marks(newsletter, NL)}
    with browser.new_context() as context:

        def open_page(email: Email, width: int = 700, scheme: str = "light", pictures: bool = True) -> Page:
            def answer(route: Route) -> None:
                name = route.request.url.rpartition("/")[2]
                if not pictures:
                    route.abort()
                elif "/assets/marks/" in route.request.url:
                    route.fulfill(body=marks[name], content_type="image/png")
                else:
                    route.fulfill(path=email.edition.source.parent / name)

            page = context.new_page()
            page.set_viewport_size({"width": width, "height": 800})
            page.route("**/*", answer)
            dress(page, email.html, scheme)
            return page

        yield open_page


@pytest.fixture
def email(newsletter: Newsletter) -> Email:
    """The full letter of the sample; in the other language it has the same elements."""
    return render_email(newsletter, edition_of(newsletter))


@pytest.mark.parametrize("width", [320, 360, 600, 1200])
def test_nothing_stands_outside_the_screen(show: Show, email: Email, width: int) -> None:
    page = show(email, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_long_word_a_wide_table_and_code_fit_on_the_narrowest_screen(
    show: Show, newsletter: Newsletter
) -> None:
    long = "Hottentottententententoonstellingsterreinhuurdersvereniging"
    markdown = f"""
{long}

### {long}

| Kop | Twee | Drie | Vier |
|-----|------|------|------|
| {long} | {long} | c | d |

> {long}

- {long}

<https://example.com/{long}>

```
{long * 3}
```
"""
    page = show(mail(newsletter, markdown), width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_column_is_never_wider_than_600_and_in_the_middle(show: Show, email: Email) -> None:
    page = show(email, width=1000)
    box = page.locator(".column").bounding_box()
    assert (box["x"], box["width"]) == (200, 600)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_stands_out_from_what_is_behind_it(
    show: Show, newsletter: Newsletter, email: Email, scheme: str
) -> None:
    page = show(email, scheme=scheme)
    found = read_texts(page)
    assert len(found) > 60
    assert find_faint(page, newsletter.root, scheme) == []
    assert all(is_light(text["back"]) == (scheme == "light") for text in found), (
        "each scheme has its own paper"
    )


@pytest.mark.parametrize(
    "scheme, token, said",
    [
        (
            "light",
            'quiet = "#8b8275"',
            "light.quiet (#8b8275) on light.paper (#fbf8f2) has a contrast of 3.6 to 1",
        ),
        ("dark", 'ink = "#6b6459"', "dark.ink (#6b6459) on dark.panel (#28231e) has a contrast of 2.7 to 1"),
        (
            "outlook",
            'panel = "#b0a89c"',
            "dark.ink (#ebe4d8) on dark.panel (#b0a89c) has a contrast of 1.9 to 1",
        ),
    ],
)
def test_a_token_that_makes_text_faint_is_named(
    show: Show, sample: Path, scheme: str, token: str, said: str
) -> None:
    tokens = sample / "templates/tokens.toml"
    tables = tokens.read_text("utf-8").split("[dark]")
    at = int(scheme != "light")
    tables[at] = re.sub(rf"{token.partition(' ')[0]} = .*", token, tables[at], count=1)
    tokens.write_text("[dark]".join(tables), "utf-8")
    newsletter = load_newsletter(sample)
    page = show(render_email(newsletter, edition_of(newsletter)), scheme=scheme)
    assert f"{said}; at least 4.5 is required" in find_faint(page, sample, scheme)


def test_text_is_large_enough(show: Show, email: Email) -> None:
    page = show(email, width=320)
    sizes = read_texts(page)
    paragraphs = page.locator(".thought p, .action p:not(.more)").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fontSize)"
    )
    assert set(paragraphs) == {"16px"}
    assert {text["text"] for text in sizes if text["size"] < 14} == {"1", "2"}, "only the marks of footnotes"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(show: Show, email: Email, scheme: str) -> None:
    page = show(email, scheme=scheme)
    # A mail is shown within the page of a mail program, which has a main landmark already.
    rules = {"rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}}
    results = Axe().run(page, options=rules)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) > 20


def test_nothing_is_asked_of_the_network_but_the_mark_and_the_letter_s_own_pictures(
    browser: Browser, email: Email
) -> None:
    asked: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", lambda route: asked.append(route.request.url) or route.abort())
        page.set_content(email.html)
        page.wait_for_load_state("networkidle")
    assert asked == [
        "https://example.org/assets/marks/referral.png",
        f"https://example.org/archive/{FULL}/two-contacts.png",
    ]


def test_without_pictures_their_alt_is_there_and_nothing_stands_outside(show: Show, email: Email) -> None:
    page = show(email, width=320, pictures=False)
    mark, picture = page.locator("img").all()
    assert [one.evaluate("one => one.naturalWidth") for one in (mark, picture)] == [0, 0]
    assert page.get_by_role("img", name=picture.get_attribute("alt")).is_visible()
    assert mark.get_attribute("alt") == "", "its certainty is named beside it, where no box breaks the name"
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_preheader_is_not_seen_in_the_letter(show: Show, email: Email) -> None:
    page = show(email)
    assert not page.locator(".preheader").is_visible()
    assert page.locator(".lead", has_text=email.edition.summary).is_visible()
    assert page.get_by_role("heading", level=1).is_visible()


def test_who_listens_hears_each_action_with_its_state(show: Show, email: Email) -> None:
    page = show(email)
    boxes = page.get_by_role("img").evaluate_all("all => all.map(one => one.ariaLabel).filter(Boolean)")
    assert boxes == ["Gedaan:", "Nog te doen:", "Nog te doen:"]
    assert page.get_by_role("table").count() == 1, "only the table of data is one"


_WORDS = [
    "Onderwerp",
    "Klanttevredenheid",
    "Verlengingspercentage",
    "Omzetontwikkeling",
    "Verantwoordelijke",
    "Arbeidsongeschiktheidsverzekering",
    "Klantcontactmoment",
    "Bestuursvoorzitter",
]


def table_of(words: list[str]) -> str:
    rows = (words, ["---"] * len(words), words[::-1], ["12"] * len(words))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


@pytest.mark.parametrize("width", [320, 360, 375, 640])
def test_a_table_of_any_number_of_columns_fits(show: Show, newsletter: Newsletter, width: int) -> None:
    for columns in range(2, 9):
        for words in (_WORDS, ["Ma", "Dinsdag"] * 4, ["€ 12.000"] * 8):
            page = show(mail(newsletter, table_of(words[:columns])), width)
            assert page.evaluate("document.documentElement.scrollWidth") == width, (columns, words)


@pytest.mark.parametrize("before, indent", [("> x\n>\n", "> "), ("- x\n\n", "    "), ("!!! tip\n", "    ")])
def test_a_table_in_something_else_fits(show: Show, newsletter: Newsletter, before: str, indent: str) -> None:
    table = "".join(f"{indent}{row}\n" for row in table_of(_WORDS[:5]).splitlines())
    page = show(mail(newsletter, before + table), 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_heads_of_a_table_that_fits_stay_whole(show: Show, newsletter: Newsletter) -> None:
    markdown = "| Onderwerp | Wie |\n|---|---|\n| " + "een lange zin in een cel " * 4 + "| jij |\n"
    page = show(mail(newsletter, markdown), 320)
    assert page.locator("th", has_text="Onderwerp").evaluate("head => head.offsetHeight") < 50
