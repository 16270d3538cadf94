"""What the doctor looks at, one by one: real name servers, relays and files, well and not well."""

import ssl
import subprocess
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generator.content import Newsletter
from generator.delivery.known_relays import find_relay
from generator.delivery.outgoing.maildirs import Maildir
from generator.delivery.outgoing.relays import Relay
from generator.delivery.outgoing.signing import Signer
from generator.delivery.outgoing.smtp import Tls
from generator.doctor import Answer, Condition
from generator.doctor.domains import examine_domains
from generator.doctor.letters import examine_letter
from generator.doctor.machine import (
    examine_clock,
    examine_disk,
    examine_findings,
    examine_list,
    examine_secrets,
    examine_timer,
)
from generator.doctor.names import Names
from generator.doctor.policies import count_bits
from generator.doctor.relays import describe_known, examine_relay
from generator.doctor.setup import examine_settings
from generator.errors import NameServerError
from generator.model import Week
from generator.settings import Publisher, Settings
from generator.subscribers.list.vitals import Vitals
from generator.watch.findings import judge
from tests.delivery.nameservers import Zone, naming
from tests.delivery.relays import HOST, relaying
from tests.render.editions import change_issue
from tests.watch.knowing import know

UNKNOWN = Publisher("<name>", "<eight digits>", "privacy@example.org", ("B. Smit",), "B. Smit", None)
NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
PASSWORD = "of a relay for tests"  # noqa: S105
OK, WARNING, ERROR = Condition.OK, Condition.WARNING, Condition.ERROR


@pytest.fixture
def ours(newsletter: Newsletter) -> Settings:
    """Settings in which nothing is left of the example, in a domain that the tests' name server knows."""
    return replace(
        newsletter.settings,
        site_url="https://brief.nl/",
        service_url="https://aanmelden.brief.nl/",
        sender_address="letter@brief.nl",
        reply_to="post@brief.nl",
        unsubscribe="unsubscribe@brief.nl",
        bounces="bounce@brief.nl",
        list_id="letter.brief.nl",
        postal="Straat 7, Amsterdam",
    )


def conditions(answers: Any) -> dict[str, Condition]:
    return {answer.subject: answer.condition for answer in answers}


def check(answer: Answer, condition: Condition, found: str) -> None:
    assert found in answer.found
    assert answer.condition is condition
    assert bool(answer.remedy) == (condition is not OK), "whatever is wrong has a remedy"


# --- Settings ---


def test_settings_of_somebody_who_sends_are_well(ours: Settings) -> None:
    assert set(conditions(examine_settings(ours)).values()) == {OK}


@pytest.mark.parametrize(
    "changes, subject, condition, found",
    [
        ({"site_url": "https://example.org/"}, "settings", ERROR, "still the example values: site.url"),
        ({"dkim": ("s1", "mail.example")}, "settings", ERROR, "the example values: dkim.domain"),
        ({"postal": "Example Street 7"}, "settings", ERROR, "the example values: sender.postal"),
        ({"publisher": UNKNOWN}, "settings", ERROR, "values: publisher.email, publisher.name, publisher.kvk"),
        ({"sender_address": "me@gmail.com"}, "sender", ERROR, "me@gmail.com is an address of gmail.com"),
        ({"sender_address": "me@Ziggo.nl"}, "sender", ERROR, "an address of ziggo.nl"),
        ({"service_url": ""}, "service", ERROR, "no unsubscribe link"),
        ({"service_url": "http://aanmelden.brief.nl/"}, "service", ERROR, "does not use TLS"),
        ({"bounces": ""}, "bounces", WARNING, "go to letter@brief.nl, without a tag"),
    ],
)  # fmt: skip
def test_settings_that_keep_letters_from_arriving_are_told(
    ours: Settings, changes: dict[str, Any], subject: str, condition: Condition, found: str
) -> None:
    answers = {answer.subject: answer for answer in examine_settings(replace(ours, **changes))}
    check(answers.pop(subject), condition, found)
    assert set(conditions(answers.values()).values()) == {OK}


