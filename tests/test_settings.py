"""newsletter/settings.toml → Settings."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from generator.model import Problem, Week
from generator.settings import (
    PATH,
    Article,
    BookEdition,
    Publisher,
    Settings,
    find_placeholders,
    load_settings,
)
from tests.languages import EN, NL

DKIM = '[dkim]\nselector = "s1"\ndomain = "example.org"\n'


def load(root: Path) -> tuple[Settings | None, list[str]]:
    problems: list[Problem] = []
    settings = load_settings(root, problems)
    return settings, [str(replace(problem, path=problem.path.relative_to(root))) for problem in problems]


def change(root: Path, old: str, new: str) -> list[str]:
    """What is wrong with the settings after a change."""
    path = root / PATH
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    settings, problems = load(root)
    assert (settings is None) == bool(problems)
    return problems


@pytest.fixture
def settings(sample: Path) -> Settings:
    settings, problems = load(sample)
    assert problems == []
    assert settings is not None
    return settings


def test_all_that_is_written_is_read(settings: Settings) -> None:
    assert settings.letter == "Royal Dutch Updates"
    assert settings.channels[EN].site_name == "The 7 certainties"
    assert settings.postal.endswith("1000 AA Amsterdam")


def test_the_english_site_stands_below_the_dutch_one(settings: Settings) -> None:
    assert settings.url(NL) == "https://example.org/"
    assert settings.url(EN, "feed.xml") == "https://example.org/en/feed.xml"


@pytest.mark.parametrize(
    "page, address",
    [
        ("index.md", ""),
        ("archive/index.md", "archive/"),
        ("archive/2026-W48.md", "archive/2026-W48/"),
        ("my-index.md", "my-index/"),
        ("archive/2026-W48/map.png", "archive/2026-W48/map.png"),
    ],
)
def test_a_page_is_served_as_a_folder(settings: Settings, page: str, address: str) -> None:
    assert settings.page_url(NL, page) == f"https://example.org/{address}"


def test_a_project_has_a_book_when_the_settings_name_its_edition(sample: Path, settings: Settings) -> None:
    assert settings.book is None
    assert change(sample, "[en]", "[book]\nedition = 2\ndate = 2026-12-01\n\n[en]") == []
    changed, _ = load(sample)
    assert changed
    assert changed.book == BookEdition(2, date(2026, 12, 1))


def test_a_site_may_be_read_offline_unless_the_settings_say_otherwise(
    sample: Path, settings: Settings
) -> None:
    assert settings.offline
    assert change(sample, '"example.org,2026"', '"example.org,2026"\noffline = false') == []
    changed, _ = load(sample)
    assert changed is not None
    assert not changed.offline


def test_letters_go_out_at_six_in_winter_and_in_summer(settings: Settings) -> None:
    assert settings.send_time(Week(2026, 48)).isoformat() == "2026-11-27T06:00:00+01:00"
    assert settings.send_time(Week(2026, 30)).isoformat() == "2026-07-24T06:00:00+02:00"


@pytest.mark.parametrize(
    "now, week",
    [
        (datetime(2026, 11, 27, 4, 59, tzinfo=UTC), 48),  # Friday 05:59 in Amsterdam
        (datetime(2026, 11, 27, 5, 0, tzinfo=UTC), 49),  # 06:00: it has gone out
        (datetime(2026, 11, 29, 23, 30, tzinfo=UTC), 49),  # Monday already in Amsterdam
    ],
)
def test_the_coming_week_is_that_of_the_next_letter(settings: Settings, now: datetime, week: int) -> None:
    assert settings.coming_week(now) == Week(2026, week)


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ('"https://example.org/"', '"https://example.org"', "4: “site.url” is “https://example.org”"),
        ('"https://example.org/"', '"https://example.org/?a=b/"', "4: “site.url” is “https://example.org/?a=b/”"),
        ('"example.org,2026"', '"example.org"', "5: “site.id_authority” is “example.org”"),
        ('"example.org,2026"', '"..,2026"', "5: “site.id_authority” is “..,2026”"),
        ('"example.org,2026"', '"example.org,0000"', "5: “site.id_authority” is “example.org,0000”"),
        ('"example.org,2026"', '"Example.org,2026"', "5: “site.id_authority” is “Example.org,2026”"),
        ('2026"', '2026"\noffline = "no"', "6: “site.offline” has the wrong type: found “no”"),
        ("[en]", "[book]\nedition = 0\ndate = 2026-12-01\n[en]", "27: “book.edition” is 0"),
        ("[en]", '[book]\nedition = 1\ndate = "1 dec"\n[en]', "28: “book.date” has the wrong type: found “1 dec”"),
        ('2026"', '2026"\nofline = true', "6: unknown key “ofline”; did you mean “offline”?"),
        ('"06:00"', '"6:00"', "9: “letter.time” is “6:00”"),
        ('"06:00"', '"25:00"', "9: “letter.time” is “25:00”"),
        ('"06:00"', "06:00:00", "9: “letter.time” has the wrong type: found 06:00:00"),
        ("Europe/Amsterdam", "Europe/Amstelveen", "10: “letter.timezone” is “Europe/Amstelveen”"),
        ("Europe/Amsterdam", "Europe", "10: “letter.timezone” is “Europe”"),
        ("Europe/Amsterdam", "../../etc/passwd", "10: “letter.timezone” is “../../etc/passwd”"),
        ("= 20", "= 101", "11: “letter.feed_issues” is 101"),
        ("= 20", "= true", "11: “letter.feed_issues” has the wrong type: found true"),
        ("letter@example.org", "letter at example.org", "15: “sender.address” is “letter at example.org”"),
        ("letter@example.org", "..letter..@example.org", "15: “sender.address” is “..letter..@example.org”"),
        ("letter@example.org", "a.@example.org", "15: “sender.address” is “a.@example.org”"),
        ("letter@example.org", "a@-example.org", "15: “sender.address” is “a@-example.org”"),
        ("letter@example.org", f"{'a' * 65}@example.org", "15: “sender.address” is “aaa"),
        ("letter@example.org", "a@b", "15: “sender.address” is “a@b”"),
        ("royal-dutch-updates.example.org", "Royal Dutch", "18: “sender.list_id” is “Royal Dutch”"),
        ("Royal Dutch Updates, Example", "Royal\\nDutch Updates, Example", "19: “sender.postal” is more than one line"),
        ('name = "Royal Dutch Updates"', 'name = "=?utf-8?q?x?="', "8: “letter.name” contains “=?”, which mail"),
        ('name = "Royal Dutch Updates"', 'name = " "', "8: “letter.name” is empty"),
        ('name = "Royal Dutch Updates"', 'name = "a\\u0007"', "8: “letter.name” contains the control character U+0007"),
        ("reply_to", "replyto", "16: unknown key “replyto”; did you mean “reply_to”?"),
        ("[en]", "[eng]", "26: unknown key “eng”; did you mean “en”?"),
        ('name = "Royal', "name = Royal", '8: is not TOML: write text in quotes, like name = "…"'),
        ('name = "Royal Dutch Updates"', 'name = "Royal', '8: is not TOML: the quotes " do not match'),
        ("[sender]", "[letter]", "13: is not TOML: duplicate table; delete one of the two"),
        ("feed_issues", 'time = "07:00"\nfeed_issues', "11: is not TOML: duplicate key; delete one of the two"),
        ("feed_issues = 20", "feed_issues", '11: is not TOML: write a key, = and a value, like name = "…"'),
        ('one action."', 'one action."""', '29: is not TOML: the quotes " do not match'),
        ('tagline = "Every', 'tagline = """Every', '29: is not TOML: the quotes """ do not match'),
        ("= 20", f"= {'9' * 5000}", "11: is not TOML: “999999999999999999999999999999999999999…” is not a number"),
        ("= 20", f"= {'[' * 5000}", "11: is not TOML: the brackets do not match"),
    ],
    ids=str,
)  # fmt: skip
def test_a_slip_is_told_with_its_line(sample: Path, old: str, new: str, problem: str) -> None:
    (found, *others) = change(sample, old, new)
    assert found.startswith(f"{PATH}:{problem}")
    assert [other for other in others if "is missing" not in other] == []


