"""Somebody makes, changes, steals or uses again the tokens that open pages."""

import base64
from hashlib import sha256

import pytest

from generator.subscribers.list import subscriptions
from generator.subscribers.store.keys import Keys
from generator.web.server.limits import GUESSES_AT_HOME
from tests.web.reading import BOTH, token_of

VICTIM = "victim@example.com"
EVERYTHING = {"confirm": "yes", "sure": "yes", "language": "en", "weeks": "8"}
"""What the forms of somebody's own page send."""


def test_token_guessing(reader):
    """192 random bits, never twice, and never in the database."""
    found = []
    for number in range(8):
        reader.subscribe(f"reader{number}@example.com")
    reader.work()
    for number in range(8):
        found.append(token_of(reader.links(f"reader{number}@example.com")[0]))
    assert len(set(found)) == 8
    assert all(len(base64.urlsafe_b64decode(token + "==")) * 8 >= 128 for token in found)
    # Not one byte is alike in all of them, as it would be in a counter or a clock.
    assert all(len(set(letters)) > 1 for letters in zip(*found, strict=True))
    kept = b"".join(path.read_bytes() for path in reader.folder.glob("*.db*"))
    assert b"reader7@example.com" in kept
    assert not [token for token in found if token.encode() in kept]


def forgeries(token: str, keys: Keys) -> list[str]:
    digest = sha256(token.encode()).digest()
    return [
        token[:-1],
        token + "A",
        token.swapcase(),
        token[::-1],
        "A" * 32,
        "0",
        digest.hex(),
        base64.urlsafe_b64encode(digest).decode().rstrip("="),
        keys.sign("confirm", "1"),
        keys.sign("manage", "1"),
        keys.sign("unsubscribe", "1"),
        "%27%20OR%201=1--",
        "%00",
        "%ff%fe",
        "..%2f..%2fsettings",
        "x" * 4000,
    ]


@BOTH
@pytest.mark.parametrize("page", ["confirm", "manage"])
def test_token_forgery(reader, page):
    """Neither a changed token, nor what stands in a stolen database, nor a signature opens anything."""
    reader.subscribe(VICTIM)
    reader.work()
    token = token_of(reader.links(VICTIM)[0])
    form = reader.ask.get(f"/confirm/{token}").form("")
    before = reader.rows()
    reader.clock.wait(seconds=5)
    for forged in [*forgeries(token, reader.database.keys), *([token] if page == "manage" else [])]:
        for method in ("GET", "POST"):
            for path in (f"/{page}/{forged}", f"/en/{page}/{forged}"):
                answer = reader.ask.get(path) if method == "GET" else reader.ask.post(path, form)
                assert answer.status in {200, 400, 404, 405, 410}, path
                assert VICTIM not in answer.text
        if page == "manage":
            for action in ("preferences", "pause", "resume", "unsubscribe", "erase", "data.json"):
                answer = reader.ask.post(f"/manage/{forged}/{action}", {**form, **EVERYTHING})
                assert answer.status in {200, 400, 404, 405, 410}
                assert VICTIM not in answer.text
    assert reader.rows() == before


def test_token_forgery_of_the_links_that_never_end(reader):
    """A link to unsubscribe is signed: with a key of ours, for this purpose, over this reader."""
    reader.confirm(VICTIM)
    handle = reader.rows()["subscriber"][0][1]
    good = reader.database.keys.sign("unsubscribe", handle)
    last = good[-1]
    flipped = good[:-1] + ("A" if last != "A" else "B") if last not in "AB" else good[:-2] + "_" + last
    forged = [
        Keys.make().sign("unsubscribe", handle),
        reader.database.keys.sign("manage", handle),
        handle,
        good.partition(".")[0],
        flipped if flipped != good else good[1:],
        good + ".",
        f"{good}.{good}",
    ]
    for token in forged:
        for path in (f"/unsubscribe/{token}", f"/en/unsubscribe/{token}"):
            answer = reader.ask.post(path, {"List-Unsubscribe": "One-Click"})
            assert answer.status in {200, 400, 404, 410}
            assert reader.status(VICTIM) == "confirmed"
    assert reader.ask.post(f"/unsubscribe/{good}", {"List-Unsubscribe": "One-Click"}).status == 200
    assert reader.status(VICTIM) == "unsubscribed"