# --- The machine ---


@pytest.mark.parametrize("mode, condition", [(0o600, OK), (0o400, OK), (0o640, ERROR), (0o604, ERROR)])
def test_a_secret_is_for_its_owner_only(tmp_path: Path, mode: int, condition: Condition) -> None:
    path = tmp_path / "newsletter.env"
    path.touch()
    path.chmod(mode)
    (answer,) = examine_secrets([path])
    check(answer, condition, "newsletter.env")


def test_a_secret_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one, other = examine_secrets([tmp_path / "key.pem", tmp_path / "file" / "key.pem"])
    check(one, ERROR, "does not exist")
    check(other, ERROR, "cannot be read")


def vitals(**changes: Any) -> Vitals:
    return replace(Vitals("the list", None, 0, "0002", 10, 12, 0, NOW), **changes)


def test_a_list_is_counted_and_a_large_one_asks_for_the_dns() -> None:
    (answer,) = examine_list(vitals(), online=False)
    check(answer, OK, "the list, version 0002 of the tables: 10 confirmed of 12")
    (answer,) = examine_list(vitals(confirmed=0), online=False)
    check(answer, WARNING, "0 confirmed of 12")
    first, second = examine_list(vitals(confirmed=1001), online=False)
    check(first, OK, "1,001 confirmed")
    check(second, WARNING, "more than 1,000 readers")
    assert "newsletter doctor --online" in second.remedy
    assert len(list(examine_list(vitals(confirmed=1001), online=True))) == 1


def test_what_should_be_and_is_not_is_told_with_its_command() -> None:
    facts = know(sendings=(), held=2, free=900_000_000, backup=None)
    missed, flood, disk = examine_findings(judge(facts))
    check(missed, ERROR, "the letter of 2026-W48 was due")
    assert missed.remedy == "Run `newsletter send 2026-W48 --now`."
    check(flood, ERROR, "2 reports")
    check(disk, WARNING, "900 MB free")
    assert list(examine_findings(judge(know()))) == []


def test_there_is_room_for_a_letter(tmp_path: Path) -> None:
    check(examine_disk(tmp_path, 0, 0), OK, "MB free")
    check(examine_disk(tmp_path, 10**18, 10), ERROR, "MB free")
    check(examine_disk(tmp_path, 0, 10**15), ERROR, "MB free")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the only programs that are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o700)


@pytest.mark.parametrize(
    "script, condition, found",
    [
        ("echo yes", OK, "2026-11-27 06:00 UTC, synchronised with the network"),
        ("echo no", WARNING, "not synchronised with the network"),
        ("exit 1", OK, "cannot be determined"),
        ("printf '\\377'", OK, "cannot be determined"),
        ("", OK, "cannot be determined"),
    ],
)
def test_the_clock_is_set(programs: Path, script: str, condition: Condition, found: str) -> None:
    if script:
        write_program(programs, "timedatectl", script)
    check(examine_clock(NOW, NOW - timedelta(days=1)), condition, found)


@pytest.mark.usefixtures("programs")
def test_a_clock_before_the_newest_row_is_wrong() -> None:
    check(examine_clock(NOW, NOW + timedelta(minutes=4)), OK, "2026-11-27 06:00")
    check(
        examine_clock(NOW, NOW + timedelta(minutes=6)),
        ERROR,
        "but the newest subscriber is of 2026-11-27 06:06",
    )
    check(examine_clock(NOW, None), OK, "2026-11-27 06:00")


def test_something_sends_on_friday(programs: Path, tmp_path: Path) -> None:
    crontab, folder = tmp_path / "crontab", tmp_path / "cron.d"
    check(examine_timer([crontab, folder]), WARNING, "no timer sends the letter")
    folder.mkdir()
    (folder / "other").write_bytes(b"\xff newsletter send")
    (folder / "newsletter").write_text("# newsletter send\n")
    check(examine_timer([crontab, folder]), WARNING, "no timer sends the letter")
    (folder / "newsletter").write_text("*/10 7-9 * * 5 newsletter newsletter send\n")
    check(examine_timer([crontab, folder]), OK, "cron.d/newsletter starts `newsletter send`")
    write_program(programs, "systemctl", "echo enabled")
    check(examine_timer([crontab, folder]), OK, "newsletter-send.timer is enabled")