@pytest.mark.parametrize(
    "lines, problem",
    [
        ('from = "7:00"', "22: “send.from” is “7:00”; expected a time of day, like 07:00"),
        ('from = "10:00"', "21: “send.until” is “10:00”, which is not after “from”; expected a time of day on"),
        ('from = "12:00"\nuntil = "11:59"', "23: “send.until” is “11:59”, which is not after “from”; expected"),
        ('from = "noon"\nuntil = "01:00"', "22: “send.from” is “noon”"),
        ("rate = -1", "22: “send.rate” is -1; expected letters a second, or 0 for no limit"),
        ("rate = nan", "22: “send.rate” is nan; expected letters a second"),
        ("rate = inf", "22: “send.rate” is inf; expected letters a second"),
        ('untill = "10:00"', "22: unknown key “untill”; did you mean “until”?"),
        ('opens = "07:00"', "22: unknown key “opens”; known are: domains, from, rate, until, warm_up"),
        ('warm_up = "soon"', "22: “send.warm_up” has the wrong type: found “soon”; expected the first day"),
        ('[send.domains]\n"x.nl" = "3 a second"', "22: “send.domains” has “3 a second” for x.nl; expected a domain in"),
        ('[send.domains]\n"x.nl" = "0 a day"', "22: “send.domains” has “0 a day” for x.nl; expected"),
        ('[send.domains]\n"x.nl" = "3 a day, 4 a day"', "22: “send.domains” has “3 a day, 4 a day” for x.nl"),
        ('[send.domains]\n"x.nl" = ""', "22: “send.domains.x.nl” is empty"),
        ('[send.domains]\n"X.nl" = "3 a day"', "22: “send.domains” has the key “X.nl”, which is neither a domain nor"),
        ('[send.domains]\n"x" = "3 a day"', "22: “send.domains” has the key “x”, which is neither a domain nor “*”"),
        ('[send.domains]\n"x.nl" = 3', "22: “send.domains.x.nl” has the wrong type: found 3"),
        ('[send.domains]\nx.nl = "3 a day"', "22: “send.domains.x” has the wrong type"),
        ('domains = "3 a day"', "22: “send.domains” has the wrong type"),
        ('[dkim]\nselector = "s 1"\ndomain = "example.org"', "23: “dkim.selector” is “s 1”; expected the name of a"),
        (f'{DKIM}ed25519 = "s 2"', "25: “dkim.ed25519” is “s 2”; expected the name of a second key, like s2"),
        (f'{DKIM}ed25519 = "S1"', "25: “dkim.ed25519” is “S1”, which is “selector” too; expected the name of a second"),
        ('[dkim]\nselector = "s1"', "22: the key “dkim.domain” is missing; expected a domain, like example.org"),
        ('[service]\nurl = "https://example.org:99999/"', "23: “service.url” is “https://example.org:99999/”, which"),
        ('[service]\nurl = "letter.example.org"', "23: “service.url” is “letter.example.org”; expected an address"),
    ],
    ids=str,
)  # fmt: skip
def test_a_slip_about_sending_is_told_with_its_line(sample: Path, lines: str, problem: str) -> None:
    (found,) = change(sample, "\n[nl]", f"\n[send]\n{lines}\n\n[nl]")
    assert found.startswith(f"{PATH}:{problem}")


