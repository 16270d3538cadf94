"""A file with a column that we do not understand is refused before anything is written: it may say who left."""

import json
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import TableError
from generator.model import Status
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.database import Database
from generator.subscribers.transfer.foreign import ORIGINS
from generator.subscribers.transfer.formats import COLUMNS
from generator.subscribers.transfer.meanings import Meanings
from generator.subscribers.transfer.unknown import smells_of_consent
from tests.subscribers.files import ORDER, PROVED, empty, give, take

ASK = replace(ORDER, ask=True)
DRY = replace(PROVED, dry_run=True)

EXPORTS = {
    "Laposta by its API": "email;voornaam;state;signup_date\nleft@example.org;Bo;unsubscribed;2024-01-01\n",
    "HubSpot": "Record ID,First Name,Email,Unsubscribed from all email,Marketing contact status\n"
    "1,A,left@example.org,true,Non-marketing contact\n",
    "Salesforce": '"Id","Email","HasOptedOutOfEmail","IsEmailBounced"\n"003","left@example.org","true","false"\n',
    "Klaviyo": "Email,First Name,Email Marketing Consent,Email Suppressions\nleft@example.org,A,UNSUBSCRIBED,[]\n",
    "MailPoet": "email,first_name,global_status,list_status\nleft@example.org,A,unsubscribed,unsubscribed\n",
    "Mautic": "id,email,points,dateIdentified,doNotContact\n1,left@example.org,5,2024-01-01,Unsubscribed\n",
    "Campaign Monitor": "Email Address,Name,Date Unsubscribed\nleft@example.org,A,2024-01-01\n",
    "CleverReach": "email;activated;deactivated;bounced\nleft@example.org;2024-01-01;2024-02-01;\n",
    "Constant Contact": "Email address,First name,Email status,Email permission status\nleft@example.org,A,X,Y\n",
    "EmailOctopus": "Email address,First name,Status,Start date\nleft@example.org,A,Unsubscribed,2024\n",
    "a spreadsheet": "email;nieuwsbrief;uitgeschreven\nleft@example.org;nee;2024-02-01\n",
    "a spreadsheet of members": "address,naam,lid sinds\nleft@example.org,Bo,2019\n",
    "a column without a name": "email,\nleft@example.org,afgemeld\n",
    "JSON": '[{"email": "left@example.org", "unsubscribed_at": "2024-02-01"}]',
    "lines of JSON": '{"address": "left@example.org", "active": false}\n',
}


@pytest.fixture(scope="module", autouse=True)
def _once(list_on_sqlite: Database) -> None:
    empty(list_on_sqlite)


def count(database: Database) -> int:
    with database.read() as transaction:
        return sum(count_statuses(transaction).values())


# --- Refused ---