# --- The relay ---


def ask(relay: Relay, settings: Settings, now: datetime = NOW) -> dict[str, Answer]:
    answers, _ = examine_relay(relay, settings, now)
    return {answer.subject: answer for answer in answers}


def test_a_maildir_is_a_trial(ours: Settings, tmp_path: Path) -> None:
    (answer,), name = examine_relay(Maildir(tmp_path / "mail"), ours, NOW)
    check(answer, WARNING, "mail is written to")
    assert name == ""
    assert not (tmp_path / "mail").exists()


def test_a_relay_on_this_machine_is_asked_and_gets_no_mail(ours: Settings) -> None:
    with relaying() as there:
        answers = ask(Relay(HOST, there.port, local=True), ours)
    assert set(conditions(answers.values()).values()) == {OK}
    check(answers["tls"], OK, "not needed")
    check(answers["password"], OK, "not used")
    check(answers["limits"], OK, "no PIPELINING")
    check(answers["envelope"], OK, "mail from bounce@brief.nl is accepted")
    assert there.asked == ["MAIL"]
    assert there.arrived == []


def test_a_relay_with_a_certificate_is_trusted_until_it_ends(
    ours: Settings, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    said = subprocess.run(
        ["openssl", "x509", "-in", certificate, "-noout", "-startdate"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    begins = datetime.fromtimestamp(ssl.cert_time_to_seconds(said.strip().removeprefix("notBefore=")), UTC)
    with relaying(tls=tls, users={"user": PASSWORD}) as there:
        relay = Relay("localhost", there.port, user="user", password=PASSWORD, encrypted=True)
        answers = ask(relay, ours, begins)
        check(answers["tls"], OK, "TLSv1.3")
        check(answers["certificate"], WARNING, "valid until 20")
        check(answers["password"], OK, "accepted")
        answers = ask(relay, ours, begins - timedelta(days=90))
        check(answers["certificate"], OK, "valid until 20")
        wrong = Relay("localhost", there.port, user="user", password=PASSWORD[:-1], encrypted=True)
        check(ask(wrong, ours)["relay"], ERROR, "rejects the user name or the password")


def test_what_a_relay_cannot_do_is_told(ours: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with relaying() as there:
        monkeypatch.setitem(there.replies, "MAIL", "550 5.7.1 not\x1bfrom here")
        check(ask(Relay(HOST, there.port, local=True), ours)["envelope"], ERROR, "550 5.7.1 not from here")
    (answer,) = ask(Relay(HOST, there.port, local=True), ours).values()
    check(answer, ERROR, "cannot be reached")


@pytest.mark.parametrize(
    "utf8, readers, condition, found",
    [
        (True, 0, OK, "offered: addresses beyond ASCII, like josé@example.org, get mail; 0 readers need it"),
        (True, 1, OK, "1 reader needs it"),
        (False, 0, OK, "not offered: who signs up with josé@example.org is told so; 0 readers need it"),
        (False, 2, WARNING, "not offered, and 2 readers need it"),
    ],
)
def test_whether_a_relay_takes_addresses_beyond_ascii_is_told(
    ours: Settings, utf8: bool, readers: int, condition: Condition, found: str
) -> None:
    with relaying(utf8=utf8) as there:
        answers, _ = examine_relay(Relay(HOST, there.port, local=True), ours, NOW, readers)
    (answer,) = [one for one in answers if one.subject == "smtputf8"]
    check(answer, condition, found)


def test_a_relay_elsewhere_without_tls_and_with_a_low_limit_is_told(ours: Settings) -> None:
    with relaying(size=1000) as there:
        answers = ask(Relay(HOST, there.port, tls=Tls.OPPORTUNISTIC), ours)
        (refused,) = ask(Relay(HOST, there.port), ours).values()
    check(answers["limits"], WARNING, "the relay accepts mail of at most 1,000 bytes")
    check(answers["tls"], WARNING, "can be read on its way")
    check(refused, ERROR, "does not offer STARTTLS; nothing was sent")


# --- The DNS ---


def public_half(bits: int, short: bool = False) -> str:
    """A key that nobody has the other half of, as SubjectPublicKeyInfo or as RSAPublicKey."""

    def der(kind: int, content: bytes) -> bytes:
        length = len(content)
        size = bytes([length]) if length < 128 else bytes([0x82, *length.to_bytes(2, "big")])
        return bytes([kind]) + size + content

    modulus = ((1 << (bits - 1)) | 1).to_bytes(bits // 8 + 1, "big")
    inner = der(0x30, der(0x02, modulus) + der(0x02, b"\x01\x00\x01"))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    return b64encode(inner if short else der(0x30, algorithm + der(0x03, b"\x00" + inner))).decode()


@pytest.mark.parametrize("bits", [512, 1024, 2048, 4096])
def test_the_bits_of_a_key_are_counted(bits: int) -> None:
    assert count_bits(public_half(bits)) == count_bits(public_half(bits, short=True)) == bits


@pytest.mark.parametrize("key", ["", "x", "AAAA", "MAA=", "MIIB", "AgEB", "é", public_half(1024)[:40]])
def test_what_is_no_key_has_no_bits(key: str) -> None:
    assert count_bits(key) == 0


def text(*parts: str) -> list[str]:
    return [
        " ".join(f'"{part[start : start + 200]}"' for start in range(0, len(part), 200)) for part in parts
    ]


GOOD: Zone = {
    ("brief.nl", "TXT"): text("v=spf1 include:spf.relay.nl mx ~all", "other=1"),
    ("spf.relay.nl", "TXT"): text("v=spf1 ip4:192.0.2.0/24 -all"),
    ("s1._domainkey.brief.nl", "TXT"): text(f"v=DKIM1; k=rsa; p={public_half(2048)}"),
    ("_dmarc.brief.nl", "TXT"): text("v=DMARC1; p=reject; rua=mailto:post@brief.nl"),
    ("brief.nl", "MX"): ["10 mx.brief.nl."],
    ("mx.brief.nl", "A"): ["192.0.2.7"],
    **{(f"h{number}.brief.nl", "A"): ["192.0.2.8"] for number in range(9)},
    ("mx.brief.nl", "AAAA"): ["2001:db8::7"],
    ("brief.nl", "AD"): ["yes"],
    ("mx.brief.nl", "AD"): ["yes"],
    ("_25._tcp.mx.brief.nl", "TLSA"): [f"3 1 1 {'ab' * 32}"],
    ("_mta-sts.brief.nl", "TXT"): text("v=STSv1; id=20261127"),
    ("mta-sts.brief.nl", "A"): ["192.0.2.9"],
    ("_smtp._tls.brief.nl", "TXT"): text("v=TLSRPTv1; rua=mailto:tls@brief.nl"),
    ("default._bimi.brief.nl", "TXT"): text(
        "v=BIMI1; l=https://brief.nl/logo.svg; a=https://brief.nl/logo.pem"
    ),
    ("7.2.0.192.in-addr.arpa", "PTR"): ["mx.brief.nl."],
    (f"7.{'0.' * 23}8.b.d.0.1.0.0.2.ip6.arpa", "PTR"): ["mx.brief.nl."],
}


def look(settings: Settings, zone: Zone, selector: str = "s1", **more: Any) -> dict[str, Answer]:
    options = {"signer": None, "relay": "mx.brief.nl", "known": None, **more}
    with naming(zone, 0.5) as names:
        return {
            answer.subject: answer
            for answer in examine_domains(
                names, settings, selector, options["signer"], options["relay"], known=options["known"]
            )
        }


def test_a_domain_that_is_set_up_well_is_well(ours: Settings) -> None:
    answers = look(ours, GOOD)
    assert conditions(answers.values()) == dict.fromkeys(
        (*("spf", "dkim", "dmarc", "mx", "ptr"), *("dnssec", "dane", "mta-sts", "tls-rpt", "bimi", "apple")),
        OK,
    )
    check(answers["spf"], OK, "brief.nl: 2 of 10 lookups, policy for all others: ~all")
    check(answers["dkim"], OK, "s1._domainkey.brief.nl holds a key of 2048 bits")
    check(
        answers["dmarc"],
        OK,
        "p=reject at _dmarc.brief.nl; brief.nl is aligned with SPF and DKIM",
    )
    check(answers["mx"], OK, "mx.brief.nl")


MANY = " ".join(f"a:h{number}.brief.nl" for number in range(9))


@pytest.mark.parametrize(
    "changes, subject, condition, found",
    [
        ({("brief.nl", "TXT"): text("v=spf10 all")}, "spf", ERROR, "brief.nl has no SPF record"),
        ({("brief.nl", "TXT"): text("v=spf1 -all", "v=spf1 ~all")}, "spf", ERROR, "brief.nl has 2 SPF records"),
        ({("spf.relay.nl", "TXT"): []}, "spf", ERROR, "spf.relay.nl has 0 SPF records"),
        ({("brief.nl", "TXT"): text("v=spf1 include:brief.nl ~all")}, "spf", ERROR, "includes brief.nl, which"),
        ({("brief.nl", "TXT"): text(f"v=spf1 {MANY} -all")}, "spf", OK, "9 of 10 lookups, policy for all others: -all"),
        ({("brief.nl", "TXT"): text(f"v=spf1 mx {MANY} -all")}, "spf", OK, "10 of 10"),
        ({("brief.nl", "TXT"): text(f"v=spf1 mx/24 {MANY} ptr -all")}, "spf", ERROR, "more than 10 DNS lookups"),
        ({("spf.relay.nl", "TXT"): text(f"v=spf1 {MANY} a")}, "spf", ERROR, "more than 10 DNS lookups"),
        (
            {("brief.nl", "TXT"): text("v=spf1 redirect=spf.relay.nl")},
            "spf",
            OK,
            "1 of 10 lookups, policy for all others: -all",
        ),
        (
            {("brief.nl", "TXT"): text("v=spf1 redirect=nobody.nl ?all")},
            "spf",
            OK,
            "0 of 10 lookups, policy for all others: ?all",
        ),
        ({("brief.nl", "TXT"): text("v=spf1 exists:%{i}.x.nl include:%{d}.x.nl all")}, "spf", WARNING, "others: +all"),
        ({("brief.nl", "TXT"): text("v=spf1 mx")}, "spf", OK, "policy for all others: none"),
        ({("brief.nl", "TXT"): text("v=spf1 a mx:x.nl ~all")}, "spf", OK, "2 of 10 lookups"),
        ({("brief.nl", "TXT"): text("v=spf1 a mx:x.nl exists:y.nl ~all")}, "spf", ERROR, "3 lookups of the SPF record"),
        ({("brief.nl", "TXT"): text("v=spf1 a/24 a:x.nl//64 include:spf.relay.nl -all"),
          ("spf.relay.nl", "TXT"): text("v=spf1 a:z.nl -all")}, "spf", ERROR, "a/24 (brief.nl), a:x.nl//64"),
        ({("brief.nl", "TXT"): text("v=spf1 ptr -all")}, "spf", WARNING, "it uses ptr"),
        ({("brief.nl", "TXT"): text("v=spf1 mx:big.nl -all"), ("big.nl", "MX"): [f"1 m{n}.nl." for n in range(11)]},
         "spf", ERROR, "big.nl has 11 mail servers"),
        ({("brief.nl", "TXT"): ["servfail"]}, "spf", ERROR, "the name servers have no answer for brief.nl"),
        ({("brief.nl", "TXT"): ["silence"]}, "spf", ERROR, "no name server answered in time for brief.nl"),
        ({("s1._domainkey.brief.nl", "TXT"): []}, "dkim", ERROR, "has 0 DKIM records; expected one"),
        ({("s1._domainkey.brief.nl", "TXT"): text("p=a", "p=b")}, "dkim", ERROR, "has 2 DKIM records"),
        ({("s1._domainkey.brief.nl", "TXT"): text("v=DKIM1; p=")}, "dkim", ERROR, "is revoked"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"k=ed25519; p={'A' * 43}=")}, "dkim", WARNING, "type ed25519"),
        ({("s1._domainkey.brief.nl", "TXT"): text("v=DKIM1; k=ed25519; p=aa")}, "dkim", ERROR, "is no Ed25519 key"),
        ({("s1._domainkey.brief.nl", "TXT"): text("k=dsa; p=aa")}, "dkim", ERROR, "of an unknown type: dsa"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"h=sha1; p={public_half(2048)}")}, "dkim", ERROR, "has h=sha1"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"s=x; p={public_half(2048)}")}, "dkim", ERROR, "not for mail"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"t=s:y; p={public_half(2048)}")}, "dkim", WARNING, "as a test"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"p={public_half(5120)}")}, "dkim", WARNING, "has 5120 bits"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"p={public_half(1024)}")}, "dkim", WARNING, "has 1024 bits"),
        ({("s1._domainkey.brief.nl", "TXT"): text(f"p={public_half(512)}")}, "dkim", ERROR, "has 512 bits"),
        ({("s1._domainkey.brief.nl", "TXT"): text("p=rubbish")}, "dkim", ERROR, "has 0 bits"),
        ({("brief.nl", "MX"): ["0 ."]}, "mx", ERROR, "does not accept mail"),
        ({("brief.nl", "MX"): []}, "mx", ERROR, "cannot receive mail: it has no MX record and no address"),
        ({("brief.nl", "MX"): [], ("brief.nl", "A"): ["192.0.2.1"]}, "mx", WARNING, "has no MX record"),
        ({("mx.brief.nl", "A"): [], ("mx.brief.nl", "AAAA"): []}, "ptr", WARNING, "a name without an address"),
        ({("7.2.0.192.in-addr.arpa", "PTR"): []}, "ptr", WARNING, "of mx.brief.nl has no matching PTR record"),
        ({("7.2.0.192.in-addr.arpa", "PTR"): ["host.relay.nl."]}, "ptr", WARNING, "192.0.2.7 of mx.brief.nl has no"),
    ],
)  # fmt: skip
def test_what_is_missing_in_the_dns_is_told(
    ours: Settings, changes: Zone, subject: str, condition: Condition, found: str
) -> None:
    answers = look(ours, {**GOOD, **changes})
    check(answers.pop(subject), condition, found)
    for depending in ("dane", "bimi", "apple") if subject in {"dmarc", "mx"} else ():
        del answers[depending]
    if ["servfail"] not in changes.values() and ["silence"] not in changes.values():
        assert set(conditions(answers.values()).values()) == {OK}


