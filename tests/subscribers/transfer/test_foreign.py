"""Exports of other services, with the columns that they write."""

import csv
import io
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli.newsletter.subscribers.import_ import command
from generator.errors import TableError
from generator.model import Status, Step, Subscriber
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.database import Database
from generator.subscribers.transfer.exporting import walk_all
from generator.subscribers.transfer.foreign import ORIGINS
from generator.subscribers.transfer.importing import Import, Order
from generator.subscribers.transfer.meanings import Meanings
from tests.conftest import Golden
from tests.languages import EN, NL
from tests.subscribers.exports import EXPORTS, NAMES
from tests.subscribers.files import NOW, ORDER, PROVED, empty, stream, take
from tests.subscribers.workbooks import write_workbook

MAILCHIMP = (
    '"Email Address","First Name","Last Name",Language,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,'
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
)
ROW = (
    'reader@example.org,Eén,"de Boer, junior",English,2,"2024-01-01 10:00:00",192.0.2.77,"2024-01-01 10:05:00",'
    '2001:db8:1:2::9,52.1,4.9,1,2,Europe/Amsterdam,NL,NH,"2024-02-01 09:00:00",1234,abcd,,"""Klant"",""Beurs"""\n'
)
BUTTONDOWN = (
    "id,secondary_id,email,notes,metadata,tags,subscriber_type,source,referrer_url,creation_date,subscription_date,"
    "unsubscription_date,ip_address\n"
)
SUBSTACK = "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at\n"


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.fixture
def database(list_on_sqlite: Database) -> Database:
    empty(list_on_sqlite)
    return list_on_sqlite


def find(database: Database, address: str = "reader@example.org") -> Subscriber:
    with database.read() as transaction:
        found = find_subscriber(transaction, address)
    assert found is not None
    return found


def steps(subscriber: Subscriber) -> list[tuple[Step, datetime, str, str]]:
    return [(consent.step, consent.at, consent.source, consent.network) for consent in subscriber.consents]


# --- Mailchimp ---


def test_mailchimp_who_is_subscribed(database: Database) -> None:
    """What Mailchimp says of consent is kept; the operator's proof is added; the IP addresses are shortened."""
    tally, _ = take(database, MAILCHIMP + ROW, PROVED, "subscribed_members_export_1a2b.csv")
    assert tally.added == 1
    found = find(database)
    assert (found.status, found.language, found.created) == (
        Status.CONFIRMED,
        EN,
        at(2024, 1, 1, 10),
    )
    assert steps(found) == [
        (Step.ASKED, at(2024, 1, 1, 10), "Mailchimp: OPTIN_TIME", "192.0.2.0/24"),
        (Step.IMPORTED, at(2024, 1, 1, 10, 5), "Mailchimp: CONFIRM_TIME", "2001:db8:1::/48"),
        (Step.IMPORTED, NOW, "Binder 2026", ""),
    ]


def test_mailchimp_alone_proves_nothing(database: Database) -> None:
    """CONFIRM_TIME is also the time at which an operator put somebody on the list."""
    tally, [reject] = take(database, MAILCHIMP + ROW, ORDER, "subscribed_members_export_1a2b.csv")
    assert (tally.added, tally.rejected) == (0, 1)
    assert "without proof" in reject.problem


@pytest.mark.parametrize(
    "name, more, status",
    [
        ("unsubscribed_members_export_1a2b.csv", "", Status.UNSUBSCRIBED),
        ("renamed.csv", "UNSUB_TIME", Status.UNSUBSCRIBED),
        ("cleaned_members_export_1a2b.csv", "", Status.BOUNCED),
        ("renamed.csv", "CLEAN_TIME", Status.BOUNCED),
    ],
)
def test_mailchimp_says_in_the_name_or_the_columns_where_people_stand(
    database: Database, name: str, more: str, status: Status
) -> None:
    content = MAILCHIMP.rstrip() + f",{more}\n" + ROW.rstrip() + f",{'2025-03-03 08:00:00' if more else ''}\n"
    tally, _ = take(database, content, ORDER, name)
    assert tally.added == 1
    found = find(database)
    assert found.status is status
    withdrawn = [consent.at for consent in found.consents if consent.step is Step.WITHDRAWN]
    assert withdrawn == ([at(2025, 3, 3, 8)] if more == "UNSUB_TIME" else [])


