"""The list as a whole."""

from dataclasses import replace

import pytest

from generator.model import Status, Wording
from generator.subscribers.list import listing, subscriptions
from generator.subscribers.store.database import Database
from tests.languages import EN, NL
from tests.subscribers.people import DAY, EARLIER, NOW, PROOF, SOURCE, draft, find


def test_who_is_put_on_the_list_stands_there_with_their_proof(database: Database):
    with database.begin() as transaction:
        assert listing.add_many(transaction, [draft(1)]) == 1
        reader = find(transaction, "reader1@example.org")
    assert (reader.address, reader.language, reader.certainties) == (
        "Reader1@example.org",
        NL,
        ("proof",),
    )
    assert (reader.status, reader.created, reader.changed) == (Status.CONFIRMED, NOW - DAY, NOW)
    assert reader.consents == (EARLIER, PROOF)
    assert len(reader.handle) == 16


def test_who_is_on_the_list_stays_as_they_are(database: Database):
    with database.begin() as transaction:
        assert listing.add_many(transaction, []) == 0
        listing.add_many(transaction, [draft(1)])
        before = find(transaction, "reader1@example.org")
        again = draft(1, address="READER1@example.org", language=EN)
        assert listing.add_many(transaction, [again, draft(2), draft(2)]) == 1
        assert find(transaction, "reader1@example.org") == before
        assert len(find(transaction, "reader2@example.org").consents) == 2


def test_a_handle_moves_along_unless_somebody_has_it(database: Database):
    with database.begin() as transaction:
        listing.add_many(
            transaction, [draft(1, handle="h" * 16), draft(2, handle="h" * 16), draft(3, handle="g" * 16)]
        )
        listing.add_many(transaction, [draft(4, handle="g" * 16)])
        handles = [reader.handle for reader in listing.walk(transaction)]
    assert handles[0] == "h" * 16
    assert handles[2] == "g" * 16
    assert len(set(handles)) == 4


def test_a_long_list_is_walked_in_steps(database: Database):
    with database.begin() as transaction:
        assert listing.add_many(transaction, [draft(number, consents=()) for number in range(2345)]) == 2345
        seen, after = [], 0
        while found := listing.walk(transaction, after=after, most=1000):
            seen += found
            after = found[-1].id
        assert [reader.address for reader in seen] == [
            f"Reader{number}@example.org" for number in range(2345)
        ]


def test_a_walk_may_be_along_one_status_and_one_language(database: Database):
    with database.begin() as transaction:
        listing.add_many(transaction, [draft(number) for number in range(12)])
        found = listing.walk(transaction, status=Status.CONFIRMED, language=EN)
        assert [reader.address[6:-12] for reader in found] == ["2", "4", "8", "10"]
        assert found[0].consents == (EARLIER, PROOF)
        assert [len(listing.walk(transaction, status=status)) for status in Status] == [0, 8, 4, 0, 0]


def test_every_status_is_counted(database: Database):
    with database.begin() as transaction:
        assert listing.count_statuses(transaction) == dict.fromkeys(Status, 0)
        listing.add_many(transaction, [draft(number) for number in range(5)])
        assert listing.count_statuses(transaction) == {
            **dict.fromkeys(Status, 0),
            Status.CONFIRMED: 3,
            Status.UNSUBSCRIBED: 2,
        }


def test_a_file_of_addresses_is_compared_with_the_list_and_the_erased(database: Database):
    addresses = [f"reader{number}@EXAMPLE.org" for number in range(1500)]
    with database.begin() as transaction:
        listing.add_many(transaction, [draft(number) for number in (3, 1400)])
        subscriptions.erase(transaction, find(transaction, "reader1400@example.org"), NOW)
        later = type(transaction)(transaction.connection, transaction.keys.rotate())
        assert listing.find_statuses(later, addresses) == {"reader3@example.org": Status.UNSUBSCRIBED}
        assert listing.find_suppressed(later, addresses) == {"reader1400@example.org"}
        assert listing.find_statuses(later, []) == {}
        assert listing.find_suppressed(later, []) == set()


@pytest.mark.parametrize("ids", [(), ("a",), ("a", "b-c", "d2")])
def test_certainties_come_back_as_they_were_given(database: Database, ids: tuple[str, ...]):
    with database.begin() as transaction:
        listing.add_many(transaction, [draft(1, certainties=ids)])
        assert find(transaction, "reader1@example.org").certainties == ids


def test_a_certainty_that_is_named_twice_is_kept_once(database: Database):
    with database.begin() as transaction:
        listing.add_many(transaction, [draft(1, certainties=("b", "a", "b"))])
        assert find(transaction, "reader1@example.org").certainties == ("b", "a")


def test_a_text_is_kept_to_the_letter(database: Database):
    wording = Wording(EN, "“É” \u2028 €\n 𝄞 ' \" %s :x \\")
    with database.begin() as transaction:
        listing.add_many(transaction, [draft(1, consents=(replace(PROOF, wording=wording, source=SOURCE),))])
        [consent] = find(transaction, "reader1@example.org").consents
    assert consent.wording == wording
