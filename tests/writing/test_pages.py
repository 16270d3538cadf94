"""The pages that an editor walks through, and the calls that make something new."""

from datetime import datetime

import pytest
from lxml import html

from generator.content.certainties import IDS
from tests.writing.conftest import THOUGHT, WEEK, Editor, letter

FIRST = "2026-W47"
DURING = datetime.fromisoformat("2026-11-16T12:00:00+01:00")
"""The Monday before the newest letter of the sample."""
BEFORE = datetime.fromisoformat("2026-11-09T12:00:00+01:00")
LATER = datetime.fromisoformat("2026-12-01T12:00:00+01:00")


@pytest.fixture
def early(sample) -> Editor:
    return Editor(sample, lambda: DURING)


@pytest.fixture
def late(sample) -> Editor:
    return Editor(sample, lambda: LATER)


def read(editor: Editor, path: str) -> html.HtmlElement:
    answer = editor.get(path)
    assert answer.status == 200, answer.content
    return html.document_fromstring(answer.content.decode())


def test_the_address_leads_to_the_coming_letter_or_to_its_beginning(early, late):
    assert early.get("").headers["Location"] == f"{early.writer.base}{FIRST}/"
    assert early.get("start").headers["Location"] == f"{early.writer.base}{FIRST}/"
    assert late.get("").headers["Location"] == f"{late.writer.base}start"
    assert late.get(FIRST).headers["Location"] == f"{late.writer.base}{FIRST}/"


@pytest.mark.parametrize("path", [f"{FIRST}/", f"{THOUGHT}/", "start", "texts", "plan", "problems"])
def test_each_page_speaks_the_language_that_was_chosen(late, path):
    assert read(late, path).get("lang") == "nl"
    chosen = late.get(f"{path}?in=en")
    assert chosen.headers["Location"] == f"{late.writer.base}{path}"
    cookie = chosen.headers["Set-Cookie"]
    assert f"Path=/write/{late.writer.token}" in cookie
    assert "SameSite=Strict" in cookie
    again = late.get(path, HTTP_COOKIE=cookie.partition(";")[0])
    assert html.document_fromstring(again.content.decode()).get("lang") == "en"


def test_each_page_loads_what_is_there_and_nothing_else(late):
    for path in (f"{FIRST}/", f"{THOUGHT}/", "start", "texts", "plan", "problems"):
        page = read(late, path)
        assert not page.xpath(
            "//style | //script[not(@src) and not(@type='application/json')] | //@style | //@onclick"
        )
        for address in page.xpath("//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href"):
            if not address.startswith("data:"):
                assert late.ask(address).status == 200, address
        for address in page.xpath("//a/@href"):
            if not address.startswith("#"):
                assert late.ask(address.partition("#")[0]).status in {200, 302}, address


def test_the_lists_say_how_far_each_text_is(early):
    page = early.get("texts").content.decode()
    for week in ("2026-W45", "2026-W46", FIRST):
        assert f"{early.writer.base}{week}/" in page
    assert f"{early.writer.base}{THOUGHT}/" in page
    states = {text: early.call("open", text=text).data["state"] for text in ("2026-W45", FIRST, THOUGHT)}
    assert states["2026-W45"] == "out"
    assert states[FIRST] in {"draft", "ready"}
    assert states[THOUGHT] == "ready"


def test_a_letter_is_ready_when_nothing_is_wrong_and_a_draft_when_something_is(sample):
    editor, week = Editor(sample, lambda: BEFORE), "2026-W46"

    def find_state() -> str:
        state: str = editor.call("check", text=week).data["state"]
        assert editor.call("changes", text=week, digests={}).data["state"] == state
        return state

    opened = editor.open(week)
    assert find_state() == "ready"
    editor.save(week, body=opened["body"].replace("## Food for action", "## Nothing"))
    assert find_state() == "draft"
    editor.save(week, body=opened["body"])
    assert find_state() == "ready"
    editor.save(week, draft=True)
    assert find_state() == "draft"


def test_the_coming_letter_is_made_once(late):
    page = read(late, "start")
    assert page.xpath("//h1")
    made = late.call("assemble", week="2026-W49")
    assert made.data == {"text": "2026-W49"}
    texts = {language: letter(late.root, language, "2026-W49").read_bytes() for language in ("nl", "en")}
    assert late.call("open", text="2026-W49").data["state"] in {"draft", "ready"}
    again = late.call("assemble", week="2026-W49")
    if again.status != 200:
        assert again.message
    assert {one: letter(late.root, one, "2026-W49").read_bytes() for one in ("nl", "en")} == texts