@pytest.mark.parametrize("address", ["bounce+us@example.org", "elevencharsX@example.org", "bounce"])
def test_mail_comes_back_to_an_address_with_room_for_a_tag(sample: Path, address: str) -> None:
    (found,) = change(sample, 'unsubscribe = "', f'bounces = "{address}"\nunsubscribe = "')
    assert found.startswith(
        f"{PATH}:17: “sender.bounces” is “{address}”; expected an email address like bounce@"
    )


def test_letters_leave_on_friday_morning_unless_the_settings_say_otherwise(
    sample: Path, settings: Settings
) -> None:
    assert (settings.bounces, settings.rate, settings.dkim) == ("", 0.0, ("", ""))
    assert settings.dkim_ed25519 == ""
    window = settings.send_window(Week(2026, 48))
    assert window.opens.isoformat() == "2026-11-27T06:00:00+00:00"
    assert window.closes.isoformat() == "2026-11-27T09:00:00+00:00"
    assert change(sample, 'unsubscribe = "', 'bounces = "bounce@example.org"\nunsubscribe = "') == []
    more = '[send]\nfrom = "11:00"\nuntil = "11:30"\nrate = 14\n' + DKIM + 'ed25519 = "s2"\n'
    assert change(sample, "[nl]", f"{more}[nl]") == []
    changed, _ = load(sample)
    assert changed is not None
    assert changed.send_window(Week(2026, 30)).opens.isoformat() == "2026-07-24T09:00:00+00:00"
    assert (changed.bounces, changed.rate) == ("bounce@example.org", 14.0)
    assert (changed.dkim, changed.dkim_ed25519) == (("s1", "example.org"), "s2")


