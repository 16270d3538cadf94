"""Whatever strangers send, the service answers, shows it as text if at all, and keeps only what it understands."""

import io
import itertools
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from generator.errors import AddressError, TableError
from generator.model import key_of
from generator.outline import load_outline
from generator.subscribers.list.addresses import LONGEST, parse_address
from generator.subscribers.store.schema import METADATA
from generator.subscribers.transfer.exporting import export_subscribers
from generator.subscribers.transfer.formats import Defaults
from generator.subscribers.transfer.importing import Import, Order
from tests.languages import LANGUAGES, NL
from tests.web.asking import Loop
from tests.web.reading import Reader, copy_sample, open_reader

NUMBERS = itertools.count()

EXPECTED = {200, 202, 303, 400, 403, 404, 405, 408, 410, 413, 415, 422, 429}
"""Never 500, and never 503: nothing that a stranger sends makes the database fail."""

# Letters with a meaning in addresses, headers, HTML, SQL, addresses of pages; and names that look like others.
PIECES = st.sampled_from(
    [
        *(
            "@",
            ".",
            "..",
            ",",
            ";",
            ":",
            "<",
            ">",
            '"',
            "'",
            "\\",
            "(",
            ")",
            "[",
            "]",
            "%",
            "%00",
            "%0d%0a",
            "+",
            "&",
        ),
        *(
            "=",
            "?",
            "#",
            "/",
            " ",
            "\t",
            "\r\n",
            "\n",
            "\0",
            "\x85",
            "\u2028",
            "\u202e",
            "\u200b",
            "\ufeff",
            "\ud800",
        ),
        *(
            "a",
            "A",
            "xn--",
            "xn--a",
            "а",
            "ı",
            "İ",
            "ß",
            "ſ",
            "é",
            "e\u0301",
            "。",
            "＠",
            "｡",
            "日本",
            "💌",
            "x" * 64,
        ),
        *(
            "example.com",
            "example",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "nl",
            "--",
            "' OR 1=1 --",
            "<b>",
            "{{7*7}}",
        ),
        *("=?utf-8?q?=0a?=", "http://example.net/", "one-click", "List-Unsubscribe"),
    ]
)
ODD = st.lists(PIECES | st.characters(), max_size=12).map("".join)
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    loop, place = Loop(), tmp_path_factory.mktemp("fuzz")
    with open_reader(load_outline(copy_sample(place)), loop, place / "var") as reader:
        yield reader
    loop.close()


# --- Addresses ---


@quick
@given(ODD | st.tuples(ODD, ODD).map("@".join) | st.emails())
@example("reader@раypal.example.com")
@example("=?utf-8?q?bcc?=@example.com")
@example("À@127.0.0.1a")
def test_an_address_has_one_form_or_is_refused_with_a_reason(text):
    address = ""
    try:
        address = parse_address(text)
    except AddressError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        assert "\n" not in refusal
        return
    assert parse_address(address) == address
    assert address.rpartition("@")[2].isascii()  # what stands before the @ may be more (RFC 6531)
    assert address.isprintable()
    assert len(address) <= LONGEST
    assert re.fullmatch(r"[^@\s<>,;:]+@[a-z0-9-]+(\.[a-z0-9-]+)+", address)
    if not address.isascii():  # two capitals may have one small letter there, and Python reads no such header
        message = EmailMessage(policy=SMTP.clone(utf8=True))
        message["To"] = address
        assert bytes(message).startswith(f"To: {address}\r\n".encode())
        return
    assert key_of(address) == key_of(parse_address(address.upper()))
    message = EmailMessage(policy=SMTP)
    message["To"] = address
    [read] = BytesParser(policy=SMTP).parsebytes(bytes(message))["To"].addresses
    assert read.addr_spec == address


# --- Fields ---

NAMES = st.sampled_from(
    [
        "email",
        "website",
        "wording",
        "certainty",
        "language",
        "confirm",
        "moment",
        "List-Unsubscribe",
        "until",
        "x",
    ]
)
PATHS = st.sampled_from(
    [
        f"{prefix}{page}"
        for prefix in ("/", "/en/")
        for page in (
            *("subscribe", "manage", "confirm/x", "unsubscribe/x"),
            *(f"manage/x/{action}" for action in ("preferences", "pause", "resume", "unsubscribe", "erase")),
        )
    ]
)


def is_well(reader: Reader, path: str, answer) -> None:
    assert answer.status in EXPECTED, (path, answer.status)
    assert not re.search(r"Traceback|sqlalchemy|sqlite3", answer.text)
    if answer.body:
        assert not answer.page.xpath("//script | //b[not(ancestor-or-self::*[@class])] | //*[@onerror]")


@quick
@given(PATHS, st.lists(st.tuples(NAMES, ODD), max_size=6), st.booleans())
def test_forms_with_anything_in_their_fields(reader, path, fields, complete):
    if complete and "subscribe" in path:
        given_names = {name for name, _ in fields}
        form = reader.ask.get("/subscribe").form("subscribe")
        fields = [*((name, value) for name, value in form.items() if name not in given_names), *fields]
    fields = [(name, value.encode("utf-8", "surrogatepass")) for name, value in fields]
    body = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields).encode()
    is_well(reader, path, reader.ask.post(path, body))


