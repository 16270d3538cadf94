"""What is typed is not an address, is several, only looks like another one, or is meant for a header or a page."""

import pytest

from tests.web.journeys import EN, NL

VICTIM = "victim@example.com"


INJECTED = [
    "a@example.com\r\nBcc: b@example.net",
    "a@example.com\nBcc: b@example.net",
    "a\r\nBcc: b@example.net\r\n@example.com",
    "a@example.com%0d%0aBcc:b@example.net",
    "a@example.com\x00b@example.net",
    "a@example.com\u2028Bcc: b@example.net",
    "a@example.com\x85Bcc: b@example.net",
    "a@example.com>\r\nRCPT TO:<b@example.net",
    "<a@example.com> SIZE=0",
    '"a\r\nBcc: b@example.net"@example.com',
    "=?utf-8?q?a=0d=0aBcc:b=40example.net?=@example.com",
    "=?utf-8?q?a=0d=0aBcc=3Ab=40example.net?=@example.com",  # valid to RFC 5321
]


@pytest.mark.parametrize("text", INJECTED)
def test_header_injection(reader, text):
    for page in ("subscribe", "manage"):
        answer = reader.ask.post(f"/{page}", {**reader.ask.get(f"/{page}").form(page), "email": text})
        assert answer.status == 422
    assert reader.rows()["wish"] == []


@pytest.mark.parametrize("name", ["language", "certainty", "wording", "website", "unknown"])
def test_header_injection_by_other_fields(reader, name):
    form = reader.ask.get("/subscribe").form("subscribe")
    reader.ask.post(
        "/subscribe", {**form, "email": VICTIM, name: "nl\r\nBcc: b@example.net\r\nX-Injected: yes"}
    )
    for path in ("/subscribe%0d%0aX-Injected:yes", "/?x=%0d%0aX-Injected:yes", "/en%0d%0aX-Injected:yes/"):
        assert "x-injected" not in repr(reader.ask.get(path).headers).lower().replace("%0d%0ax-injected", "")
    reader.work()
    assert all("X-Injected" not in message.as_string() for _, message in reader.box.mails)
    assert reader.box.recipients() in ([], [VICTIM])


@pytest.mark.parametrize(
    "text",
    [
        "a@example.com,b@example.net",
        "a@example.com;b@example.net",
        "a@example.com b@example.net",
        "a@example.com, b@example.net",
        "a@b@example.net",
        "undisclosed:a@example.com,b@example.net;",
        "A <a@example.com>",
        '"a b"@example.com',
        "a@[127.0.0.1]",
        "a@localhost",
        "a@example",
        "a@example.com.",
        "a.@example.com",
        "a\u200b@example.com",
        "a@exam\u200bple.com",
        "",
        "@",
        "x" * 300 + "@example.com",
    ],
)
def test_several_addresses_and_quoting(reader, text):
    for page in ("subscribe", "manage"):
        form = reader.ask.get(f"/{page}").form(page)
        answer = reader.ask.post(f"/{page}", {**form, "email": text})
        assert answer.status == 422
    assert reader.rows()["wish"] == []


