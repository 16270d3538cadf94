"""A slip in the domain of a mail provider is asked about, and never refused."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.subscribers.list.addresses import parse_address
from generator.web.providers import _load_providers, suggest_address
from tests.web.journeys import EN, NL

SLIPS = [
    ("gmail.ocm", "gmail.com"),
    ("gmail.con", "gmail.com"),
    ("gmail.co", "gmail.com"),
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gmaill.com", "gmail.com"),
    ("gnail.com", "gmail.com"),
    ("gmailcom", ""),  # no domain at all: the form says what is wrong
    ("gmial.con", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmai.com", "hotmail.com"),
    ("hotmal.nl", "hotmail.nl"),
    ("outlok.com", "outlook.com"),
    ("outloook.com", "outlook.com"),
    ("yaho.com", "yahoo.com"),
    ("iclould.com", "icloud.com"),
    ("ziggo.nk", "ziggo.nl"),
    ("zigo.nl", "ziggo.nl"),
    ("kpnmial.nl", "kpnmail.nl"),
    ("kpn.nk", "kpn.nl"),
    ("xs4al.nl", "xs4all.nl"),
    ("telent.be", "telenet.be"),
]


@pytest.mark.parametrize("typed, meant", [slip for slip in SLIPS if slip[1]])
def test_a_slip_has_a_suggestion(typed, meant):
    assert suggest_address(f"Jan+news@{typed}") == f"Jan+news@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        "example.org", "mail.com", "ymail.com", "email.com", "live.no", "hotmail.co.uk", "orange.be", "hive.nl",
        "kpm.nl", "gm.net", "gmail.example.org", "mailbox.org", "icloud.nl", "outlook.de", "xn--gmal-tpa.com",
    ],
)  # fmt: skip
def test_other_domains_are_left_alone(domain):
    assert suggest_address(f"reader@{domain}") == ""


def test_no_provider_is_a_slip_of_another():
    providers = _load_providers()
    assert not any(suggest_address(f"a@{one}") for one in providers.known)
    assert len(set(providers.names)) == len(providers.names)
    for one in providers.known:
        assert parse_address(f"a@{one}") == f"a@{one}"


@given(st.data())
def test_any_single_slip_in_a_long_name_is_found(data):
    names = [one for one in _load_providers().names if len(one.partition(".")[0]) >= 6]
    name = data.draw(st.sampled_from(names))
    place = data.draw(st.integers(0, len(name.partition(".")[0]) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    slip = data.draw(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place:],
                name[:place] + letter + name[place + 1 :],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
            ]
        )
    )
    if slip not in _load_providers().known:
        assert suggest_address(f"a@{slip}") != ""


@pytest.mark.parametrize(
    "path, words", [("subscribe", NL), ("en/subscribe", EN), ("manage", NL), ("en/manage", EN)]
)
def test_a_slip_is_asked_about_with_everything_still_filled_in(reader, path, words):
    action = path.rpartition("/")[2]
    form = {**reader.ask.get(f"/{path}").form(action), "email": " Jan@Gmail.OCM "}
    if action == "subscribe":
        form |= {"language": "en"}
        form["certainty"] = reader.ask.get("/subscribe").page.xpath("//input[@name='certainty']/@value")[1]
    answer = reader.ask.post(f"/{path}", form)
    assert answer.status == 200
    assert words["did_you_mean"].replace("{address}", "Jan@gmail.com") in answer.words()
    assert reader.rows()["wish"] == []
    again = answer.form(action)
    assert {**again, "email": ""} == {**form, "email": ""}
    answers = answer.page.xpath("//button[@name='meant']/@value")
    assert answers == ["Jan@gmail.com", "Jan@gmail.ocm"]
    assert answer.page.xpath("//script") == []
    for number, address in enumerate(answers, start=1):
        done = reader.ask.post(f"/{path}", {**again, "meant": address})
        assert done.status == 202
        assert address in done.words()
        assert len(reader.rows()["wish"]) == number
    assert {row[2] for row in reader.rows()["wish"]} == set(answers)


def test_an_address_that_was_written_anew_goes_before_the_answer(reader):
    """Enter presses the first button of a form, also after somebody changed the address."""
    form = reader.ask.get("/subscribe").form("subscribe")
    done = reader.ask.post("/subscribe", {**form, "email": "other@example.com", "meant": "jan@gmail.com"})
    assert done.status == 202
    assert "other@example.com" in done.words()
    again = reader.ask.post("/subscribe", {**form, "email": "jan@hotmial.com", "meant": "jan@gmail.com"})
    assert again.page.xpath("//button[@name='meant']/@value") == ["jan@hotmail.com", "jan@hotmial.com"]


def test_the_question_says_nothing_about_who_is_on_the_list(reader):
    reader.confirm("jan@gmail.com")
    form = reader.ask.get("/subscribe").form("subscribe")
    with reader.statements() as heard:
        known, unknown = (
            reader.ask.post("/subscribe", {**form, "email": f"{name}@gmial.com"}) for name in ("jan", "tom")
        )
    assert heard == []
    assert known.text.replace("jan", "tom") == unknown.text