def test_lessons_are_mailed_when_the_settings_have_their_hours(sample: Path, settings: Settings) -> None:
    assert settings.course is None
    assert change(sample, "[nl]", "[course]\n[nl]") == []
    changed, _ = load(sample)
    assert changed is not None
    assert changed.course == (time(7), time(10))
    (found,) = change(sample, "[course]\n", '[course]\nfrom = "11:00"\n')
    assert "“course.until” is “10:00”, which is not after “from”" in found


def test_a_receiving_domain_may_have_limits(sample: Path, settings: Settings) -> None:
    assert (settings.domains, settings.warm_up) == ({}, None)
    more = (
        '[send]\nwarm_up = 2026-11-27\n[send.domains]\n"*" = "600 a minute"\n"x.nl" = "5 a day, 2 an hour"\n'
    )
    assert change(sample, "[nl]", f"{more}[nl]") == []
    changed, _ = load(sample)
    assert changed is not None
    assert changed.warm_up == date(2026, 11, 27)
    assert changed.domains == {
        "*": {timedelta(minutes=1): 600},
        "x.nl": {timedelta(days=1): 5, timedelta(hours=1): 2},
    }


def test_a_wrong_value_is_told_with_what_is_expected(sample: Path) -> None:
    assert change(sample, "= 20", "= 0") == [
        f"{PATH}:11: “letter.feed_issues” is 0; expected a whole number from 1 to 100"
    ]


def test_a_missing_key_points_to_its_table(sample: Path) -> None:
    assert change(sample, 'reply_to = "post@example.org"\n', "") == [
        f"{PATH}:13: the key “sender.reply_to” is missing; expected an email address, like post@example.org"
    ]


def test_every_slip_is_told_at_once(sample: Path) -> None:
    change(sample, "= 20", "= 0")
    change(sample, "06:00", "noon")
    assert len(change(sample, "reply_to", "replyto")) == 3


def test_without_the_file_there_are_no_settings(sample: Path) -> None:
    (sample / PATH).unlink()
    assert load(sample) == (None, [f"{PATH}: the file is missing"])


# --- Who publishes ---


def test_the_publisher_is_told_and_what_settings_know_already_is_not_asked_again(settings: Settings) -> None:
    article = Article("7 Zekerheden", "Arno Diepeveen", "https://arno.blog/", "SalesManagement", "")
    assert settings.publisher == Publisher(
        "Uitgeverij Zeven", "12345678", "", ("A. Jansen", "B. Smit"), "B. Smit", article
    )
    assert settings.contact == settings.reply_to


def test_questions_may_go_elsewhere_than_replies_and_no_article_need_be_named(sample: Path) -> None:
    path = sample / PATH
    before, _, _ = path.read_text("utf-8").partition("\n[publisher.article]")
    path.write_text(before.replace('kvk = "12345678"', 'email = "privacy@example.org"'), "utf-8")
    settings, problems = load(sample)
    assert problems == []
    assert settings is not None
    assert (settings.publisher.article, settings.publisher.kvk) == (None, "")
    assert settings.contact == "privacy@example.org"


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ("[publisher]", "[publishers]", "31: unknown key “publishers”; did you mean “publisher”?"),
        ("editors =", "editor =", "34: unknown key “editor”; did you mean “editors”?"),
        ('["A. Jansen", "B. Smit"]', "[]", "34: “publisher.editors”"),
        ('"12345678"', '"1234567"', "33: “publisher.kvk” is “1234567”; expected a number of the Chamber of Commerce"),
        ('replies = "B. Smit"\n', "", "31: the key “publisher.replies” is missing; expected the name of who"),
        ('kvk = "', 'email = "me"\nkvk = "', "33: “publisher.email” is “me”; expected an email address"),
        ("https://arno.blog/", "arno.blog", "40: “publisher.article.author_url” is “arno.blog”; expected the address"),
        ("author_url", "url_author", "40: unknown key “url_author”"),
    ],
    ids=str,
)  # fmt: skip
def test_a_slip_about_the_publisher_is_told_with_its_line(
    sample: Path, old: str, new: str, problem: str
) -> None:
    found = change(sample, old, new)
    assert any(one.startswith(f"{PATH}:{problem}") for one in found), found


