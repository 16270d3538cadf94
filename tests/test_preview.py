"""The preview as an application: who may ask what, and that it follows every save."""

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from lxml import html

from generator.assemble import count_unused, plan_weeks
from generator.content import load_newsletter
from generator.errors import PublishError
from generator.preview import (
    Preview,
    digest_files,
    find_week,
    guard,
    mount,
    open_server,
    write_preview,
)
from generator.render.preview.plans import render_plan
from tests.languages import EN, LANGUAGES

PORT = 8000
EARLY = datetime.fromisoformat("2026-11-03T12:00:00+01:00")
LATE = datetime.fromisoformat("2027-06-01T12:00:00+02:00")
NEWEST = "2026-W47"
PAGE = f"/preview/{NEWEST}/"
PLAN = "/preview/plan/"
NL = f"newsletter/issues/{NEWEST}/nl.md"

Ask = Callable[..., tuple[str, dict[str, str], str]]


def asker(app: Any) -> Ask:
    def ask(path: str, method: str = "GET", **headers: str) -> tuple[str, dict[str, str], str]:
        environ: dict[str, Any] = {
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SCRIPT_NAME": "",
            "REQUEST_METHOD": method,
            "HTTP_HOST": f"127.0.0.1:{PORT}",
        }
        environ.update(headers)
        setup_testing_defaults(environ)
        environ["HTTP_HOST"] = headers.get("HTTP_HOST", f"127.0.0.1:{PORT}")
        found: dict[str, Any] = {}
        content = validator(app)(
            environ, lambda status, given: found.update(status=status, headers=dict(given))
        )
        body = b"".join(content)
        content.close()
        return found["status"], found["headers"], body.decode()

    return ask


@pytest.fixture
def ask(sample: Path) -> Ask:
    return asker(guard(Preview(sample, lambda: LATE), PORT))