@pytest.mark.parametrize("content", EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize(
    "order",
    [
        ORDER,
        PROVED,
        ASK,
        DRY,
        replace(PROVED, origin="ours"),
        replace(PROVED, status=Status.CONFIRMED),
        replace(ASK, dry_run=True),
    ],
)
def test_an_export_that_we_do_not_know_brings_nobody_back(
    list_on_sqlite: Database, content: str, order: object
) -> None:
    with pytest.raises(TableError):
        take(list_on_sqlite, content, order)
    assert count(list_on_sqlite) == 0


GHOST = (
    "id,email,name,note,subscribed,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers\n"
    "64f0a2,left@example.org,Uit,,false,false,,2024-01-02T10:00:00.000Z,,,\n"
    "64f0a3,gone@example.org,Weg,,true,false,,2024-01-02T10:00:00.000Z,2024-05-01T10:00:00.000Z,,\n"
)
"""With a column that Ghost does not write."""


@pytest.mark.parametrize(
    "content, said",
    [
        (
            "Ledenlijst 2024;;\nNaam;Mail;Status\nJan;a@example.org;lid\n",
            "Each column in which something stands needs",
        ),
        (
            "a@example.org;ja\nb@example.org;nee\n",
            "has “a@example.org” where the names of the columns are expected",
        ),
        (
            "mail;lid\na@example.org;" + "\na@example.org;".join("abcdefgh") + "\n",
            "status=lid' --values …=confirmed",
        ),
    ],
)
def test_names_that_are_missing_are_asked_for(list_on_sqlite: Database, content: str, said: str) -> None:
    with pytest.raises(TableError) as caught:
        take(list_on_sqlite, content.replace("lid", "lid status"), PROVED)
    assert said.replace("lid", "lid status") in str(caught.value)


def test_a_row_of_json_without_the_status_is_refused(list_on_sqlite: Database) -> None:
    """Of the others it is said; of this one nothing."""
    rows = '[{"email": "a@example.org", "status": "confirmed"}, {"email": "b@example.org"}]'
    tally, [reject] = take(list_on_sqlite, rows, replace(PROVED, dry_run=True))
    assert (tally.added, reject.problem) == (1, "has no “status”, which the first one has")


def test_each_column_is_named_with_an_example_and_what_it_may_be(list_on_sqlite: Database) -> None:
    with pytest.raises(TableError) as caught:
        take(list_on_sqlite, GHOST, PROVED)
    assert str(caught.value) == (
        "has 10 columns that an export of this program does not have; nothing was imported:\n"
        "  “id”: “64f0a2”\n"
        "  “name”: “Uit”\n"
        "  “note”: empty\n"
        "  “subscribed”: “false”  ← may say who unsubscribed\n"
        "  “complimentary_plan”: “false”\n"
        "  “stripe_customer_id”: empty\n"
        "  “created_at”: “2024-01-02T10:00:00.000Z”\n"
        "  “deleted_at”: “2024-05-01T10:00:00.000Z”  ← may say who unsubscribed\n"
        "  “labels”: empty\n"
        "  “tiers”: empty\n"
        "If the file is an export of Mailchimp, Buttondown, Substack, listmonk, Ghost, Brevo, Brevo's block list, "
        "Laposta, MailerLite, Kit, beehiiv, Keila, phpList, Mailman 3, say which with --from.\n"
        "Or say what its columns mean: --column left=deleted_at --column status=subscribed --values 'false=…,true=…'.\n"
        "  left: a date, or any word but “no”, “nee”, “false” and “0”, means that this person left.\n"
        "  status: for each “…”, write unconfirmed, confirmed, unsubscribed, bounced, complained. Of several columns, "
        "the worst counts.\n"
        "A column that may say who unsubscribed is not skipped by --ignore alone: first remove everybody who "
        "unsubscribed or never agreed, then add --not-consent with the same column, or delete it from the file.\n"
        "To skip a column that says nothing about consent, add --ignore COLUMN."
    )


def test_a_file_of_hundreds_of_columns_does_not_fill_the_screen(list_on_sqlite: Database) -> None:
    names = ",".join(f"field {number}" for number in range(300))
    with pytest.raises(TableError, match="has 300 columns") as caught:
        take(list_on_sqlite, f"email,{names}\na@example.org{',x' * 300}\n", PROVED)
    assert str(caught.value).count("\n") == 33
    assert "\n  … and 270 more\n" in str(caught.value)


def test_what_stands_in_a_column_is_safe_for_a_terminal(list_on_sqlite: Database) -> None:
    with pytest.raises(TableError, match=r"\n  “x�.j”: “�.2J”\n"):
        take(list_on_sqlite, "email,x\x1b[J\na@example.org,\x1b[2J\n", PROVED)


TABLES = {name: text for name, text in EXPORTS.items() if text[0] not in "[{"}


def split(content: str) -> tuple[str, list[list[str]]]:
    """The separator of a table, and its cells."""
    separator = ";" if ";" in content else ","
    return separator, [line.split(separator) for line in content.replace('"', "").splitlines()]


SHORT = {name: text for name, text in TABLES.items() if len(split(text)[1][0]) <= 5}


@pytest.mark.parametrize("content", SHORT.values(), ids=SHORT)
def test_in_every_order_of_its_columns(list_on_sqlite: Database, content: str) -> None:
    separator, (heading, *rows) = split(content)
    for order in permutations(range(len(heading))):
        lines = [separator.join(row[column] for column in order) for row in (heading, *rows)]
        with pytest.raises(TableError):
            take(list_on_sqlite, "\n".join(lines) + "\n", PROVED)
    assert count(list_on_sqlite) == 0


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.slow
def test_whichever_columns_somebody_deletes_one_that_is_left_and_unknown_is_enough(
    list_on_sqlite: Database, data: st.DataObject
) -> None:
    """Only when all that is left is ours the file is: then it says no more than an address, or a status of ours."""
    separator, (heading, *rows) = split(data.draw(st.sampled_from(list(TABLES.values()))))
    kept = data.draw(st.lists(st.sampled_from(range(len(heading))), min_size=1, unique=True))
    lines = [separator.join(row[column] for column in kept) for row in (heading, *rows)]
    names = {heading[column].strip().lower() for column in kept}
    if names <= {*COLUMNS, "email"}:
        return
    with pytest.raises(TableError):
        take(list_on_sqlite, "\n".join(lines) + "\n", data.draw(st.sampled_from([PROVED, ASK, DRY])))
    assert count(list_on_sqlite) == 0


@pytest.mark.parametrize(
    "content, problem",
    [
        ("email,status,Status\na@example.org,confirmed,unsubscribed\n", "has the column “status” twice"),
        (
            "address,email\nKerkstraat 1,a@example.org\n",
            "has the columns “address” and “email”; keep the one",
        ),
        ("email,x,x\na@example.org,1,2\n", "has the column “x” twice"),
    ],
)
def test_columns_that_contradict_each_other_are_refused(
    list_on_sqlite: Database, content: str, problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        take(list_on_sqlite, content, PROVED)


def test_a_row_that_leaves_its_status_open_is_not_taken_for_confirmed(list_on_sqlite: Database) -> None:
    content = "email,status\na@example.org,\n"
    _, [reject] = take(list_on_sqlite, content, DRY)
    assert reject.problem.startswith("status is empty; fill it in")
    _, [reject] = take(list_on_sqlite, '[{"email": "a@example.org", "status": null}]', DRY)
    assert reject.problem.startswith("status is empty")
    tally, _ = take(list_on_sqlite, content, replace(DRY, status=Status.CONFIRMED))
    assert tally.added == 1


# --- JSON: the first object tells the columns, and each other object its own ---


def test_an_object_with_a_name_that_the_first_has_not_is_refused_by_itself(list_on_sqlite: Database) -> None:
    rows = [
        {"email": "a@example.org"},
        {"email": "b@example.org", "unsubscribed_at": "2024-02-01"},
        {"email": "c@example.org", "language": "en"},
        {"email": "d@example.org", "name": "D"},
    ]
    tally, rejects = take(
        list_on_sqlite, json.dumps(rows), replace(DRY, meanings=Meanings(ignored=frozenset({"name"})))
    )
    assert tally.added == 3
    [reject] = rejects
    assert reject.problem == "has the unknown field “unsubscribed_at”: “2024-02-01”"
    _, rejects = take(list_on_sqlite, json.dumps(rows), DRY)
    assert [reject.address for reject in rejects] == ["b@example.org", "d@example.org"]


# --- Columns without a name ---


def test_empty_columns_that_a_spreadsheet_leaves_do_no_harm(list_on_sqlite: Database) -> None:
    tally, rejects = take(list_on_sqlite, "email,,\na@example.org,,\nb@example.org,,\n", DRY)
    assert (tally.added, rejects) == (2, [])


def test_what_stands_in_one_further_down_is_refused(list_on_sqlite: Database) -> None:
    rows = "".join(f"r{number}@example.org,,\n" for number in range(40))
    tally, [reject] = take(list_on_sqlite, f"email,,\n{rows}left@example.org,,afgemeld\n", DRY)
    assert tally.added == 40
    assert reject.problem == "has “afgemeld” in a column without a name"


# --- Ignored ---


def test_a_column_that_says_nothing_about_consent_can_be_ignored(list_on_sqlite: Database) -> None:
    content = "Email,Naam,Plaats\na@example.org,An,Ede\n"
    with pytest.raises(TableError, match=r"has a column that .*\n  “plaats”: “Ede”\n(.*\n)*To skip a column"):
        take(list_on_sqlite, content, replace(DRY, meanings=Meanings(ignored=frozenset({"naam"}))))
    tally, _ = take(
        list_on_sqlite, content, replace(DRY, meanings=Meanings(ignored=frozenset({"naam", "plaats"})))
    )
    assert tally.added == 1


@pytest.mark.parametrize(
    "name, problem",
    [
        ("afgemeld op", "cannot be read without “afgemeld op”, which may say who unsubscribed"),
        ("status", "cannot be read without “status”: an export of this program has that column"),
    ],
)
def test_what_may_be_consent_is_never_ignored(list_on_sqlite: Database, name: str, problem: str) -> None:
    content = "email,status,afgemeld op\na@example.org,confirmed,2024-01-01\n"
    with pytest.raises(TableError, match=problem):
        take(list_on_sqlite, content, replace(DRY, meanings=Meanings(ignored=frozenset({name}))))


def test_but_it_is_when_it_is_named_a_second_time(list_on_sqlite: Database) -> None:
    content = "email,afgemeld op\na@example.org,2024-01-01\n"
    names = frozenset({"afgemeld op"})
    tally, _ = take(list_on_sqlite, content, replace(DRY, meanings=Meanings(ignored=names, harmless=names)))
    assert tally.added == 1
    with pytest.raises(TableError, match="--not-consent afgemeld op goes with --ignore afgemeld op"):
        take(list_on_sqlite, content, replace(DRY, meanings=Meanings(harmless=names)))


@pytest.mark.parametrize(
    "value",
    [
        *("afgemeld", "Uitgeschreven op 1-2-2024", "unsubscribed", "opted out", "opt-out", "do not mail"),
        *(
            "geen mail s.v.p.",
            "hard bounce",
            "blacklisted",
            "blocked",
            "Désabonné",
            "opgezegd",
            "cancelled",
            "inactief",
        ),
    ],
)
def test_what_stands_in_a_column_that_is_not_read_stops_the_file_too(
    list_on_sqlite: Database, value: str
) -> None:
    names = frozenset({"groep"})
    ignored = replace(DRY, meanings=Meanings(ignored=names))
    with pytest.raises(TableError, match="in the column “groep”, which is not read but may say who left"):
        take(list_on_sqlite, f"email;groep\na@example.org;{value}\n", ignored)
    later = "".join(f"r{number}@example.org;x\n" for number in range(40))
    tally, [reject] = take(list_on_sqlite, f"email;groep\n{later}a@example.org;{value}\n", ignored)
    assert (tally.added, reject.address) == (40, "a@example.org")
    assert reject.problem.endswith("in the column “groep”, which is not read")
    order = replace(DRY, meanings=Meanings(ignored=names, harmless=names))
    assert take(list_on_sqlite, f"email;groep\na@example.org;{value}\n", order)[0].added == 1


@pytest.mark.parametrize("value", ["klant", "Beurs 2024", "Bouncy Castles bv", "2024-01-01", "ja"])
def test_but_other_values_do_not(list_on_sqlite: Database, value: str) -> None:
    order = replace(DRY, meanings=Meanings(ignored=frozenset({"groep"})))
    added = take(list_on_sqlite, f"email;groep\na@example.org;{value}\n", order)[0].added
    assert added == 1


CONSENT = """
    status state subscribed subscribed_to_emails unsubscribed_at Unsubscribed opt_in opted_out DOUBLE_OPT-IN
    optin_time EmailOptOut blacklisted EMAIL_BLACKLISTED block_reason blocklisted bounced bounce_count deleted
    deleted_at complained complaint_date afgemeld Afgemeld_op uitgeschreven uitschrijfdatum inschrijving
    aangemeld_op opgezegd opgeschoond geblokkeerd verwijderd_op toestemming akkoord_voorwaarden actief
    inactief bevestigd nieuwsbrief reden geen_mail global_status delivery_status deactivated active isActive
    confirmed email_verified consent gdpr_consent doNotContact DNC do_not_mail no_email HasOptedOutOfEmail
    suppressed cancelled churned unreachable enabled disabled paused marketing_permissions newsletter
    Désabonné désinscrit Abgemeldet Einwilligung Bestätigt gelöscht statut estado spam removed cleaned valid
    archived wants_mail left banned mailinglist
"""


@pytest.mark.parametrize("name", CONSENT.split())
def test_names_that_may_mean_consent_are_known_as_such(name: str) -> None:
    assert smells_of_consent(name)
    assert smells_of_consent(f"mmerge7 {name.upper()}")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "id",
            "name",
            "First Name",
            "achternaam",
            "voornaam",
            "phone",
            "Mailing Address",
            "company",
            "bedrijf",
            "tags",
        ),
        *(
            "city",
            "plaats",
            "country",
            "land",
            "birthday",
            "geboortedatum",
            "website",
            "omschrijving",
            "real estate",
        ),
        *(
            "notes",
            "score",
            "points",
            "created_at",
            "household",
            "klantnummer",
            "functie",
            "geslacht",
            "lidnummer",
        ),
    ],
)
def test_names_that_mean_something_else_can_be_ignored(name: str) -> None:
    assert not smells_of_consent(name)


