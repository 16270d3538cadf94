"""By which way somebody came, as a form tells it: one of three words, kept in the source and nowhere else."""

import pytest

from generator.model import Origin
from generator.model.weeks import Week
from generator.subscribers.list.growth import count_origins
from tests.web.reading import SITE, Reader

READER = "reader@example.com"


def sources(reader: Reader) -> list[str]:
    with reader.database.read() as transaction:
        return [
            str(row.source)
            for row in transaction.connection.exec_driver_sql("SELECT source FROM wish ORDER BY id")
        ]


@pytest.mark.parametrize("told", ["letter", "forward", "course"])
def test_a_form_tells_by_which_way_somebody_came(reader, told):
    form = reader.ask.get("/subscribe").form("subscribe")
    fields = {**form, "email": READER, "from": told}
    assert reader.ask.post("/subscribe", fields, headers=[("origin", SITE)]).status == 202
    assert sources(reader) == [f"{SITE}/ ({told})"]


@pytest.mark.parametrize(
    "told", ["", "import", "by hand", "site", "FORWARD", "forward) (letter", "<b>", "x" * 1000, "\x00"]
)
def test_what_no_form_tells_is_left_out(reader, told):
    form = reader.ask.get("/subscribe").form("subscribe")
    answer = reader.ask.post(
        "/subscribe", {**form, "email": READER, "from": told}, headers=[("origin", SITE)]
    )
    assert answer.status == 202
    assert sources(reader) == [f"{SITE}/"]


def test_several_are_the_first_that_we_know(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    fields = [*form.items(), ("from", "x"), ("from", "forward")]
    fields = [(name, value) for name, value in fields if name != "email"] + [("email", READER)]
    assert reader.ask.post("/subscribe", fields).status == 202
    assert sources(reader) == ["https://letter.example.org/subscribe (forward)"]


def test_it_survives_a_question_about_the_address(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    asked = reader.ask.post("/subscribe", {**form, "email": "someone@gmial.com", "from": "forward"})
    assert asked.status == 200
    again = asked.form("subscribe")
    assert again["from"] == "forward"
    assert (
        reader.ask.post(
            "/subscribe", {**again, "email": "someone@gmial.com", "meant": "someone@gmail.com"}
        ).status
        == 202
    )
    assert sources(reader)[0].endswith("(forward)")


def test_from_the_form_to_the_numbers(reader):
    reader.subscribe(READER, **{"from": "forward"})
    reader.work()
    reader.press(reader.links(READER)[-1])
    week = Week.of(reader.clock().date())
    with reader.database.read() as transaction:
        [(_, found)] = count_origins(transaction, [week])
    assert {way: number for way, number in found.items() if number} == {Origin.FORWARD: 1}