def test_a_name_that_the_dns_cannot_hold_is_told() -> None:
    with naming({}) as names, pytest.raises(NameServerError, match="cannot be looked up"):
        names.texts(f"{'a' * 64}.nl")


def test_the_name_servers_of_the_system_are_asked_when_nobody_names_one() -> None:
    if not Path("/etc/resolv.conf").exists():
        pytest.skip("this machine names none")
    Names()  # asks nothing yet, so nothing leaves this machine


def test_the_record_includes_a_relay_that_is_known(ours: Settings) -> None:
    known = find_relay("smtp://user:password@smtp.mailgun.org")
    check(
        look(ours, GOOD, known=known)["spf"],
        WARNING,
        "does not include mailgun.org, from which Mailgun sends",
    )
    zone = {
        **GOOD,
        ("brief.nl", "TXT"): text("v=spf1 include:mailgun.org -all"),
        ("mailgun.org", "TXT"): text("v=spf1 -all"),
    }
    check(look(ours, zone, known=known)["spf"], OK, "mailgun.org is included")
    answer = look(ours, {**GOOD, ("brief.nl", "TXT"): []}, known=known)["spf"]
    assert 'brief.nl TXT "v=spf1 include:mailgun.org ~all"' in answer.remedy


def test_what_a_known_relay_replaces_is_told() -> None:
    ses = find_relay("smtps://user:password@email-smtp.eu-west-1.amazonaws.com")
    assert ses
    check(describe_known(ses, signed=True), OK, "Our signature leaves out what it replaces: date, message-id")
    assert "mailboxes show both copies" in describe_known(ses, signed=False).found