@pytest.mark.parametrize(
    "name, status, problem",
    [
        ("nonsubscribed_members_export_1a2b.csv", None, "never subscribed"),
        ("list.csv", None, "whose file name says the status of its subscribers"),
        ("unsubscribed_members_export_1a2b.csv", Status.CONFIRMED, "holds people who are unsubscribed"),
    ],
)
def test_mailchimp_is_not_guessed_at(
    database: Database, name: str, status: Status | None, problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        take(database, MAILCHIMP + ROW, replace(PROVED, status=status), name)


def test_mailchimp_under_another_name_with_a_status(database: Database) -> None:
    take(database, MAILCHIMP + ROW, replace(PROVED, status=Status.CONFIRMED))
    assert find(database).status is Status.CONFIRMED


def test_mailchimp_with_a_column_of_addresses_that_we_do_not_know(database: Database) -> None:
    content = (MAILCHIMP + ROW).replace("Email Address", "Courriel")
    with pytest.raises(TableError, match="has no column with the address; expected one of: email address"):
        take(database, content, PROVED, "subscribed_1.csv")


def test_a_time_that_a_spreadsheet_changed_is_not_guessed(database: Database) -> None:
    """1/2/2024 is in January for some and in February for others."""
    content = (MAILCHIMP + ROW).replace("2024-01-01 10:00:00", "1/2/2024 10:00")
    _, [reject] = take(database, content, PROVED, "subscribed_1.csv")
    assert reject.problem.startswith(
        "optin_time is “1/2/2024 10:00”; expected a time like 2026-11-23 18:00:00"
    )
    assert reject.address == "reader@example.org"


# --- Buttondown ---


@pytest.mark.parametrize(
    "kind, status",
    [
        ("regular", Status.CONFIRMED),
        ("Premium", Status.CONFIRMED),
        ("past due", Status.CONFIRMED),
        ("unactivated", Status.UNCONFIRMED),
        ("unsubscribed", Status.UNSUBSCRIBED),
        ("removed", Status.UNSUBSCRIBED),
        ("undeliverable", Status.BOUNCED),
        ("complained", Status.COMPLAINED),
    ],
)
def test_buttondown_types(database: Database, kind: str, status: Status) -> None:
    row = (
        f'u1,1,reader@example.org,note,"{{""language"": ""en-GB""}}",tag,{kind},organic,,2024-01-01,'
        "2024-01-05T12:00:00+02:00,2025-01-01,198.51.100.7\n"
    )
    take(database, BUTTONDOWN + row, PROVED)
    found = find(database)
    assert (found.status, found.language) == (status, EN)
    assert steps(found)[:2] == [
        (Step.ASKED, at(2024, 1, 5, 10), "Buttondown: subscription_date", "198.51.100.0/24"),
        (Step.WITHDRAWN, at(2025, 1, 1), "Buttondown: unsubscription_date", ""),
    ]


def test_buttondown_as_its_api_answers(database: Database) -> None:
    content = (
        '[{"id": "x", "email_address": "reader@example.org", "type": "regular", "tags": [],'
        ' "creation_date": "2024-01-01T00:00:00.123456Z", "metadata": {"lang": "nl"}, "notes": null}]'
    )
    take(database, content, replace(PROVED, defaults=replace(PROVED.defaults, language=EN)))
    assert find(database).language == NL
    assert find(database).created == at(2024, 1, 1, 0, 0, 0, 123456)


def test_a_type_that_buttondown_invents_tomorrow_is_not_guessed(database: Database) -> None:
    row = "u1,1,reader@example.org,,,,dormant,,,2024-01-01,,,\n"
    _, [reject] = take(database, BUTTONDOWN + row, PROVED)
    assert reject.problem.startswith("subscriber_type is “dormant”; expected regular, premium")


# --- Substack ---


@pytest.mark.parametrize(
    "disabled, status",
    [("false", Status.CONFIRMED), ("true", Status.UNSUBSCRIBED), ("", Status.CONFIRMED)],
)
def test_substack(database: Database, disabled: str, status: Status) -> None:
    take(
        database, f"{SUBSTACK}reader@example.org,false,,other,{disabled},2025-01-01T08:00:00.000Z,\n", PROVED
    )
    assert find(database).status is status
    assert steps(find(database))[0] == (Step.ASKED, at(2025, 1, 1, 8), "Substack: created_at", "")


def test_substack_odd_values_are_refused(database: Database) -> None:
    _, [reject] = take(database, f"{SUBSTACK}reader@example.org,false,,other,maybe,2025-01-01,\n", PROVED)
    assert reject.problem == "email_disabled is “maybe”; expected false, true"


def test_substacks_other_export_does_not_say_who_turned_mail_off(database: Database) -> None:
    content = (
        "Email,Name,Subscription type,Activity,Subscription date\nreader@example.org,x,Free,5,2025-01-01\n"
    )
    with pytest.raises(TableError, match="does not say who turned off mail"):
        take(database, content, PROVED)


# --- listmonk ---


@pytest.mark.parametrize(
    "state, said, status",
    [
        ("enabled", Status.CONFIRMED, Status.CONFIRMED),
        ("enabled", Status.UNSUBSCRIBED, Status.UNSUBSCRIBED),
        ("disabled", Status.CONFIRMED, Status.UNSUBSCRIBED),
        ("blocklisted", Status.CONFIRMED, Status.UNSUBSCRIBED),
    ],
)
def test_listmonk(database: Database, state: str, said: Status, status: Status) -> None:
    row = (
        f'u-1,reader@example.org,Reader,"{{""lang"": ""nl_NL""}}",{state},'
        "2024-06-18 11:58:18.079123456 +0200 CEST,2024-06-18 11:58:18+00\n"
    )
    take(database, LISTMONK + row, replace(PROVED, status=said))
    found = find(database)
    assert (found.status, found.created) == (status, at(2024, 6, 18, 9, 58, 18, 79123))


def test_listmonk_does_not_say_who_left_so_the_operator_must(database: Database) -> None:
    with pytest.raises(TableError, match="does not say who unsubscribed"):
        take(database, f"{LISTMONK}u,reader@example.org,x,{{}},enabled,2024-01-01,2024-01-01\n", PROVED)


def test_listmonk_states_that_we_do_not_know_are_refused(database: Database) -> None:
    order = replace(PROVED, status=Status.CONFIRMED)
    row = "u,reader@example.org,x,not json,asleep,2024-01-01,2024-01-01\n"
    _, [reject] = take(database, LISTMONK + row, order)
    assert reject.problem.startswith("status is “asleep”; expected")


# --- All ---


def test_a_file_that_we_do_not_know_names_those_that_we_do(database: Database) -> None:
    with pytest.raises(
        TableError, match=r"“phone”: “1”\n.*an export of Mailchimp, Buttondown, Substack, listmonk, Ghost"
    ):
        take(database, "name,phone\nx,1\n")


def test_the_operator_can_say_whose_it_is(database: Database) -> None:
    take(database, "email\nreader@example.org\n", replace(PROVED, origin="substack", status=Status.CONFIRMED))
    assert steps(find(database)) == [(Step.IMPORTED, NOW, "Binder 2026", "")]


def test_a_language_that_says_nothing_leaves_the_default(database: Database) -> None:
    row = 'u1,1,reader@example.org,,"{""language"": ""fr""",,regular,,,2024-01-01,,,\n'
    take(database, BUTTONDOWN + row, PROVED)
    assert find(database).language == NL


# --- Each origin ---


def list_people(database: Database) -> str:
    """A line for each: address, status, language, and where its steps come from."""
    with database.read() as transaction:
        return "".join(
            f"{person.address} {person.status} {person.language}"
            + "".join(
                f"; {step.step} {step.at:%Y-%m-%d %H:%M} {step.source} {step.network}"
                for step in person.consents
            )
            + "\n"
            for person in walk_all(transaction)
        )


def order_for(name: str) -> Order:
    return replace(PROVED, status=Status.CONFIRMED) if name == "listmonk" else PROVED


def test_every_origin_has_an_export_and_can_be_named() -> None:
    assert {origin.name for origin in ORIGINS} == {"ours", *EXPORTS}
    [option] = [option for option in command.params if option.name == "origin"]
    assert list(option.type.choices) == [origin.name for origin in ORIGINS]


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_comes_in_as_it_was_meant(database: Database, name: str, golden: Golden) -> None:
    """It is recognised, nobody is refused, a second time changes nothing, and --from ours refuses it."""
    tally, rejects = take(database, EXPORTS[name], order_for(name), NAMES.get(name, "x.csv"))
    assert not rejects
    people = list_people(database)
    for line in people.splitlines():
        expected = {"in": "confirmed", "asked": "unconfirmed", "left": "unsubscribed"}
        said = line.partition("@")[0].partition("_")[0]
        assert line.split()[1] == expected.get(said, said)
    golden(f"imports/{name}.txt", people)
    again, _ = take(database, EXPORTS[name], order_for(name), NAMES.get(name, "x.csv"))
    assert (again.added, again.present) == (0, tally.added)
    assert list_people(database) == people
    with pytest.raises(TableError):
        take(database, EXPORTS[name], replace(order_for(name), origin="ours"))


def split(content: str) -> list[list[str]]:
    separator = ";" if ";" in content.partition("\n")[0] else ","
    return list(csv.reader(io.StringIO(content), delimiter=separator))


def type_cell(text: str) -> object:
    """What a spreadsheet makes of a cell of CSV when it opens the file: a number, a moment, true or false."""
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if text.isdecimal():
        return float(text)
    with suppress(ValueError):
        moment = datetime.fromisoformat(text.removesuffix(" UTC").removesuffix("Z"))
        return text if moment.tzinfo else moment
    return text


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_that_a_spreadsheet_saved_as_a_workbook_comes_in_the_same(
    database: Database, name: str, golden: Golden
) -> None:
    content = write_workbook([[type_cell(cell) for cell in row] for row in split(EXPORTS[name])])
    _, rejects = take(database, content, order_for(name), NAMES.get(name, "x.xlsx"))
    assert not rejects
    golden(f"imports/{name}.txt", list_people(database))


def write_form(lines: list[list[str]], form: str) -> bytes:
    """The same table as people have it: a separator and an encoding, or a workbook with a title."""
    if form == "xlsx":
        return write_workbook([["Ledenlijst"], [], *lines])
    text = io.StringIO()
    csv.writer(text, delimiter=form[0]).writerows(lines)
    return text.getvalue().encode(form[1:])


FORMS = [
    "xlsx",
    *(f"{separator}{coding}" for separator in ",;\t" for coding in ("utf-8", "utf-8-sig", "utf-16")),
]


@settings(max_examples=100, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", EXPORTS)
def test_nobody_who_left_is_confirmed_in_whatever_order_the_columns_and_rows_stand(
    name: str, data: st.DataObject
) -> None:
    heading, *rows = split(EXPORTS[name])
    columns = data.draw(st.permutations(range(len(heading))))
    rows = data.draw(st.permutations(rows))
    case = data.draw(st.sampled_from([str, str.upper, str.lower, str.title]))
    lines = [[row[column] for column in columns] for row in ([case(title) for title in heading], *rows)]
    more = data.draw(st.lists(st.sampled_from(["Schoenmaat", "x 1", "Notitie"]), unique=True))
    for number, line in enumerate(lines):
        line += [name if number == 0 else "7" for name in more]
    order = data.draw(st.sampled_from([PROVED, replace(ORDER, ask=True)]))
    order = replace(order, status=order_for(name).status)
    ignored = frozenset(title.lower() for title in more)
    order = replace(order, meanings=Meanings(ignored=ignored))
    reading = Import(
        stream(write_form(lines, data.draw(st.sampled_from(FORMS)))), NAMES.get(name, "x.csv"), order
    )
    shown = reading.preview(100, lambda _: None)
    gets = {Status.CONFIRMED} if order.proof else {Status.UNCONFIRMED}
    told = {address for status in gets for address in shown.get(status, ())}
    assert told <= {"in@example.org", "asked@example.org"}
    assert set(shown.get(Status.CONFIRMED, ())) <= {"in@example.org"}
    assert sum(map(len, shown.values())) == len(rows)


TELLING = {
    *("status", "state", "subscribed_to_emails", "email_blacklisted", "reason", "subscriber_type"),
    *("email_disabled", "is this subscriber blacklisted", "delivery_status"),
}
"""Columns that say who left."""


@pytest.mark.parametrize("name", EXPORTS.keys() - {"mailchimp"})
def test_without_the_column_that_says_who_left_it_is_refused(list_on_sqlite: Database, name: str) -> None:
    heading, *rows = split(EXPORTS[name])
    kept = [column for column, title in enumerate(heading) if title.lower() not in TELLING]
    assert len(kept) < len(heading)
    text = io.StringIO()
    csv.writer(text).writerows([row[column] for column in kept] for row in (heading, *rows))
    with pytest.raises(TableError):
        take(list_on_sqlite, text.getvalue(), PROVED)


def test_once_left_in_whichever_row_is_left(database: Database) -> None:
    rows = "1,A,a@example.org,active,,\n2,A,A@example.org,cancelled,,\n3,A,a@example.org,active,,\n"
    take(database, f"id,first_name,email_address,state,created_at,tags\n{rows}", PROVED)
    assert find(database, "a@example.org").status is Status.UNSUBSCRIBED


def test_a_file_that_two_programs_may_have_written_asks_which(list_on_sqlite: Database) -> None:
    content = "email,status,signup date,subscription tier\na@example.org,active,2024-01-01,free\n"
    with pytest.raises(TableError, match="may be an export of MailerLite or beehiiv; say which with --from"):
        take(list_on_sqlite, content, PROVED)


def test_a_time_that_cannot_be_read_can_be_ignored(database: Database) -> None:
    """Brevo writes days in the order of the country; which it was, is not guessed."""
    content = EXPORTS["brevo"].replace("2024-01-01 10:00:00;2024", "01-02-2024 10:00:00;2024")
    _, [reject] = take(database, content, PROVED)
    assert reject.problem.startswith("added_time is “01-02-2024 10:00:00”; expected a time like")
    assert find(database, "left@example.org").status is Status.UNSUBSCRIBED
    order = replace(PROVED, meanings=Meanings(ignored=frozenset({"added_time"})))
    tally, rejects = take(database, content, order)
    assert (tally.added, tally.present, rejects) == (1, 2, [])
