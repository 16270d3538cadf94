"""Somebody fills in the address of a victim, many times or on many forms."""

import pytest

from generator.subscribers.list.pruning import prune
from generator.web.server.limits import WISHES_AT_HOME
from tests.web.asking import next_network
from tests.web.reading import BOTH, URL, accepted

VICTIM = "victim@example.com"


@BOTH
def test_list_bombing_writes_once_a_day_and_three_times_in_all(reader):
    form = reader.ask.get("/subscribe").form("subscribe")

    def bomb() -> int:
        for address in (VICTIM, "VICTIM@EXAMPLE.COM", " Victim@example.com ") * 2:
            assert reader.ask.post("/subscribe", {**form, "email": address}).status == 202
            reader.work()
        return len(reader.mails(VICTIM))

    counts = []
    for _ in range(5):
        counts.append(bomb())
        reader.clock.wait(hours=25)
    assert counts == [1, 2, 3, 3, 3]


def test_list_bombing_of_subscribers_writes_once_a_day(reader):
    reader.confirm(VICTIM)
    before = len(reader.mails(VICTIM))
    for _ in range(10):
        reader.subscribe(VICTIM)
        reader.work()
    assert len(reader.mails(VICTIM)) == before + 1


def test_list_bombing_with_links_to_the_own_page_is_throttled(reader):
    reader.confirm(VICTIM)
    before = len(reader.mails(VICTIM))
    form = reader.ask.get("/manage").form("manage")
    for _ in range(24):  # every hour, for a day
        assert reader.ask.post("/manage", {**form, "email": VICTIM}).status == 202
        reader.work()
        reader.clock.wait(hours=1)
    assert len(reader.mails(VICTIM)) - before == 5


def test_list_bombing_with_links_at_once(reader):
    reader.confirm(VICTIM)
    before = len(reader.mails(VICTIM))
    form = reader.ask.get("/manage").form("manage")
    for _ in range(4):
        assert reader.ask.post("/manage", {**form, "email": VICTIM}).status == 202
        reader.work()
        reader.clock.wait(minutes=4)
    assert len(reader.mails(VICTIM)) == before + 1


def test_list_bombing_with_links_never_writes_to_a_stranger(reader):
    form = reader.ask.get("/manage").form("manage")
    assert reader.ask.post("/manage", {**form, "email": VICTIM}).status == 202
    reader.work()
    assert reader.box.mails == []


@pytest.mark.parametrize(
    "attacker, same",
    [
        ("198.51.100.7", ["198.51.100.7"] * 12),
        ("a network of IPv6", [f"2001:db8:77:1:{number:x}::{number:x}" for number in range(1, 13)]),
        ("IPv4 written as IPv6", ["::ffff:198.51.100.9", "198.51.100.9"] * 6),
    ],
)
def test_list_bombing_from_one_network_is_refused(reader, attacker, same):
    form = reader.ask.get("/subscribe").form("subscribe")
    answers = [
        reader.ask.post("/subscribe", {**form, "email": f"somebody{number}@example.com"}, client=client)
        for number, client in enumerate(same)
    ]
    assert [answer.status for answer in answers] == [202] * 10 + [429] * 2
    assert int(answers[-1].header("Retry-After") or 0) > 0
    assert len(reader.rows()["wish"]) == 10
    other = reader.ask.post("/subscribe", {**form, "email": VICTIM}, client=next_network())
    assert other.status == 202


def test_list_bombing_from_a_provider_is_refused(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    answers = [
        reader.ask.post(
            "/subscribe", {**form, "email": f"somebody{number}@example.com"}, client=f"203.0.113.{number}"
        )
        for number in range(1, 71)
    ]
    assert accepted(answers) == 60


def test_list_bombing_by_a_program_that_fills_in_everything(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    honest = reader.ask.post("/subscribe", {**form, "email": "reader@example.com"})
    rows = len(reader.rows()["wish"])
    caught = reader.ask.post(
        "/subscribe", {**form, "email": "reader@example.com", "website": "https://example.net/"}
    )
    assert caught == honest
    assert len(reader.rows()["wish"]) == rows == 1


def test_list_bombing_by_a_program_leaves_room_for_people(reader):
    """Whatever it fills in, people of the same network and of the same mail provider can still subscribe."""
    form = reader.ask.get("/subscribe").form("subscribe")
    trap = {**form, "email": "reader@example.com", "website": "https://example.net/"}
    for _ in range(WISHES_AT_HOME.most + 1):
        assert reader.ask.post("/subscribe", trap, client="192.0.2.9").status == 202
    assert reader.ask.post("/subscribe", {**form, "email": VICTIM}, client="192.0.2.9").status == 202


def test_list_bombing_leaves_nothing_behind(reader):
    reader.subscribe(VICTIM)
    reader.work()
    assert reader.status(VICTIM) == "unconfirmed"
    reader.clock.wait(days=8)
    with reader.database.begin() as transaction:
        prune(transaction, reader.clock())
    assert reader.status(VICTIM) is None
    assert b"victim" not in repr(reader.rows()).encode().lower()


def test_list_bombing_cannot_speak_through_our_mail(reader):
    said = "BUY-CHEAP-THINGS"
    fields = {"certainty": said, "language": said, "name": said, "source": said}
    reader.subscribe(VICTIM, **fields)
    reader.ask.post("/subscribe", {**fields, "email": VICTIM, "wording": said})
    reader.ask.post(
        f"/subscribe?{said}={said}",
        {**reader.ask.get("/subscribe").form("subscribe"), "email": f"x@{said.lower()}.example.com"},
        headers=[("user-agent", said), ("referer", f"{URL}{said}"), ("accept-language", said)],
    )
    reader.work()
    for _, message in reader.box.mails:
        shown = "".join(
            part.get_content() for part in message.walk() if part.get_content_maintype() == "text"
        )
        assert said not in shown
        assert said not in str(message["Subject"])
    assert said not in repr(reader.rows())