def test_without_a_selector_nobody_knows_which_key_signs(ours: Settings) -> None:
    answers = look(ours, GOOD, selector="")
    check(answers["dkim"], WARNING, "the DKIM selector is not known")
    assert "ptr" not in look(ours, GOOD, relay="")


def test_the_key_in_the_dns_is_the_other_half_of_ours(ours: Settings, tmp_path: Path) -> None:
    pem = tmp_path / "key.pem"
    subprocess.run(["openssl", "genrsa", "-out", pem, "1024"], capture_output=True, check=True)
    command = ["openssl", "pkey", "-in", pem, "-pubout", "-outform", "DER"]
    public = b64encode(subprocess.run(command, capture_output=True, check=True).stdout).decode()
    settings = replace(ours, dkim=("s1", "brief.nl"))
    signer = Signer(settings, pem)
    zone = {**GOOD, ("s1._domainkey.brief.nl", "TXT"): text(f"v=DKIM1; p={public}")}
    check(look(settings, zone, signer=signer)["dkim"], WARNING, "has 1024 bits")
    check(look(settings, GOOD, signer=signer)["dkim"], ERROR, "does not match the private key")


def test_a_second_key_has_a_record_of_its_own(ours: Settings, tmp_path: Path) -> None:
    first, second = tmp_path / "rsa.pem", tmp_path / "ed25519.pem"
    for path, kind in ((first, "rsa"), (second, "ed25519")):
        command = ["openssl", "genpkey", "-algorithm", kind, "-out", path]
        subprocess.run(command, capture_output=True, check=True)
    settings = replace(ours, dkim=("s1", "brief.nl"), dkim_ed25519="s2")
    signer = Signer(settings, first, second=second)

    def look_at(record: str | None) -> Answer:
        records = {"s1": signer.write_record("s1"), "s2": record}
        zone = {
            (f"{name}._domainkey.brief.nl", "TXT"): text(found) for name, found in records.items() if found
        }
        return look(settings, {**GOOD, **zone}, signer=signer)["dkim"]  # the last one

    record = signer.write_record("s2")
    check(look_at(record), OK, "s2._domainkey.brief.nl holds an Ed25519 key, beside the RSA key")
    for other, found in (
        (None, "has 0 DKIM records"),
        (signer.write_record("s1"), "does not match the private key"),
    ):
        answer = look_at(other)
        check(answer, ERROR, found)
        assert f"“{record}”" in answer.remedy


# --- The letter ---


def test_the_coming_letter_is_looked_at(newsletter: Newsletter, ours: Settings) -> None:
    served = replace(newsletter, settings=ours)
    (answer,) = examine_letter(served, Week.parse("2026-W47"))
    check(answer, OK, "the headers of the letter of 2026-W47 are correct; at most")
    (answer,) = examine_letter(served, Week.parse("2026-W52"))
    check(answer, WARNING, "there is no letter of 2026-W52 yet")
    draft, answer = examine_letter(change_issue(served, "2026-W47", draft=True), Week.parse("2026-W47"))
    check(draft, WARNING, "is a draft")
    check(answer, OK, "are correct")
    broken = change_issue(served, "2026-W47", subject="two  spaces that nobody reads back  ")
    answers = list(examine_letter(broken, Week.parse("2026-W47")))
    assert {answer.condition for answer in answers} == {ERROR}
    check(answers[0], ERROR, "2026-W47/nl: the header Subject is read as")