# --- The services that we know ---

MAILCHIMP = (
    "Email Address,First Name,Birthday,{}MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LAST_CHANGED,LEID,EUID,TAGS\n"
)
MEMBER = "a@example.org,A,01/02,{}2,2024-01-01 10:00:00,2024-01-01 10:00:00,2024-01-01 10:00:00,1,a,\n"
NAME = "subscribed_members_export_1a2b.csv"


def test_fields_that_the_owner_of_an_audience_made_are_let_pass(list_on_sqlite: Database) -> None:
    for extra, value in (("", ""), ("Company,", "X,"), ("Where do you work?,T-shirt,", "here,L,")):
        content = MAILCHIMP.format(extra) + MEMBER.format(value)
        assert take(list_on_sqlite, content, DRY, NAME)[0].added == 1


@pytest.mark.parametrize(
    "field", ["Status", "State", "Nieuwsbrief", "Marketing Permissions", "Opted out", "Afgemeld"]
)
def test_but_not_those_that_may_say_who_agreed(list_on_sqlite: Database, field: str) -> None:
    content = MAILCHIMP.format(f"{field},") + MEMBER.format("no,")
    with pytest.raises(
        TableError, match=f"Mailchimp does not have; .*:\n  “{field.lower()}”: “no”  ← may say"
    ):
        take(list_on_sqlite, content, DRY, NAME)


