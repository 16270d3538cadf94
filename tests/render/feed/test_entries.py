"""A letter's HTML as feed readers and the mail services behind them can show it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from generator.content import Newsletter
from generator.errors import ContentError
from generator.model import Language
from generator.render.feed.entries import _clean, render_entry
from generator.render.markdown import render_letter, to_html
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_text

VOID = {"br", "hr", "img"}
KNOWN = VOID | {
    *(
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "code",
        "em",
        "strong",
        "del",
        "sup",
        "sub",
        "a",
        "abbr",
    ),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "title", "src", "alt", "width", "height", "start"}


class Strict(HTMLParser):
    """Fails at what the feed validator calls no HTML: an unknown tag, an unclosed one, a block in a paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attributes):
        assert tag in KNOWN
        assert {name for name, _ in attributes} <= ATTRIBUTES
        assert "p" not in self.open or tag in {
            "a",
            "abbr",
            "br",
            "code",
            "del",
            "em",
            "img",
            "strong",
            "sub",
            "sup",
        }
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        pytest.fail(f"a comment: {data}")


def html_of(newsletter: Newsletter, language: Language = NL) -> str:
    return render_entry(newsletter, next(newsletter.archive.editions(language))).html


def html_from(newsletter: Newsletter, markdown: str) -> str:
    """What becomes of a text, without the headings and the section of actions."""
    html = html_of(change_text(newsletter, "2026-W47", markdown))
    return html.split("<h2>")[1].partition("</h2>")[2].strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_clean_html(newsletter, language):
    """Traps 24 to 26 of the feeds: no style, class, id, svg or input; every tag closed, every ampersand escaped."""
    for edition in newsletter.archive.editions(language):
        html = render_entry(newsletter, edition).html
        parser = Strict()
        parser.feed(html)
        parser.close()
        assert parser.open == []
        assert not re.search(r"&(?!amp;|lt;|gt;|quot;|nbsp;|#)", html)


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<iframe src='https://example.org/'></iframe>",
        "<svg onload='alert(1)'></svg>",
        "<p style='position:fixed' onclick='x()'>tekst</p>",
        "<object data='x'></object><style>p { color: red }</style><base href='https://example.net/'>",
        "[klik](javascript:alert(1)) ![x](data:image/png;base64,AAAA)",
        '<a href="&#106;avascript:alert(1)">klik</a>',
    ],
)
def test_nothing_unsafe_gets_through(newsletter, markdown):
    """Trap 23: and one paragraph after it does."""
    without_pictures = re.sub(r"!\[.*", "", markdown)
    html = html_from(newsletter, f"{without_pictures}\n\nEn *verder*.")
    assert not re.search(
        r"(?i)<(script|iframe|svg|object|style|base)|\son\w+=|style=|javascript:|data:", html
    )
    assert "<p>En <em>verder</em>.</p>" in html


def test_a_checklist_item_begins_with_its_box_and_links_to_the_playbook(newsletter):
    html = html_of(newsletter, EN)
    assert '<li>☑ <a href="https://example.org/en/certainties/referral/#ref-1">Listed five customers' in html
    assert '<li>☐ <a href="https://example.org/en/certainties/referral/#ref-2">Asked one of them' in html


def test_a_box_stands_in_the_line_of_its_text_in_a_loose_list_too(newsletter):
    html = html_from(newsletter, "- [ ] Een { #ref-1 }\n\n- [x] Twee { #ref-2 }\n\n- Drie")
    assert "<p>☐ <a " in html
    assert "<p>☑ <a " in html
    assert "<p>Drie</p>" in html


def test_headings_begin_below_the_title(newsletter):
    html = html_of(newsletter)
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["Food for thought", "Food for action"]
    assert "<h1" not in html


@pytest.mark.parametrize("language, heading", [(NL, "Bronnen"), (EN, "Sources")])
def test_footnotes_are_a_numbered_list_at_the_end(newsletter, language, heading):
    html = html_of(newsletter, language)
    _, _, notes = html.partition(f"<h3>{heading}</h3>\n<ol>\n")
    assert notes.count("<li>") == 2
    assert notes.endswith("</ol>\n")
    assert notes.index("ref-kumar-2013") < notes.index("ref-kumar-2007")
    assert html.count("<sup>1</sup>") == 2
    assert "#fn" not in html


def test_a_letter_without_footnotes_has_no_list_of_sources(newsletter):
    html = html_of(change_text(newsletter, "2026-W47", "Kort."))
    assert "Bronnen" not in html
    assert "<ol>" not in html


def test_images_are_absolute_with_alt_and_size(newsletter):
    (image,) = re.findall(r"<img [^>]*>", html_of(newsletter))
    for part in (
        'src="https://example.org/archive/2026-W47/two-contacts.png"',
        'alt="Twee ',
        'width="120"',
        'height="60"',
    ):
        assert part in image


def test_an_address_with_a_space_is_a_whole_address(newsletter):
    """A file may be named by a person; an address in a feed has no spaces."""
    edition = next(newsletter.archive.editions(NL))
    (image,) = edition.images.values()
    named = replace(
        edition,
        images={"één lijn.png": image},
        sections=(replace(edition.sections[0], markdown="![Lijn](<één lijn.png>)"), edition.sections[1]),
    )
    entry = render_entry(newsletter, named)
    assert entry.picture.url == "https://example.org/archive/2026-W47/%C3%A9%C3%A9n%20lijn.png"
    assert f'src="{entry.picture.url}"' in entry.html


@pytest.mark.parametrize(
    "file, media_type",
    [("a.png", "image/png"), ("a.JPG", "image/jpeg"), ("a.jpeg", "image/jpeg"), ("a.gif", "image/gif")],
)
def test_the_first_image_says_what_it_is(newsletter, file, media_type):
    edition = next(newsletter.archive.editions(NL))
    (image,) = edition.images.values()
    text = replace(edition.sections[0], markdown=f"![Een]({file})\n\n![Twee](tweede.png)")
    named = replace(edition, images={file: image, "tweede.png": image}, sections=(text, edition.sections[1]))
    picture = render_entry(newsletter, named).picture
    assert (picture.media_type, picture.url.rpartition("/")[2]) == (media_type, file)


def test_an_image_that_nobody_saw_is_told_and_not_shown_broken(newsletter):
    """Cleaning stands between what `content` read and what is shown."""
    changed = change_text(newsletter, "2026-W47", "![a](x.png)")
    with pytest.raises(
        ContentError, match=r"nl\.md: the image “x\.png” has an unexpected form; put it on a line"
    ):
        render_entry(changed, next(changed.archive.editions(NL)))


def test_code_keeps_its_lines_and_its_angle_brackets(newsletter):
    html = html_from(newsletter, "```text\nHoi <naam>,\n  tot & met\n```")
    assert html == "<pre><code>Hoi &lt;naam&gt;,\n  tot &amp; met\n</code></pre>"


def test_a_note_beside_the_text_is_a_quotation(newsletter):
    """Feed readers know no admonitions, and would run it into the text."""
    assert html_from(newsletter, '!!! note "Let op"\n    Vraag het eerst.') == (
        "<blockquote>\n<p>Let op</p>\n<p>Vraag het eerst.</p>\n</blockquote>"
    )


def test_cleaning_leaves_the_letter_as_it_is(newsletter):
    """The trees of a letter are shared with the other channels."""
    letter = render_letter(newsletter, next(newsletter.archive.editions(NL)))
    before = [to_html(body) for _, body in letter.sections]
    assert [_clean(body) for _, body in letter.sections] != before
    assert [to_html(body) for _, body in letter.sections] == before