def test_token_guessing_has_a_limit_that_valid_links_do_not_use_up(reader):
    """A scanner before a hundred colleagues opens every link of a letter; nobody may have to wait for it."""
    reader.confirm(VICTIM)
    handle = reader.rows()["subscriber"][0][1]
    good = f"/unsubscribe/{reader.database.keys.sign('unsubscribe', handle)}"
    own = reader.ask_for_link(VICTIM)
    office = "192.0.2.9"

    def open_all(link: str) -> set[int]:
        return {reader.ask.get(link, client=office).status for _ in range(GUESSES_AT_HOME.most + 5)}

    assert open_all(good) == open_all(own) == {200}
    assert reader.ask.get(good[:-1], client=office).status == 404  # a guess, and the first that counts
    assert open_all("/confirm/guessed") == {404, 429}
    assert reader.ask.get("/unsubscribe/guessed", client=office).status == 429
    assert reader.ask.get(good, client=office).status == 200  # who can prove it may always leave


@BOTH
def test_token_replay_does_not_subscribe_again(reader):
    reader.subscribe(VICTIM)
    reader.work()
    link = reader.links(VICTIM)[0]
    form = reader.ask.get(link).form()
    reader.press(link)
    assert reader.status(VICTIM) == "confirmed"
    signed = reader.database.keys.sign("unsubscribe", reader.rows()["subscriber"][0][1])
    reader.ask.post(f"/unsubscribe/{signed}", {"List-Unsubscribe": "One-Click"})
    for fields in (form, {}, {"confirm": "yes"}):
        reader.ask.post(link, fields)
    assert reader.status(VICTIM) == "unsubscribed"


@BOTH
def test_token_replay_of_the_own_page(reader):
    """A link to the own page does one thing; the page that follows has a link of its own."""
    reader.confirm(VICTIM)
    link = reader.ask_for_link(VICTIM)
    form = {**reader.ask.get(link).form("/pause"), "weeks": "4"}
    reader.clock.wait(seconds=5)
    first = reader.ask.post(f"{link}/pause", form)
    assert first.status == 303
    before = reader.rows()
    for action in ("preferences", "pause", "resume", "unsubscribe", "erase"):
        again = reader.ask.post(f"{link}/{action}", {**form, **EVERYTHING})
        assert again.status in {404, 410}
    assert reader.ask.get(f"{link}/data.json").status in {404, 410}
    assert reader.rows() == before


def test_token_replay_after_its_time(reader):
    reader.subscribe(VICTIM)
    reader.work()
    link = reader.links(VICTIM)[0]
    form = reader.ask.get(link).form("")
    reader.clock.wait(days=7, minutes=1)
    reader.ask.post(link, form)
    assert reader.status(VICTIM) == "unconfirmed"


def test_token_replay_after_erasure(reader):
    reader.confirm(VICTIM)
    signed = reader.database.keys.sign("unsubscribe", reader.rows()["subscriber"][0][1])
    link = reader.ask_for_link(VICTIM)
    with reader.database.begin() as transaction:
        subscriptions.erase(transaction, subscriptions.find_subscriber(transaction, VICTIM), reader.clock())
    assert reader.rows()["subscriber"] == []
    for path in (link, f"/unsubscribe/{signed}", *reader.links(VICTIM)):
        assert VICTIM not in reader.ask.get(path).text
        assert reader.ask.post(path, {"List-Unsubscribe": "One-Click"}).status in {200, 404, 405, 410}
    assert reader.rows()["subscriber"] == []


def test_stolen_database_does_not_tell_who_was_erased(reader):
    """The hash of an address is keyed: nobody finds it by hashing all addresses of the world."""
    reader.confirm(VICTIM)
    with reader.database.begin() as transaction:
        subscriptions.erase(transaction, subscriptions.find_subscriber(transaction, VICTIM), reader.clock())
    reader.work()
    [(key, _)] = reader.rows()["suppression"]
    guesses = (VICTIM, f"address:{VICTIM}", f"{VICTIM}\n")
    assert key not in {sha256(guess.encode()).hexdigest() for guess in guesses}
    assert key == reader.database.keys.hash_address(VICTIM)[0]
    assert "victim" not in repr(reader.rows()).lower()