KINDS = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-7",
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        'multipart/form-data; boundary="',
        "multipart/form-data; boundary*=utf-8''%00",
        "text/plain",
        "",
    ]
)
PARTS = st.lists(
    st.sampled_from(
        [
            *(
                b"--b\r\n",
                b"--b--",
                b"\r\n",
                b"\r\n\r\n",
                b"Content-Disposition: form-data; name=",
                b'"',
                b"x",
                b"\0",
            ),
            *(
                b"Content-Transfer-Encoding: base64\r\n",
                b"Content-Type: text/plain; charset=rot13\r\n",
                b"\xff",
                b"=",
            ),
            *(
                b"Content-Type: multipart/mixed; boundary=b\r\n",
                b"Content-Type: message/rfc822\r\n",
                b"&",
                b"%",
                b"+",
            ),
            *(
                b"List-Unsubscribe",
                b"One-Click",
                b"List-Unsubscribe=One-Click",
                b"email=",
                b"a%40example.com",
            ),
        ]
    )
    | st.binary(max_size=20),
    max_size=30,
).map(b"".join)


@quick
@given(PATHS, KINDS, PARTS)
def test_bodies_of_any_bytes(reader, path, kind, body):
    answer = reader.ask.ask(
        "POST", path, body=body, headers=[("content-type", kind), ("origin", "https://letter.example.org")]
    )
    is_well(reader, path, answer)


LOCAL = st.text("abcXYZ019!#$%&'*+-/=?^_`{|}~.", min_size=1, max_size=20)


@quick
@given(LOCAL)
@example("o'neil&co`{{7*7}}`")
@example("{letter}{address}")
def test_mail_to_any_address(reader, local):
    """What RFC 5321 lets an address be stays as it is: on the page, in the envelope, and in the one header."""
    address = f"{local}@{next(NUMBERS)}.example.com"
    answer = reader.ask.post(
        "/subscribe", {**reader.ask.get("/subscribe").form("subscribe"), "email": address}
    )
    is_well(reader, "/subscribe", answer)
    if answer.status != 202:
        return
    assert address in answer.words()
    reader.work()
    recipient, message = reader.box.mails[-1]
    assert recipient == address
    assert [found.addr_spec for found in message["To"].addresses] == [address]
    assert len(message.get_all("To")) == 1


# --- Tokens ---


@quick
@given(
    st.sampled_from(
        ["confirm", "manage", "unsubscribe", "assets", "", "en/confirm", "en/manage", "en/unsubscribe"]
    ),
    ODD,
    st.sampled_from(["", "/pause", "/data.json", "/", "/erase"]),
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "X"]),
)
def test_links_with_any_token(reader, page, token, rest, method):
    path = f"/{page}/{quote(token.encode('utf-8', 'surrogatepass'), safe='')}{rest}"
    before = reader.rows()
    answer = reader.ask.ask(method, path)
    assert answer.status in EXPECTED | {307, 308}
    assert token.lower() not in answer.text.lower() or len(token) < 12
    assert reader.rows() == before


@quick
@given(ODD)
def test_signatures_of_anything(reader, token):
    for purpose in ("unsubscribe", "moment"):
        assert reader.database.keys.read(purpose, token) is None


# --- The list, as files ---

CELLS = st.sampled_from(
    [
        *(
            "address",
            "email",
            "Email Address",
            "status",
            "language",
            "certainties",
            "created",
            "consents",
            "handle",
        ),
        *(
            "a@example.com",
            "b@example.com",
            "=1+1",
            "'=1",
            "@x",
            "-",
            "confirmed",
            "unsubscribed",
            "nl",
            "fr",
            "referral",
        ),
        *(
            "2026-11-23T09:00:00+00:00",
            "2026-02-30",
            "9" * 400,
            "[]",
            "{}",
            "null",
            '{"step": "confirmed"}',
            '"',
            "\0",
        ),
        *(
            '[{"step": "added", "at": "2026-11-23T09:00:00+00:00", "source": "paper"}]',
            "\ud800",
            "\u2028",
            "<b>",
            "",
        ),
    ]
)
LINES = st.lists(st.lists(CELLS | st.text(max_size=5), max_size=6), max_size=6)
TABLES = st.one_of(
    st.tuples(LINES, st.sampled_from([",", ";", "\t"])).map(
        lambda drawn: "\n".join(drawn[1].join(line) for line in drawn[0]).encode("utf-8", "surrogatepass")
    ),
    LINES.map(lambda lines: "\n".join(",".join(line) for line in lines).encode("utf-16", "surrogatepass")),
    st.tuples(LINES, LINES).map(
        lambda drawn: json.dumps(
            [dict(zip(*pair, strict=False)) for pair in zip(*drawn, strict=False)]
        ).encode()
    ),
    st.recursive(CELLS | st.floats() | st.integers() | st.none(), st.lists).map(
        lambda value: json.dumps(value).encode()
    ),
    st.binary(max_size=200),
)
PLAIN_HEAD = b"address,status,language,certainties,consents\n"


@quick
@given(
    TABLES | TABLES.map(lambda table: PLAIN_HEAD + table), st.sampled_from(["", "csv", "json"]), st.booleans()
)
def test_files_of_any_bytes(reader, table, form, proven):
    """What is taken from a file is a list like any other: it goes out, and comes in again as it was."""
    certainties = frozenset({"referral", "revenue"})
    defaults = Defaults(NL, reader.clock(), certainties, {one: one for one in LANGUAGES})
    order = Order(defaults, "a box of paper" if proven else "", form=form)

    def take(content: bytes) -> bytes:
        with reader.database.begin() as transaction:
            transaction.connection.execute(delete(METADATA.tables["subscriber"]))
        with suppress(TableError):
            for _ in Import(io.BufferedReader(io.BytesIO(content)), "list.csv", order).run(
                reader.database, str
            ):
                pass
        with reader.database.read() as transaction:
            return "".join(export_subscribers(transaction, "csv")).encode()

    taken = take(table)
    assert take(taken) == taken
    for _, _, address, key, *_ in reader.rows()["subscriber"]:
        assert (parse_address(address), key_of(address)) == (address, key)