def say(word: str) -> Any:
    """An application that says one word."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [word.encode()]

    return app


@pytest.fixture
def guarded() -> Ask:
    return asker(guard(say("secret"), PORT))


def save(root: Path, name: str, change: Callable[[str], str]) -> None:
    path = root / name
    path.write_text(change(path.read_text()))


# --- Who may ask ---


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LocalHost:8000", "[::1]:8000"])
def test_this_machine_may_ask(guarded, host):
    assert guarded(PAGE, HTTP_HOST=host)[0] == "200 OK"


@pytest.mark.parametrize(
    "host",
    ["", "127.0.0.1", "127.0.0.1:8001", "example.org:8000", "localhost.example.org:8000", "127.0.0.1:8000,x"],
)
def test_another_name_for_this_machine_is_refused(guarded, host):
    """A page elsewhere can make its own name lead here; then it would read what is shown."""
    status, headers, body = guarded(PAGE, HTTP_HOST=host)
    assert status == "403 Forbidden"
    assert "secret" not in body
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_port_that_browsers_leave_out_may_be_left_out():
    ask = asker(guard(say("secret"), 80))
    assert ask(PAGE, HTTP_HOST="localhost")[0] == "200 OK"
    assert ask(PAGE, HTTP_HOST="example.org")[0] == "403 Forbidden"


@pytest.mark.parametrize(
    "site, mode, dest, allowed",
    [
        ("none", "navigate", "document", True),
        ("same-origin", "cors", "empty", True),
        ("same-origin", "navigate", "iframe", True),
        ("cross-site", "navigate", "document", True),
        ("cross-site", "navigate", "iframe", False),
        ("cross-site", "no-cors", "image", False),
        ("same-site", "cors", "empty", False),
        ("cross-site", "no-cors", "script", False),
    ],
)
def test_a_page_elsewhere_may_link_here_and_load_nothing(guarded, site, mode, dest, allowed):
    fetch = {"HTTP_SEC_FETCH_SITE": site, "HTTP_SEC_FETCH_MODE": mode, "HTTP_SEC_FETCH_DEST": dest}
    assert guarded(PAGE, **fetch)[0] == ("200 OK" if allowed else "403 Forbidden")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent(guarded, method):
    status, headers, _ = guarded(PAGE, method)
    assert status == "405 Method Not Allowed"
    assert headers["Allow"] == "GET, HEAD"


def test_the_head_of_a_page_has_no_body(ask):
    status, headers, body = ask(PAGE, "HEAD")
    assert (status, body) == ("200 OK", "")
    assert int(headers["Content-Length"]) == len(ask(PAGE)[2].encode())


@pytest.mark.parametrize("path", ["/preview/changes", PAGE, PLAN, f"{PAGE}nl/letter-dark.html", "/x"])
def test_every_answer_is_fenced(ask, path):
    headers = ask(path)[1]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_a_letter_is_locked_in_also_without_its_frame(ask):
    policy = ask(f"{PAGE}nl/letter-light.html")[1]["Content-Security-Policy"]
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy


def test_the_site_beside_it_is_guarded_too():
    ask = asker(guard(mount(say("preview"), say("site")), PORT, "desk.example.org"))
    for path, shown in (("/", "site"), ("/previews/", "site"), ("/preview", "preview"), (PAGE, "preview")):
        status, headers, body = ask(path)
        assert (status, body) == ("200 OK", shown)
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert ask("/", HTTP_HOST="desk.example.org:8000")[0] == "200 OK"
    assert ask("/", HTTP_HOST="example.org:8000")[0] == "403 Forbidden"


# --- What it shows ---


def test_the_shortest_address_leads_to_the_letter_at_hand(ask):
    for path, place in (
        ("/", "/preview/"),
        ("/preview", "/preview/"),
        ("/preview/", PAGE),
        (PAGE[:-1], PAGE),
    ):
        status, headers, _ = ask(path)
        assert (status, headers["Location"]) == ("302 Found", place)


def test_the_coming_letter_is_at_hand_and_without_it_the_newest(newsletter):
    assert str(find_week(newsletter, EARLY)) == "2026-W45"
    assert str(find_week(newsletter, LATE)) == NEWEST


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/preview/2026-W01/",
        "/preview/../newsletter/settings.toml",
        f"{PAGE}../../newsletter/settings.toml",
        f"{PAGE}%2e%2e/settings.toml",
        f"{PAGE}nl/",
        f"{PLAN}index.html",
        f"{PAGE}source/newsletter.settings.toml.html",
        f"{PAGE}nl/letter-light.html/",
        "/preview/2026-W47\x00/",
    ],
)
def test_there_is_nothing_but_what_the_page_is_made_of(ask, path):
    assert ask(path)[0] == "404 Not Found"


def test_every_file_of_the_page_is_served(ask):
    page = html.document_fromstring(ask(PAGE)[2])
    addresses = page.xpath("//iframe/@src | //main//a/@href[not(starts-with(., 'vscode:'))]")
    assert len(addresses) > 4
    for address in addresses:
        path = address.partition("#")[0].partition("?")[0]
        assert ask(PAGE + path)[0] == "200 OK"


def test_a_save_changes_the_digest_and_the_page(ask, sample):
    before, _ = ask("/preview/changes")[2], ask(PAGE)
    assert ask("/preview/changes")[2] == before
    assert f'data-state="{before}"' in ask(PAGE)[2]
    save(sample, NL, lambda text: text.replace("## Food for action", "Een verse zin.\n\n## Food for action"))
    assert ask("/preview/changes")[2] != before
    assert "Een verse zin." in ask(f"{PAGE}nl/letter-light.html")[2]


@pytest.mark.parametrize("name", [NL, "templates/email/letter.html", "docs/nl/certainties/referral.md"])
def test_whatever_a_letter_is_made_from_is_watched(sample, name):
    before = digest_files(sample)
    assert digest_files(sample) == before
    save(sample, name, lambda text: f"{text}\n")
    assert digest_files(sample) != before


def test_a_new_and_a_deleted_letter_are_noticed(ask, sample):
    ask(PAGE)
    shutil.rmtree(sample / f"newsletter/issues/{NEWEST}")
    assert ask(PAGE)[0] == "404 Not Found"
    assert ask("/preview/")[1]["Location"] == "/preview/2026-W46/"
    shutil.rmtree(sample / "newsletter/issues")
    assert "There is no letter yet" in ask("/preview/")[2]


def test_what_cannot_be_read_is_listed_until_it_is_mended(ask, sample):
    save(sample, NL, lambda text: text.replace("title:", "titel:"))
    assert ask("/preview/")[1]["Location"] == PAGE
    status, _, page = ask(PAGE)
    assert status == "200 OK"
    assert "Unknown key “titel”; did you mean “title”?" in page
    (source,) = set(re.findall(r'href="(source/[^"#]+)', page))
    assert "titel:" in ask(PAGE + source)[2]
    save(sample, NL, lambda text: text.replace("titel:", "title:"))
    assert "Unknown key" not in ask(PAGE)[2]


def test_without_settings_there_is_only_a_page_of_problems(ask, sample):
    save(sample, "newsletter/settings.toml", lambda text: text.replace("reply_to", "replyto"))
    status, headers, _ = ask("/preview/")
    assert headers["Location"] == "/preview/problems/"
    for path in ("/preview/problems/", PAGE):
        status, _, page = ask(path)
        assert status == "200 OK"
        assert "Unknown key “replyto”; did you mean “reply_to”?" in page
    save(sample, "newsletter/settings.toml", lambda text: text.replace("replyto", "reply_to"))
    assert ask("/preview/problems/")[1]["Location"] == PAGE
    assert ask(PAGE)[0] == "200 OK"


def test_a_letter_is_shown_whatever_is_wrong_with_another_text(ask, sample):
    """A line below its problems says so, and links to what is left out are not said to be dead."""
    sound = ask(PAGE)[2]
    for path in ("newsletter/issues/2026-W45/nl.md", "docs/nl/certainties/rebound.md", "docs/en/glossary.md"):
        save(sample, path, lambda text: text.replace("title:", "titel:"))
    page = ask(PAGE)[2]
    line = "3 problems in files that this letter does not need: <code>generate check</code> lists them."
    assert line in page
    assert line not in sound
    assert re.findall(r'class="problem__message">(.*)<', page) == re.findall(
        r'class="problem__message">(.*)<', sound
    )
    assert ask("/preview/2026-W46/")[0] == "200 OK"
    assert "Unknown key “titel”" in ask("/preview/2026-W45/")[2]


@pytest.mark.parametrize(
    "path",
    [
        "docs/nl/certainties/referral.md",
        "docs/en/certainties/referral.md",
        "newsletter/thoughts/referral/would-you-introduce-yourself.en.md",
        "newsletter/issues/2026-W47/en.md",
    ],
)
def test_a_letter_is_not_shown_without_what_it_is_made_from(ask, sample, path):
    save(sample, path, lambda text: text.replace("title:", "titel:"))
    assert "The letter cannot be shown" in ask(PAGE)[2]
    assert "Unknown key “titel”" in ask(PAGE)[2]


def test_what_is_coming_is_shown_without_what_cannot_be_read(ask, sample):
    before = ask(PLAN)[2]
    for path in ("newsletter/issues/2026-W45/nl.md", "docs/en/certainties/rebound.md", "docs/en/glossary.md"):
        save(sample, path, lambda text: text.replace("title:", "titel:"))
    page = ask(PLAN)[2]
    line = "What cannot be read is left out: 3 problems, which <code>generate check</code> lists."
    assert line in page
    assert line not in before
    assert len(weeks_of(page)) == len(weeks_of(before))
    assert "Rebound" in {certainty for _, certainty, _ in weeks_of(page)}


def test_a_skipped_week_has_a_row_and_no_thought(ask, sample):
    save(sample, "newsletter/settings.toml", lambda text: text.replace("= 20", '= 20\nskip = ["2027-W24"]'))
    rows = {week: state for week, _, state in weeks_of(ask(PLAN)[2])}
    assert rows["2027-W24"] == "Skipped"
    assert "No letter this week." in ask(PLAN)[2]


def test_a_slip_in_a_template_is_shown_on_the_page(ask, sample):
    save(sample, "templates/email/letter.html", lambda text: f"{text}{{{{ nobody }}}}")
    assert "nobody" in ask(PAGE)[2]
    assert "The letter cannot be shown" in ask(PAGE)[2]


# --- What is coming ---


def weeks_of(page: str) -> list[tuple[str, str, str]]:
    """The id, the certainty and the state of each week of a plan."""
    rows = html.document_fromstring(page).xpath("//li[contains(@class, 'plan__week')]")
    parts = ("plan__id", "plan__certainty", "plan__state")
    return [tuple(row.xpath(f"string(.//*[@class='{part}'])") for part in parts) for row in rows]


def test_what_is_coming_is_what_generate_plan_says(ask, newsletter):
    assert ask("/preview/plan")[1]["Location"] == PLAN
    status, _, page = ask(PLAN)
    assert status == "200 OK"
    plans = plan_weeks(newsletter.playbook, newsletter.archive, newsletter.settings.coming_week(LATE), 60)
    titles = {one.id: one.title for one in newsletter.playbook.certainties[EN]}
    assert weeks_of(page) == [
        (str(plan.week), titles[plan.certainty], plan.state.capitalize()) for plan in plans
    ]


def test_each_week_shows_its_titles_in_both_languages_and_its_season(ask, sample):
    for language in LANGUAGES:
        save(
            sample,
            f"newsletter/thoughts/rebound/a-no-with-a-date.{language}.md",
            lambda text: text.replace("sources:", "season: [W01]\nsources:", 1),
        )
    page = html.document_fromstring(ask(PLAN)[2])
    for language in LANGUAGES:
        thoughts = load_newsletter(sample).playbook.thoughts[language]
        title = next(one.title for one in thoughts if one.slug == "a-no-with-a-date")
        (row,) = [one for one in page.xpath("//li") if title in one.text_content()]
        assert row.xpath(f".//p[@lang='{language}']/text()") == [title]
        assert row.xpath("string(.//*[@class='plan__season'])") == "Season: W01 (not now)"


def test_what_is_still_to_be_written_is_counted_and_how_to_begin(ask, newsletter):
    page = html.document_fromstring(ask(PLAN)[2])
    missing = page.xpath("count(//li[contains(@class, 'plan__week--missing')])")
    verdict = page.xpath("string(//p[@class='verdict'])")
    assert verdict.startswith(f"{missing:.0f} thoughts in both languages, the first, about ")
    assert re.search(r"generate new thought \w+$", verdict)
    counts = count_unused(newsletter.playbook, newsletter.archive)
    rows = [row.xpath("./td/text()") for row in page.xpath("//tbody/tr")]
    assert [(int(row[1]), int(row[0])) for row in rows] == [*counts.values()]
    assert sum(int(row[2].replace("–", "0")) for row in rows) == missing


def test_with_a_thought_for_every_week_nothing_is_to_be_written(newsletter):
    first = newsletter.archive.issues[-1].week
    plans = plan_weeks(newsletter.playbook, newsletter.archive, first, 2)
    page = render_plan(newsletter, plans, "as it was").decode()
    assert "Nothing: every one of these 2 weeks has a letter or a thought." in page
    links = html.document_fromstring(page).xpath("//li//a/@href")
    assert links == [f"../{plan.week}/" for plan in plans for _ in LANGUAGES], "a letter that is written"


def test_a_draft_is_called_one(ask, sample):
    for language in LANGUAGES:
        path = f"newsletter/issues/{NEWEST}/{language}.md"
        save(sample, path, lambda text: text.replace("certainty:", "draft: true\ncertainty:", 1))
    early = asker(guard(Preview(sample, lambda: EARLY), PORT))
    assert weeks_of(early(PLAN)[2])[1:3] == [
        ("2026-W46", "Reputation", "Written"),
        (NEWEST, "Referral", "Draft"),
    ]


def test_what_is_coming_follows_a_save_and_the_calendar(sample):
    now = [EARLY]
    ask = asker(guard(Preview(sample, lambda: now[0]), PORT))
    before = ask(PLAN)[2]
    assert weeks_of(before)[0][0] == "2026-W45"
    now[0] = LATE
    assert weeks_of(ask(PLAN)[2])[0][0] == "2027-W22"
    save(sample, NL, lambda text: f"{text}\n")
    assert re.findall('data-state="([^"]+)"', ask(PLAN)[2]) == [ask("/preview/changes")[2]]


def test_a_letter_is_marked_until_the_minute_in_which_it_is_out(sample):
    """The page asks whether anything has changed, and the calendar has."""
    now = [datetime(2026, 11, 20, 4, 59, tzinfo=UTC)]
    ask = asker(guard(Preview(sample, lambda: now[0]), PORT))
    said = "not out yet · Friday 20 November 2026 at 06:00"
    before, changes = ask(PAGE)[2], ask("/preview/changes")[2]
    assert f'<p class="not-out">{said}</p>' in before
    assert f'data-state="{changes}"' in before
    now[0] += timedelta(minutes=1)
    after = ask("/preview/changes")[2]
    assert after != changes
    assert "not out yet" not in ask(PAGE)[2]
    assert f'data-state="{after}"' in ask(PAGE)[2]
    assert "id=changed" not in ask(f"{PAGE}nl/letter-light.html")[2]


def test_when_nothing_can_be_read_what_is_coming_is_the_list_of_problems(ask, sample):
    save(sample, "newsletter/settings.toml", lambda text: text.replace("reply_to", "replyto"))
    assert "Unknown key “replyto”" in ask(PLAN)[2]


def test_a_slip_in_the_template_of_the_plan_is_told(ask, sample):
    save(sample, "templates/preview/plan.html", lambda text: f"{text}{{{{ nobody }}}}")
    status, _, body = ask(PLAN)
    assert status == "500 Internal Server Error"
    assert "templates/preview/plan.html" in body
    assert "nobody" in body


def test_the_page_of_a_letter_leads_to_what_is_coming_only_while_it_is_served(ask, newsletter, tmp_path):
    assert 'href="../plan/"' in ask(PAGE)[2]
    write_preview(newsletter, newsletter.archive.issues[0], tmp_path / "shown", LATE)
    assert "plan/" not in (tmp_path / "shown/index.html").read_text()


# --- The server ---


@pytest.fixture
def server(sample: Path) -> Iterator[Any]:
    server = open_server(Preview(sample, lambda: LATE), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_it_answers_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"
    with urlopen(f"http://127.0.0.1:{server.server_port}/") as answer:
        assert answer.url.endswith(PAGE)


# --- In a folder ---


def test_a_page_is_kept_in_a_folder_and_kept_again(newsletter, tmp_path):
    folder = tmp_path / "shown"
    issue = newsletter.archive.issues[0]
    assert write_preview(newsletter, issue, folder, LATE).unchanged == 0
    assert (folder / "index.html").is_file()
    assert write_preview(newsletter, issue, folder, LATE).written == ()


@pytest.mark.parametrize("name", ["index.html", "notes.txt"])
def test_a_folder_of_somebody_else_is_left_alone(newsletter, tmp_path, name):
    folder = tmp_path / "shown"
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(PublishError, match="contains other files than a preview"):
        write_preview(newsletter, newsletter.archive.issues[0], folder, LATE)
    assert [path.name for path in folder.iterdir()] == [name]


def test_a_newsletter_of_many_weeks_is_read_once(sample, monkeypatch):
    """What did not change is not parsed again after a save."""
    preview = Preview(sample, lambda: LATE)
    asker(preview)(PAGE)
    known = preview._documents
    save(sample, NL, lambda text: f"{text}\n")
    load_newsletter(sample, known)
    assert known._new == 1