def test_several_addresses_in_several_fields(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    form.pop("email", None)
    fields = [*form.items(), ("email", "a@example.com"), ("email", "b@example.net")]
    assert reader.ask.post("/subscribe", fields).status in {400, 422}
    assert reader.rows()["wish"] == []


def test_homographs_show_what_they_are(reader):
    """p, а (Cyrillic), y…: kept, shown and written to as DNS knows the name, so never taken for the other."""
    fake, real = "reader@раypal.example.com", "reader@paypal.example.com"
    reader.confirm(real)
    reader.subscribe(fake)
    reader.work()
    assert reader.box.recipients()[-1] == "reader@xn--ypal-43d9g.example.com"
    assert str(reader.box.mails[-1][1]["To"]) == "reader@xn--ypal-43d9g.example.com"
    assert [row[2] for row in reader.rows()["subscriber"]] == [real, "reader@xn--ypal-43d9g.example.com"]
    assert reader.status(real) == "confirmed"


@pytest.mark.parametrize("text", ["rеader@example.com", "reader@example.com", "ｒeader@example.com"])
def test_homographs_before_the_at_sign(reader, text):
    """Letters of two alphabets in one word, or a form of a plain letter, are refused there: nobody could tell."""
    assert reader.subscribe(text).status == (202 if text.isascii() else 422)


@pytest.mark.parametrize(
    "text, mistake",
    [
        ("😀@example.org", "odd_signs"),
        ("j\u0430n@example.org", "odd_signs"),
        ('"a b"@example.com', "odd_signs"),
        ("josé@example", "bad"),
        ("jos..e@example.org", "bad"),
        ("a\u200b@example.com", "bad"),
        ("jose@example.org@example.org", "several"),
    ],
)
@pytest.mark.parametrize(
    "path, words", [("subscribe", NL), ("en/subscribe", EN), ("manage", NL), ("en/manage", EN)]
)
def test_an_address_that_exists_elsewhere_is_not_called_wrong(reader, text, mistake, path, words):
    """Mail can arrive there; it is we who cannot write to it."""
    form = {**reader.ask.get(f"/{path}").form(path.rpartition("/")[2]), "email": text}
    answer = reader.ask.post(f"/{path}", form)
    assert answer.status == 422
    assert words[mistake] in answer.words()
    assert answer.form(path.rpartition("/")[2])["email"] == text
    assert reader.rows()["wish"] == []


def test_homographs_do_not_merge_people(reader):
    for address in (
        "reader@example.com",
        "Reader@Example.COM",
        "reader+news@example.com",
        "re.ader@example.com",
    ):
        assert reader.subscribe(address).status == 202
    reader.work()
    assert len(reader.rows()["subscriber"]) == 3


MARKUP = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_content_injection(reader):
    """What was typed is shown again as text."""
    form = reader.ask.get("/subscribe").form("subscribe")
    for page in ("subscribe", "manage"):
        for name in ("email", "certainty", "language", "wording"):
            answer = reader.ask.post(f"/{page}", {**form, "email": f"{MARKUP}@example.com", name: MARKUP})
            assert not answer.page.xpath("//script | //img[@onerror]"), (page, name)
    answer = reader.ask.post("/subscribe", {**form, "email": f"{MARKUP}@example.com"})
    assert answer.page.xpath("//input[@name='email']/@value") == [f"{MARKUP}@example.com"]
    for path in (
        f"/{MARKUP}",
        f"/confirm/{MARKUP}",
        f"/manage/{MARKUP}?done={MARKUP}",
        f"/subscribe?email={MARKUP}",
    ):
        answer = reader.ask.get(path.replace(" ", "%20"))
        assert not answer.page.xpath("//script | //img[@onerror]"), path


def test_content_injection_by_an_address_that_is_one(reader):
    """RFC 5321 lets & and ' be part of an address."""
    address = "o'neil&co`{{7*7777}}`@example.com"
    reader.confirm(address)
    page = reader.ask.get(reader.ask_for_link(address))
    assert address in page.words()
    assert "54439" not in [word for word in page.words().split() if "example.com" in word]
    part = reader.mails(address)[0].get_body(("plain",))
    assert "54439" not in (part.get_content() if part else "")


ACCENTS = ["josé@example.org", "用户@example.org", "почта@почта.example", "jose\u0301@example.org"]


@pytest.mark.parametrize("text", ACCENTS)
@pytest.mark.parametrize(
    "path, words", [("subscribe", NL), ("en/subscribe", EN), ("manage", NL), ("en/manage", EN)]
)
def test_where_the_relay_has_no_smtputf8_the_page_says_so_at_once(reader, text, path, words):
    reader.box.utf8 = False
    form = {**reader.ask.get(f"/{path}").form(path.rpartition("/")[2]), "email": text}
    answer = reader.ask.post(f"/{path}", form)
    assert answer.status == 422
    assert words["out_of_reach"] in answer.words()
    assert reader.rows()["wish"] == []


def test_where_it_has_readers_of_any_script_come_change_and_go(reader):
    """One subscriber for each address, however it is typed; the mail names it, and the links work."""
    for number, text in enumerate((*ACCENTS[:2], "почта@xn--80a1acny.example"), 1):
        assert reader.confirm(text).status == 200
        assert len(reader.rows()["subscriber"]) == number
    assert reader.box.recipients()[-1] == "почта@xn--80a1acny.example"
    assert b"jos\xc3\xa9@example.org" in reader.mails("josé@example.org")[0].as_bytes()
    for again in ACCENTS[2:]:
        assert reader.subscribe(again).status == 202
        reader.work()
    assert len(reader.rows()["subscriber"]) == 3
    assert reader.box.recipients()[-2:] == ["почта@xn--80a1acny.example", "josé@example.org"]
    assert "josé@example.org" in reader.ask.get(reader.ask_for_link("JOSÉ@EXAMPLE.ORG")).words()
    assert reader.press(reader.ask_for_link("josé@example.org"), "erase", sure="yes").status == 200
    assert reader.status("josé@example.org") is None
    assert reader.rows()["wish"] == []
    assert len(reader.rows()["suppression"]) == 1
