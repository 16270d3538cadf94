"""“Was this of use?”: a page with one button, a number that grows, and nothing about who pressed it."""

import pytest

from generator.model import Status
from generator.subscribers.ledger import mailings
from generator.subscribers.list.listing import add_many
from generator.subscribers.store.schema import ANSWER
from generator.web.server.limits import ANSWERS, ANSWERS_AT_HOME, ANSWERS_NEARBY, Limits
from tests.subscribers.letters import MAILING, MASTERS, WEEK
from tests.subscribers.people import draft
from tests.web.reading import BOTH, SITE, Reader
from tests.web.threats.test_origins import FOREIGN

YES, NO = f"/useful/{WEEK}/yes", f"/useful/{WEEK}/no"
HOME = "203.0.113.7"


@pytest.fixture
def sent(reader: Reader) -> Reader:
    """The letter of the week went to three readers."""
    with reader.database.begin() as transaction:
        people = [draft(number, status=Status.CONFIRMED, certainties=()) for number in range(3)]
        add_many(transaction, people)
        mailings.freeze(transaction, MAILING, MASTERS, WEEK.friday)
    return reader


def counted(reader: Reader) -> dict[str, int]:
    with reader.database.read() as transaction:
        rows = transaction.connection.execute(ANSWER.select())
        return {row.useful.value: row.count for row in rows}


def press(reader: Reader, path: str = YES, client: str | None = None, **form: str) -> int:
    """Open the page, and press its button five seconds later; the status."""
    fields = reader.ask.get(path).form()
    reader.clock.wait(seconds=5)
    return reader.ask.post(path, {**fields, **form}, client=client).status


@BOTH
def test_the_button_counts_one_and_says_thanks(sent):
    page = sent.ask.get(YES)
    assert "de brief van 27 november 2026 zeg je: ja" in page.words()
    assert "geen stemming" in page.words()
    assert counted(sent) == {}
    answer = sent.press(YES)
    assert (answer.status, answer.header("location")) == (303, "/useful")
    assert "Geteld" in sent.ask.get("/useful").words()
    assert press(sent, NO) == press(sent, NO) == 303
    assert counted(sent) == {"yes": 1, "no": 2}


def test_it_speaks_the_language_of_the_letter(sent):
    page = sent.ask.get(f"/en{NO}")
    assert "About the letter of 27 November 2026 you say: no." in page.words()
    assert sent.press(f"/en{NO}").header("location") == "/en/useful"
    assert "Counted" in sent.ask.get("/en/useful").words()
    links = page.page.xpath("//main//a/@href")
    assert links == [f"/en{YES}"]
    assert sent.ask.get(links[0]).status == 200


def test_nothing_of_who_pressed_is_kept(sent):
    before = sent.rows()
    assert press(sent, client=HOME) == 303
    after = sent.rows()
    assert after.pop("answer") == [(str(WEEK), "yes", 1)]
    before.pop("answer")
    assert after == before


def test_opening_pressing_too_fast_and_pressing_another_button_count_nothing(sent):
    for method in ("GET", "HEAD"):
        assert sent.ask.ask(method, YES).status == 200
    form = sent.ask.get(YES).form()
    for fields in (
        form,
        {},
        b"",
        {"confirm": "yes"},
        {**form, "confirm": "no"},
        {**form, "moment": "forged"},
    ):
        assert sent.ask.post(YES, fields).status == 200
    sent.clock.wait(seconds=5)
    assert sent.ask.post(YES, {**form, "moment": form["moment"][:-1]}).status == 200
    assert sent.ask.post(YES, [*form.items(), *form.items()]).status == 400
    for method in ("PUT", "DELETE", "PATCH"):
        assert sent.ask.ask(method, YES).status == 405
    assert counted(sent) == {}


@pytest.mark.parametrize(
    "path",
    [
        "/useful/2026-W47/yes",
        "/useful/2026-W54/yes",
        "/useful/9999-W01/no",
        f"/useful/{WEEK}/maybe",
        f"/useful/{WEEK}/YES",
        f"/useful/{WEEK}/yes/",
        f"/useful/{WEEK}",
        f"/useful/{WEEK}%00/yes",
        "/useful/２０２６-W48/yes",
        "/useful/' OR 1=1 --/yes",
        "/useful/%3Cscript%3E/yes",
        "/useful/../../etc/yes",
        f"/de/useful/{WEEK}/yes",
    ],
)
def test_a_letter_that_never_went_has_no_page(sent, path):
    form = sent.ask.get(YES).form()
    sent.clock.wait(seconds=5)
    answer = sent.ask.get(path)
    assert answer.status == 404
    assert "script" not in answer.text
    assert sent.ask.post(path, form).status in {404, 405}
    assert counted(sent) == {}


@pytest.mark.parametrize("origin", FOREIGN)
def test_forms_of_other_sites_count_nothing(sent, origin):
    form = sent.ask.get(YES).form()
    sent.clock.wait(seconds=5)
    for extra in ((), (("sec-fetch-site", "cross-site"),)):
        assert sent.ask.post(YES, form, headers=[("origin", origin), *extra]).status == 403
    assert counted(sent) == {}
    assert (
        sent.ask.get(YES).header("referrer-policy") == "same-origin"
    )  # so that a browser says where it comes from
    assert sent.ask.post(YES, form, headers=[("origin", SITE)]).status == 303


def test_a_flood_from_one_network_ends_early_and_others_go_on(sent):
    statuses = [press(sent, client=HOME) for _ in range(ANSWERS_AT_HOME.most + 20)]
    assert statuses == [303] * ANSWERS_AT_HOME.most + [429] * 20
    assert press(sent, NO, client="198.51.100.9") == 303
    assert counted(sent) == {"yes": ANSWERS_AT_HOME.most, "no": 1}
    sent.clock.wait(seconds=5)
    form = sent.ask.get(YES).form()
    sent.clock.wait(seconds=5)
    refused = sent.ask.post(YES, form, client=HOME)
    assert int(refused.header("retry-after") or 0) > 0
    # A neighbourhood has a limit too, however many addresses it uses.
    before = counted(sent)["yes"]
    assert 429 in [
        press(sent, client=f"203.0.{113 + n // 250}.{n % 250}") for n in range(ANSWERS_NEARBY.most + 5)
    ]
    assert counted(sent)["yes"] - before <= ANSWERS_NEARBY.most


def test_a_flood_from_everywhere_ends_too():
    now = 0.0
    limits = Limits(clock=lambda: now)
    waits = [limits.may_answer((f"home {n}", f"nearby {n // 5}")) for n in range(ANSWERS.most + 100)]
    assert waits.count(0) == ANSWERS.most
    now = float(ANSWERS.seconds)
    assert limits.may_answer(("home", "nearby")) == 0


def test_answering_never_names_the_list(sent):
    with sent.statements() as heard:
        assert press(sent) == 303
    assert heard
    for table in ("subscriber", "consent", "wish", "delivery", "outbox", "token"):
        assert not [statement for statement in heard if f" {table}" in statement.replace("\n", " ")]
