"""What relays report by web hook: believed with their signature and our tag only, kept first, and judged later."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.delivery.incoming.hooks.notifications import Notifications
from generator.model import Kind, Status, Week
from generator.subscribers.ledger.tags import make_tag
from generator.subscribers.list.subscriptions import find_subscriber
from generator.subscribers.store.keys import Keys
from generator.web.pages import hooks as page
from tests.delivery import hooks
from tests.delivery.hooks import NAMES, READER, Amazon
from tests.machine import OPENSSL
from tests.web.asking import Answer
from tests.web.reading import Reader, open_reader

WEEK = Week.parse("2026-W48")
SLOW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

pytestmark = pytest.mark.needs(OPENSSL)


@pytest.fixture(scope="session")
def amazon(tmp_path_factory) -> Amazon:
    return Amazon.make(tmp_path_factory.mktemp("amazon"))


@pytest.fixture
def service(shared, loop, tmp_path, amazon) -> Iterator[Reader]:
    """With the hooks of all relays, and one reader, who confirmed before the letter left."""
    parts = {"hooks": hooks.hooks(), "notifications": Notifications(amazon.fetch)}
    with open_reader(shared, loop, tmp_path / "var", **parts) as service:
        service.confirm(READER)
        service.clock.wait(days=-1)
        yield service


def tag(service: Reader) -> str:
    with service.database.read() as transaction:
        return make_tag(service.database.keys, WEEK, find_subscriber(transaction, READER).handle)


def post(service: Reader, relay: str, request: hooks.Request) -> Answer:
    body, headers = request
    return service.ask.ask("POST", f"/hooks/{relay}", body=body, headers=hooks.as_list(headers))


def report(service: Reader, amazon: Amazon, relay: str, event: Any, **options: Any) -> Answer:
    """Sign and send an event, and let the worker judge it."""
    answer = post(service, relay, hooks.sign(relay, event, service.clock(), amazon, **options))
    service.work()
    return answer


def kept(service: Reader) -> list[Any]:
    return service.rows()["report"]


def kinds(service: Reader) -> list[str]:
    return [row[3] for row in service.rows()["event"]]


@pytest.mark.parametrize("relay", NAMES)
def test_a_signed_event_with_our_tag_is_kept_and_then_judged(service, amazon, relay):
    request = hooks.sign(relay, hooks.bounce(relay, tag(service)), service.clock(), amazon)
    answer = post(service, relay, request)
    assert (answer.status, answer.text) == (200, "1 of 1 kept; the others do not carry a tag of ours.\n")
    assert service.status(READER) == "confirmed"
    assert len(kept(service)) == 1
    service.work()
    assert service.status(READER) == "bounced"
    assert [row[5] for row in service.rows()["event"]] == ["550 5.1.1"] * 2
    [row] = kept(service)
    assert READER not in repr(row)


@pytest.mark.parametrize("relay", NAMES)
def test_the_words_of_a_server_are_weighed_as_in_a_mail(service, amazon, relay):
    """Full counts, and a block list is ours to mend, whatever the relay calls it."""
    report(service, amazon, relay, hooks.bounce(relay, tag(service), hooks.FULL))
    assert (service.status(READER), kinds(service)) == ("confirmed", [Kind.SOFT])
    report(service, amazon, relay, hooks.bounce(relay, tag(service), hooks.BLOCKED))
    assert (service.status(READER), sorted(kinds(service))) == ("confirmed", [Kind.REFUSED, Kind.SOFT])


@pytest.mark.parametrize("relay", [name for name in NAMES if name != "mailgun"])
def test_what_the_relay_calls_soft_ends_nobody_at_once(service, amazon, relay):
    """Mailgun has no such word: it reports nothing before it has given up."""
    report(service, amazon, relay, hooks.bounce(relay, tag(service), hooks.GONE, "soft"))
    assert (service.status(READER), kinds(service)) == ("confirmed", [Kind.SOFT])


@pytest.mark.parametrize("relay", NAMES)
def test_a_complaint_ends_all_mail(service, amazon, relay):
    report(service, amazon, relay, hooks.complaint(relay, tag(service)))
    assert service.status(READER) == "complained"


@pytest.mark.parametrize("relay", [name for name in NAMES if name != "resend"])
def test_the_link_of_the_relay_unsubscribes_without_a_mail(service, amazon, relay):
    mails = len(service.box.mails)
    report(service, amazon, relay, hooks.leave(relay, tag(service)))
    assert service.status(READER) == "confirmed"  # they confirmed after that
    service.clock.wait(days=1)
    later = service.clock().isoformat()
    report(service, amazon, relay, hooks.leave(relay, tag(service), later))
    assert service.status(READER) == "unsubscribed"
    assert len(service.box.mails) == mails


@pytest.mark.parametrize("relay", NAMES)
@pytest.mark.parametrize(
    "make", [hooks.delivered, lambda *_: {"event": "news", "type": "news", "RecordType": "?"}]
)
def test_what_is_nothing_to_us_is_not_kept(service, amazon, relay, make):
    answer = report(service, amazon, relay, make(relay, tag(service)))
    assert (answer.status, kept(service)) == (200, [])


@pytest.mark.parametrize("relay", NAMES)
@pytest.mark.parametrize("other", ["", "2026-w48.mfrgg.0123456789abcdef", "strangers"])
def test_without_our_tag_nothing_is_believed(service, amazon, relay, other):
    if other == "strangers":
        other = make_tag(Keys.make(), WEEK, "abcdefghijkl")
    answer = report(service, amazon, relay, hooks.complaint(relay, other))
    assert (answer.status, kept(service), service.status(READER)) == (200, [], "confirmed")


@pytest.mark.parametrize("relay", NAMES)
def test_a_tag_in_the_words_of_a_server_is_not_ours_to_believe(service, amazon, relay):
    event = hooks.bounce(relay, "", f"550 5.1.1 {tag(service)} unknown")
    assert report(service, amazon, relay, event).status == 200
    assert kept(service) == []


@pytest.mark.parametrize("relay", NAMES)
def test_a_wrong_signature_is_refused(service, amazon, relay):
    event = hooks.bounce(relay, tag(service))
    secret = {"ses": hooks.TOPIC + "2", "resend": "whsec_bm90IHRoZSBrZXk="}.get(
        relay, "not the secret of ours"
    )
    answers = [post(service, relay, hooks.sign(relay, event, service.clock(), amazon, secret=secret))]
    body, headers = hooks.sign(relay, event, service.clock(), amazon)
    answers.append(post(service, relay, (body, {})) if headers and relay != "ses" else answers[0])
    if relay in {"ses", "resend", "lettermint"}:  # whose signature covers the event
        answers.append(post(service, relay, (body.replace(b"550 5.1.1", b"550 5.1.2"), headers)))
    assert [answer.status for answer in answers] == [401] * len(answers)
    assert all(answer.text.startswith("Not believed: ") for answer in answers)
    assert kept(service) == []


@pytest.mark.parametrize(
    "relay, most",
    [("ses", 7200), ("mailgun", 32_400), ("resend", 300), ("lettermint", 300)],
)
def test_an_old_signature_is_refused(service, amazon, relay, most):
    event = hooks.bounce(relay, tag(service))
    for age, status in ((most, 200), (most + 1, 401), (-300, 200), (-301, 401)):
        answer = report(service, amazon, relay, event, age=timedelta(seconds=age))
        assert answer.status == status, age


@pytest.mark.parametrize("relay", NAMES)
def test_the_same_event_counts_once(service, amazon, relay):
    """Also when its reader has come back since."""
    request = hooks.sign(relay, hooks.bounce(relay, tag(service)), service.clock(), amazon)
    assert [post(service, relay, request).status for _ in range(3)] == [200] * 3
    service.work()
    assert len(kept(service)) == 1
    rows = service.rows()
    assert post(service, relay, request).status == 200
    service.work()
    assert service.rows() == rows


def test_a_token_of_mailgun_counts_once_whatever_comes_with_it(service, amazon):
    """Its signature does not cover the event."""
    report(service, amazon, "mailgun", hooks.bounce("mailgun", tag(service), hooks.FULL), name="t" * 50)
    report(service, amazon, "mailgun", hooks.complaint("mailgun", tag(service)), name="t" * 50)
    assert (service.status(READER), len(kept(service))) == ("confirmed", 1)


def test_a_batch_of_brevo_with_the_same_event_twice(service, amazon):
    event = hooks.bounce("brevo", tag(service), hooks.FULL)
    answer = report(service, amazon, "brevo", [event, event, hooks.delivered("brevo", tag(service)), 7, None])
    assert (answer.status, len(kept(service)), kinds(service)) == (200, 1, [Kind.SOFT])


@pytest.mark.parametrize("relay", NAMES)
@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff\xfe", b'{"a": NaN}', b"1" * 5000])
def test_what_is_no_json_is_refused(service, relay, body):
    """With the password of who signs nothing; nobody else can sign it."""
    headers = hooks.sign(relay, {}, service.clock())[1] if relay in {"postmark", "brevo"} else {}
    answer = post(service, relay, (body, headers))
    assert answer.status in ({400} if headers else {400, 401})


@pytest.mark.parametrize("relay", NAMES)
def test_a_body_is_bounded(service, relay):
    assert post(service, relay, (b" " * (page.LARGEST + 1), {})).status == 413
    chunks = [b" " * 100_000] * 5
    assert service.ask.ask("POST", f"/hooks/{relay}", body=chunks).status == 413


def test_a_hook_without_a_secret_is_not_there(reader):
    for relay in (*NAMES, "sendgrid"):
        assert reader.ask.ask("POST", f"/hooks/{relay}").status == 404
        assert reader.ask.get(f"/hooks/{relay}").status == 404


def test_a_hook_takes_nothing_but_post(service):
    answer = service.ask.get("/hooks/postmark")
    assert (answer.status, answer.header("allow")) == (405, "POST")


# --- Amazon ---


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_versions_of_the_signature_of_amazon(service, amazon, version):
    asked = len(amazon.asked)
    for _ in range(2):
        event = hooks.bounce("ses", tag(service))
        answer = report(service, amazon, "ses", event, version=version, Subject="A subject")
        assert answer.status == 200
    assert service.status(READER) == "bounced"
    assert amazon.asked[asked:] == [hooks.CERTIFICATE]  # once


def test_amazon_is_confirmed_when_the_topic_is_ours(service, amazon):
    url = f"{hooks.AMAZON}/?Action=ConfirmSubscription&TopicArn={hooks.TOPIC}&Token=abc"
    fields = {"Type": "SubscriptionConfirmation", "Token": "abc", "SubscribeURL": url}
    assert report(service, amazon, "ses", "Confirm?", **fields).text == "Confirmed.\n"
    assert amazon.asked[-1] == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-west-1.amazonaws.com.example.org/?Action=ConfirmSubscription&TopicArn={topic}",
        "https://example.org/?Action=ConfirmSubscription&TopicArn={topic}",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}",
        "https://sns.eu-west-1.amazonaws.com@example.org/?Action=ConfirmSubscription&TopicArn={topic}",
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}",
        "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&TopicArn={topic}",
        "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={topic}2",
        "https://sns.eu-west-1.amazonaws.com:8443/?Action=ConfirmSubscription&TopicArn={topic}",
        "file:///etc/passwd",
        None,
    ],
)
def test_nothing_else_is_asked_of_anybody(service, amazon, url):
    fields = {"Type": "SubscriptionConfirmation", "Token": "abc"}
    if url:
        fields["SubscribeURL"] = url.format(topic=hooks.TOPIC)
    asked = set(amazon.asked)
    assert report(service, amazon, "ses", "Confirm?", **fields).status == 401
    assert set(amazon.asked) <= asked | {hooks.CERTIFICATE}


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com.example.org/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com/other.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com/../SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x",
        "https://s3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        7,
    ],
)
def test_a_certificate_from_elsewhere_is_not_fetched(service, amazon, url):
    asked = len(amazon.asked)
    event = hooks.bounce("ses", tag(service))
    assert report(service, amazon, "ses", event, SigningCertURL=url).status == 401
    assert len(amazon.asked) == asked


def test_amazon_cannot_be_reached(shared, loop, tmp_path, amazon):
    """Then it is told to try again, and not asked for every message."""
    asked = []

    def fail(address: str) -> bytes:
        asked.append(address)
        raise OSError

    parts = {"hooks": hooks.hooks("ses"), "notifications": Notifications(fail)}
    with open_reader(shared, loop, tmp_path / "var", **parts) as service:
        for _ in range(3):
            answer = report(service, amazon, "ses", hooks.bounce("ses", "x"))
            assert (answer.status, answer.header("retry-after")) == (503, "60")
        assert len(asked) == 1
        service.clock.wait(seconds=11)
        report(service, amazon, "ses", hooks.bounce("ses", "x"))
        assert len(asked) == 2


# --- Many, and odd ---


def test_a_flood_is_held_as_when_mails_come_back(service, amazon):
    """The same guard: what would end too many readers in a day waits for an operator."""
    tags = [tag(service)]
    for number in range(40):
        service.clock.wait(days=1)
        service.confirm(f"reader{number}@d{number}.example.org")
    service.clock.wait(days=-41)
    with service.database.read() as transaction:
        for number in range(40):
            reader = find_subscriber(transaction, f"reader{number}@d{number}.example.org")
            tags.append(make_tag(service.database.keys, Week.parse("2027-W01"), reader.handle))
    for one in tags:
        report(service, amazon, "postmark", hooks.bounce("postmark", one))
    assert kinds(service).count(Kind.HELD) == 21
    assert len([row for row in service.rows()["subscriber"] if Status.BOUNCED in row]) == 20


def test_too_many_at_a_time_are_told_to_come_back(service, amazon, loop):
    """No more than AT_A_TIME are read; the others are told so, and what was answered 2xx is kept."""
    import asyncio  # noqa: PLC0415 (only here)

    from tests.web.asking import _call  # noqa: PLC0415

    requests = [
        hooks.sign("postmark", hooks.bounce("postmark", tag(service)), service.clock()) for _ in range(300)
    ]
    application = service.ask.application

    def scope(request: hooks.Request) -> dict[str, Any]:
        headers = [("host", "letter.example.org"), *request[1].items()]
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
            "path": "/hooks/postmark", "raw_path": b"/hooks/postmark", "query_string": b"", "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
            "client": ("192.0.2.1", 50_000), "server": ("127.0.0.1", 8000),
        }  # fmt: skip

    async def ask() -> list[Answer]:
        return await asyncio.gather(*(_call(application, scope(one), [one[0]]) for one in requests))

    answers = loop.run(ask())
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) == len(kept(service)) >= page.AT_A_TIME
    assert {answer.header("retry-after") for answer in answers if answer.status == 503} == {"5"}
    assert service.ask.get("/health").status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("relay", [name for name in NAMES if name != "ses"])
@SLOW
@given(data=st.data())
def test_events_of_any_shape(service, relay, data):
    """Signed, and with something else anywhere in them: no error, and no belief without a tag."""
    make = data.draw(st.sampled_from([hooks.bounce, hooks.complaint, hooks.leave, hooks.delivered]))
    event = make(relay, "2026-w48.mfrgg.0123456789abcdef")
    for _ in range(data.draw(st.integers(0, 3))):
        _spoil(event, data)
    event = data.draw(st.sampled_from([event, [event], data.draw(JSON)]))
    answer = post(service, relay, hooks.sign(relay, event, service.clock()))
    assert answer.status in {200, 400}, answer.text
    assert kept(service) == []


@pytest.mark.parametrize("relay", NAMES)
@SLOW
@given(body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()), data=st.data())
def test_bodies_and_headers_of_anything(service, relay, body, data):
    """Not signed: never believed."""
    names = ["authorization", "svix-id", "svix-timestamp", "svix-signature", "x-lettermint-signature"]
    values = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
    headers = data.draw(st.dictionaries(st.sampled_from(names), values))
    body_answer = service.ask.ask(
        "POST", f"/hooks/{relay}", body=body, headers=[(name, value) for name, value in headers.items()]
    )
    assert body_answer.status in {400, 401}
    assert kept(service) == []


def _spoil(event: Any, data: Any) -> None:
    """Put something else in one place of it."""
    while isinstance(event, dict) and event:
        name = data.draw(st.sampled_from(sorted(event)))
        if isinstance(event[name], dict) and event[name] and data.draw(st.booleans()):
            event = event[name]
            continue
        event[name] = data.draw(JSON)
        return


@pytest.mark.parametrize("words", ["\ud800", "a\0b", "x" * 100_000, "550 5.1.1 " * 5000, "é" * 3000])
def test_odd_words_with_our_tag_are_kept(service, amazon, words):
    event = hooks.bounce("postmark", tag(service))
    event["Details"] = words
    assert report(service, amazon, "postmark", event).status == 200
    assert len(kept(service)) == 1
    assert service.status(READER) == "bounced"


def test_secrets_are_not_shown(service, caplog, tmp_path: Path):
    assert all(secret not in repr(service.ask.application) for secret in hooks.SECRETS.values())
