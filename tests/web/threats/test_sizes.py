"""Bodies that are too large, too slow, or of another kind."""

import pytest

from tests.web.reading import SITE, URL

VICTIM = "victim@example.com"


def test_oversized_bodies(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    kind = ("content-type", "application/x-www-form-urlencoded")
    big = reader.ask.post("/subscribe", {**form, "email": VICTIM, "padding": "x" * 4096})
    chunked = reader.ask.ask("POST", "/subscribe", body=[b"x" * 1000] * 9, headers=[kind, ("origin", SITE)])
    lying = reader.ask.ask(
        "POST",
        "/subscribe",
        body=[b"x" * 1000] * 9,
        headers=[kind, ("origin", SITE), ("content-length", "10")],
    )
    declared = reader.ask.ask(
        "POST", "/subscribe", body=b"x", headers=[kind, ("origin", SITE), ("content-length", "99999999999")]
    )
    assert [big.status, chunked.status, lying.status, declared.status] == [413] * 4
    assert reader.rows()["wish"] == []


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "", "1,1", "٣"])
def test_oversized_bodies_with_an_odd_length(reader, length):
    if not length.isascii():
        length = length.encode().decode("latin-1")
    answer = reader.ask.ask(
        "POST",
        "/subscribe",
        body=b"email=a%40example.com",
        headers=[
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", SITE),
            ("content-length", length),
        ],
    )
    assert answer.status < 500


def test_oversized_numbers_of_fields(reader):
    form = reader.ask.get("/subscribe").form("subscribe")
    body = b"&".join([b"a=b"] * 1000)
    assert reader.ask.post("/subscribe", body).status == 400
    many = [("certainty", "referral")] * 200
    answer = reader.ask.post("/subscribe", [*form.items(), ("email", VICTIM), *many])
    assert answer.status in {202, 400, 422}
    assert len(repr(reader.rows()["wish"])) < 1000


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_other_kinds_of_bodies(reader, kind):
    answer = reader.ask.ask(
        "POST",
        "/subscribe",
        body=b"email=victim%40example.com",
        headers=[("content-type", kind), ("origin", URL.rstrip("/"))],
    )
    assert answer.status == 415
    assert reader.rows()["wish"] == []