@pytest.mark.parametrize(
    "content",
    [
        "uuid,email,name,attributes,status,created_at,updated_at,{}\nu,a@example.org,A,{{}},enabled,2024,2024,x\n",
        "email,active_subscription,expiry,plan,email_disabled,created_at,{}\na@example.org,false,,other,false,2024,x\n",
        "id,email,subscriber_type,creation_date,{}\nu,a@example.org,regular,2024-01-01,x\n",
    ],
    ids=["listmonk", "Substack", "Buttondown"],
)
@pytest.mark.parametrize("column", ["unsubscribed", "colour"])
def test_other_services_write_no_columns_of_their_owners(
    list_on_sqlite: Database, content: str, column: str
) -> None:
    order = replace(DRY, status=Status.CONFIRMED)
    with pytest.raises(TableError, match=f"does not have; .*:\n  “{column}”: “x”"):
        take(list_on_sqlite, content.format(column), order)
    if column == "colour":
        reading = take(
            list_on_sqlite,
            content.format(column),
            replace(order, meanings=Meanings(ignored=frozenset({column}))),
        )
        assert reading[0].line == 2


def test_our_own_export_has_only_columns_that_we_know(sqlite: Database) -> None:
    take(sqlite, "address\na@example.org\n", PROVED)
    for form in ("csv", "json"):
        content = give(sqlite, form)
        assert take(sqlite, content, ORDER)[0].present == 1
    assert set(COLUMNS) < ORIGINS[0].columns
