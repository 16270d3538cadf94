"""Programs open every link of a mail, and some press every button, before its reader does."""

from tests.web.reading import BOTH, URL, Reader

VICTIM = "victim@example.com"


def crawl(reader: Reader, links: list[str]) -> set[str]:
    """Follow every link and every picture, as the scanners of mailboxes do."""
    seen: set[str] = set()
    while links:
        path = links.pop()
        if path in seen:
            continue
        seen.add(path)
        for method in ("HEAD", "GET"):
            answer = reader.ask.ask(method, path)
            assert answer.status < 500
        if (answer.header("content-type") or "").startswith("text/html"):
            page = answer.page
            page.make_links_absolute(f"{URL}{path.lstrip('/')}")
            links += [
                link.removeprefix(URL.rstrip("/")).partition("#")[0]
                for _, attribute, link, _ in page.iterlinks()
                if link.startswith(URL) and attribute != "srcset"
            ]
        if location := answer.header("location"):
            links.append(location.removeprefix(URL.rstrip("/")))
    return seen


@BOTH
def test_scanners_that_get(reader):
    """Every link of every mail, and every link of those pages: nothing changes, and the reader's link still works."""
    reader.confirm(VICTIM)
    reader.ask_for_link(VICTIM)
    reader.subscribe(VICTIM)
    reader.subscribe("other@example.com")
    reader.work()
    before = reader.rows()
    seen = crawl(reader, reader.links(VICTIM) + reader.links("other@example.com"))
    assert {path.split("/")[1] for path in seen} >= {"confirm", "manage", "unsubscribe"}
    assert reader.rows() == before
    reader.press(reader.links("other@example.com")[0])
    assert reader.status("other@example.com") == "confirmed"


def test_scanners_that_post(reader):
    """A program that presses the button of every page it opens does so at once, and with what stands in the form."""
    reader.confirm("reader@example.com")
    signed = reader.database.keys.sign("unsubscribe", reader.rows()["subscriber"][0][1])
    reader.subscribe(VICTIM)
    reader.work()
    before = reader.rows()
    for link in (reader.links(VICTIM)[0], f"/unsubscribe/{signed}"):
        page = reader.ask.get(link)
        for form in page.page.forms:
            if form.method == "POST":
                assert reader.ask.post(link, dict(form.form_values())).status == 200
        for fields in ({}, {"confirm": "yes"}, {"x": "y"}, b""):
            assert reader.ask.post(link, fields).status == 200
    assert reader.rows() == before
    answer = reader.press(reader.links(VICTIM)[0])
    assert answer.status == 200
    assert reader.status(VICTIM) == "confirmed"


def test_scanners_that_post_on_the_own_page(reader):
    """Nothing is paused, ended or erased, and the link still opens the page of its reader."""
    reader.confirm(VICTIM)
    link = reader.ask_for_link(VICTIM)
    before = reader.rows()
    for form in reader.ask.get(link).page.forms:
        fields = {**dict(form.form_values()), "sure": "yes", "weeks": "26"}
        assert reader.ask.post(form.action, fields).status == 200
        fields.pop("moment")
        assert reader.ask.post(form.action, fields).status == 200
    assert reader.rows() == before
    assert reader.press(link, "/unsubscribe").status == 303
    assert reader.status(VICTIM) == "unsubscribed"


def test_scanners_that_were_first_do_not_worry_the_reader(reader):
    """Whoever presses after a program has, or twice, reads that all is well."""
    reader.subscribe(VICTIM)
    reader.work()
    link = reader.links(VICTIM)[0]
    form = reader.ask.get(link).form("")
    reader.clock.wait(seconds=5)
    first, second = (reader.ask.post(link, form) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert reader.status(VICTIM) == "confirmed"
    assert reader.ask.get(link).status == 200