def test_a_letter_that_somebody_has_begun_is_never_replaced(late):
    path = letter(late.root, "nl", "2026-W49")
    path.parent.mkdir()
    path.write_text("Mijn werk.\n")
    late.call("assemble", week="2026-W49")
    assert path.read_text() == "Mijn werk.\n"


@pytest.mark.parametrize("week", ["2026-W54", "x", "../W49", 5, "2026-W1", "２０２６-W49"])
def test_a_week_is_one_of_the_calendar(late, week):
    before = sorted((late.root / "newsletter").rglob("*"))
    assert late.call("assemble", week=week).message
    assert sorted((late.root / "newsletter").rglob("*")) == before


def test_a_new_thought_is_named_after_its_title_and_never_replaces_another(late):
    made = late.call("thought", certainty="referral", title="Wie belt er één keer terug?")
    assert made.status == 200, made.content
    text = made.data["text"]
    assert text.startswith("thoughts/referral/wie-belt-er-")
    assert late.open(text)["fields"]["title"] == "Wie belt er één keer terug?"
    assert late.call("open", text=text).data["state"] == "draft"
    before = sorted((late.root / "newsletter").rglob("*"))
    assert late.call("thought", certainty="referral", title="Wie belt er één keer terug?").message
    for certainty in ("nothing", "", "../referral", "referral/..", None):
        assert late.call("thought", certainty=certainty, title="Een titel").message
    for title in ("", " ", "😀", "...", None, ["x"]):
        assert late.call("thought", certainty="referral", title=title).message
    assert sorted((late.root / "newsletter").rglob("*")) == before


def test_the_plan_shows_each_certainty_and_sixty_weeks(late):
    page = read(late, "plan")
    weeks = page.xpath("//main//time/@datetime")
    assert (len(weeks), weeks[0]) == (60, "2026-12-04")
    assert len(page.xpath("//table/tbody/tr")) == len(IDS)


def test_all_problems_are_listed_with_their_text(late):
    path = letter(late.root)
    path.write_text(path.read_text().replace("title:", "title: ["))
    page = read(late, "problems")
    assert "nl.md" in page.text_content()
    assert page.xpath(f"//a[contains(@href, '{WEEK}/')]")


# --- What the page asks again and again ---


def test_a_change_elsewhere_is_told(late):
    opened = {one: late.open(FIRST, one)["digest"] for one in ("nl", "en")}
    assert late.call("changes", text=FIRST, digests=opened).data["changed"] == {}
    letter(late.root, "en").write_text("Anders.\n")
    changed = late.call("changes", text=FIRST, digests=opened).data["changed"]
    assert changed == {"en": late.open(FIRST, "en")["digest"]}
    letter(late.root, "en").unlink()
    assert late.call("changes", text=FIRST, digests=opened).data["changed"] == {"en": ""}


def test_the_inbox_cuts_what_was_typed(late):
    late.save(FIRST, subject="Onderwerp " * 12, summary="Kort.")
    lines = late.call("inbox", text=FIRST).data["lines"]
    dutch = [one for one in lines if one["language"] == "nl"]
    assert {one["kind"] for one in dutch} == {one["kind"] for one in lines}
    assert all(one["subject"].endswith("…") for one in dutch)


def test_a_proof_says_where_it_went(late):
    """The sample has no relay, so it is a trial; a letter that may not go out is refused in the same way."""
    answer = late.call("proof", text=FIRST, to="editor@example.org")
    assert answer.message
    for address in ("", "x", "a b@example.org", "--help", "a@b\nc", 5):
        assert late.call("proof", text=FIRST, to=address).message


def test_the_fields_of_a_text_are_described(attacked):
    opened = attacked.call("open", text=WEEK).data
    fields = {field["key"]: field for field in opened["fields"]}
    assert fields["actions"]["shared"]
    assert not fields["title"]["shared"]
    assert [option["value"] for option in fields["certainty"]["options"]] == list(IDS)
    assert {"ref-1", "ref-2", "ref-3"} <= {item["id"] for item in opened["items"]}
    assert opened["certainty"] == "referral"
    assert {one["language"] for one in opened["languages"]} == {"nl", "en"}


def test_the_plan_says_the_season_of_a_thought_in_the_language_of_the_page(sample):
    for language in ("nl", "en"):
        path = sample / f"newsletter/thoughts/repeating/last-heard-through-an-invoice.{language}.md"
        path.write_text(path.read_text().replace("actions:", "season: [march, may, W20]\nactions:", 1))
    editor = Editor(sample, lambda: LATER)
    assert "Past het best in: mrt mei W20 (niet nu)" in editor.get("plan").content.decode()
    cookie = editor.get("plan?in=en").headers["Set-Cookie"].partition(";")[0]
    assert "Fits best in: Mar May W20 (not now)" in editor.get("plan", HTTP_COOKIE=cookie).content.decode()