def test_a_placeholder_is_a_warning_with_its_line(sample: Path, settings: Settings) -> None:
    assert list(find_placeholders(sample, settings)) == []
    assert change(sample, '"12345678"', '"<eight digits>"') == []
    assert change(sample, '"A. Jansen"', '"<name of an editor>"') == []
    changed, _ = load(sample)
    assert changed is not None
    found = find_placeholders(sample, changed)
    assert [str(problem) for problem in found] == [
        f"{PATH}:33: “publisher.kvk” is still a placeholder",
        f"{PATH}:34: “publisher.editors” is still a placeholder",
    ]
    assert not any(problem.blocks for problem in found)


# --- Weeks without a letter ---


def test_weeks_can_be_skipped_in_any_order(sample: Path) -> None:
    assert change(sample, "= 20", '= 20\nskip = ["2027-W01", "2026-W48", "2026-W53"]') == []
    settings, _ = load(sample)
    assert settings is not None
    assert settings.skip == {Week(2026, 48), Week(2026, 53), Week(2027, 1)}
    assert settings.skips(Week(2026, 53))
    assert not settings.skips(Week(2026, 52))


def test_no_week_is_skipped_unless_the_settings_say_so(settings: Settings) -> None:
    assert settings.skip == frozenset()
    assert not settings.skips(Week(2026, 53))


@pytest.mark.parametrize(
    "now, week",
    [
        (datetime(2026, 12, 18, 4, 59, tzinfo=UTC), Week(2026, 51)),
        (datetime(2026, 12, 18, 5, 0, tzinfo=UTC), Week(2026, 52)),
        (datetime(2026, 12, 25, 5, 0, tzinfo=UTC), Week(2027, 2)),
        (datetime(2027, 1, 1, 12, 0, tzinfo=UTC), Week(2027, 2)),
    ],
)
def test_the_coming_week_is_past_those_that_are_skipped(
    settings: Settings, now: datetime, week: Week
) -> None:
    skipping = replace(settings, skip=frozenset({Week(2026, 53), Week(2027, 1)}))
    assert skipping.coming_week(now) == week
    assert skipping.next_friday(now) == settings.coming_week(now)


@pytest.mark.parametrize(
    "skip, problem",
    [
        ('["2026-W54"]', "12: “letter.skip” contains “2026-W54”, which is not a week; expected the weeks"),
        ('["W53"]', "12: “letter.skip” contains “W53”, which is not a week"),
        ('["2026-W53", "2026-W53"]', "12: “letter.skip” contains “2026-W53” twice"),
        ('"2026-W53"', ('12: “letter.skip” has the wrong type: found “2026-W53”; expected '
            'the weeks without a letter, like ["2026-W53", "2027-W01"]; write it as a list: ["2026-W53"]')),
        ('"2026-W53", "2027-W01"', '12: is not TOML: put several values in brackets, like ["2026-W53", "2027-W01"]'),
        ("2026-W53", '12: is not TOML: put a week in quotes, and in a list, like ["2026-W53"]'),
        ("[53]", "12: “letter.skip” has the wrong type: found 53; expected the weeks without a letter"),
    ],
)  # fmt: skip
def test_what_is_no_week_cannot_be_skipped(sample: Path, skip: str, problem: str) -> None:
    (found,) = change(sample, "= 20", f"= 20\nskip = {skip}")
    assert found.startswith(f"{PATH}:{problem}")
