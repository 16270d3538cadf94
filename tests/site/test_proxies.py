"""The site behind nginx and Caddy as deploy/ configures them: real programs, on ports of this machine.

They start, so they take their configuration; that of Caddy is looked at once more as it is, in tests/test_deploy.py.
"""

import functools
import gzip
import http.client
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.render.page.hosts import render_host_files
from generator.settings import load_settings
from generator.web.forms import LARGEST
from tests.delivery.hooks import SECRETS
from tests.machine import CADDY, NGINX
from tests.render.page.test_hosts import read
from tests.site.hosting import ROOT, Site, files_of
from tests.site.test_journey import ANSWERS
from tests.site.test_offline import visit
from tests.web.reading import copy_sample
from tests.web.running import find_port, run_service

SITE, SERVICE = "example.org", "letter.example.org"
LIMIT = 16 * 1024
"""Bytes of a body that the proxies pass on."""
DEBIAN = """\
{user}
daemon off;
events {{}}
pid {folder}/pid;
http {{
	{temporary}
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log off;
	include {folder}/newsletter.conf;
}}
"""
"""What Debian's own nginx.conf says around it, for an account that may write below one folder only."""


@dataclass
class Service:
    """Instead of the sign-up service: answers 200, hangs up at /away, remembers what it was told."""

    port: int
    seen: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Proxy:
    port: int
    service: Service

    def ask(
        self, host: str, path: str, method: str = "GET", body: Any = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before all was sent
            connection.request(method, path, body, sent, encode_chunked=not isinstance(body, bytes | None))
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer


@contextmanager
def answer_requests() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if self.path == "/away":
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            service.seen.append(dict(self.headers.items()))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 (http.server calls it so)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = Service(server.server_port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def configure_nginx(site: Path, folder: Path, port: int, service: Service) -> list[str]:
    text = (ROOT / "deploy/nginx.conf").read_text("utf-8")
    text = text.replace("/opt/newsletter/site", str(site)).replace("/var/log/nginx", str(folder))
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("	listen [::]:80;\n", "")
    (folder / "newsletter.conf").write_text(text.replace("127.0.0.1:8001", f"127.0.0.1:{service.port}"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(DEBIAN.format(user=user, folder=folder, temporary=temporary))
    return [str(NGINX.find()), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]


def configure_caddy(site: Path, folder: Path, port: int, service: Service) -> list[str]:
    text = (ROOT / "deploy/Caddyfile").read_text("utf-8")
    text = text.replace("/opt/newsletter/site", str(site)).replace(
        "127.0.0.1:8001", f"127.0.0.1:{service.port}"
    )
    text = re.sub(r"^((?:letter\.)?example\.org) \{", rf"http://\1:{port} {{", text, flags=re.MULTILINE)
    # A browser asks for it by its address; nginx takes the first server for that.
    text = text.replace(f"http://{SITE}:{port} {{", f"http://{SITE}:{port}, http://127.0.0.1:{port} {{", 1)
    text = text.replace("{\n	servers", "{\n	admin off\n	default_bind 127.0.0.1\n	servers", 1)
    (folder / "Caddyfile").write_text(text)
    return [str(CADDY.find()), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


CONFIGURE: dict[str, Callable[..., list[str]]] = {"nginx": configure_nginx, "caddy": configure_caddy}


@pytest.fixture(scope="module", params=CONFIGURE)
def proxy(request: pytest.FixtureRequest, site: Site, tmp_path_factory: Any) -> Iterator[Proxy]:
    with (
        answer_requests() as service,
        run_proxy(request.param, site.folder, tmp_path_factory, service) as proxy,
    ):
        yield proxy


@contextmanager
def run_proxy(kind: str, site: Path, tmp_path_factory: Any, service: Service) -> Iterator[Proxy]:
    """`site`: the folder that the proxy shows."""
    {"nginx": NGINX, "caddy": CADDY}[kind].need()
    folder, port = tmp_path_factory.mktemp(kind), find_port()
    command = CONFIGURE[kind](site, folder, port, service)
    environment = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=said, stderr=said)
    try:
        while not is_open(port):
            assert process.poll() is None, (folder / "said").read_text()
            time.sleep(0.05)
        yield Proxy(port, service)
    finally:
        process.terminate()
        process.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_what_is_text_is_sent_compressed(proxy, site):
    paths = ["", "feed.xml", "atom.xml", "en/feed.json", "sitemap.xml", "sw.js"]
    paths += [
        "feeds.opml",
        "assets/javascripts/main.js",
        "pagefind/pagefind.js",
        "pagefind/nl.json",
        next(site.folder.glob("assets/stylesheets/*.css")).relative_to(site.folder).as_posix(),
    ]
    for path in paths:
        answer = proxy.ask(SITE, f"/{path}", Accept_Encoding="gzip")
        assert answer.status == 200
        assert answer.getheader("Content-Encoding") == "gzip", (path, answer.getheader("Content-Type"))
        file = site.folder / (path or "index.html")
        assert gzip.decompress(answer.content) == file.read_bytes()


def test_every_file_has_a_type_of_its_own(proxy, site):
    """A browser that is told not to guess (nosniff) would save a file without one."""
    files = {
        path.suffix: path
        for path in site.folder.rglob("*")
        # What a script fetches and unpacks itself needs none: the index of the search.
        if path.is_file() and not re.match(r"\.(map|gz|pagefind|pf_\w+)$", path.suffix)
    }
    assert {
        ".html",
        ".js",
        ".css",
        ".xml",
        ".opml",
        ".ics",
        ".json",
        ".png",
        ".svg",
        ".woff2",
        ".txt",
    } <= files.keys()
    for path in files.values():
        answer = proxy.ask(SITE, f"/{path.relative_to(site.folder)}")
        assert answer.getheader("Content-Type", "").split(";")[0] not in {"", "application/octet-stream"}, (
            path
        )
    calendar = proxy.ask(SITE, "/en/assets/calendar/week.ics")
    assert calendar.getheader("Content-Type").split(";")[0] == "text/calendar"


def test_every_answer_of_the_site_tells_the_browser_what_it_may_do(proxy):
    for path in (
        "/",
        "/en/",
        "/feed.xml",
        "/sw.js",
        "/assets/javascripts/early.js",
        "/no/such/",
        "/en/no/such/",
    ):
        answer = proxy.ask(SITE, path)
        policy = dict(
            part.strip().partition(" ")[::2]
            for part in answer.getheader("Content-Security-Policy").split(";")
        )
        assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"  # the search is WebAssembly
        assert policy["style-src"] == policy["worker-src"] == "'self'"
        assert policy["form-action"] == f"'self' https://{SERVICE}"
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("X-Frame-Options") == "DENY"


@pytest.mark.parametrize(
    "path, expected",
    [
        ("", "no-cache"),
        ("en/assessment/", "no-cache"),
        ("feed.xml", "no-cache"),
        ("sw.js", "no-cache"),
        ("assets/javascripts/main.js", "no-cache"),
        ("assets/calendar/week.ics", "no-cache"),
        ("no/such/page.12345678.min.js", "no-cache"),
        ("assets/fonts/newsreader-text.woff2", "public, max-age=604800"),
        ("en/assets/marks/referral.png", "public, max-age=604800"),
        ("assets/stylesheets/site.*.min.css", "public, max-age=31536000, immutable"),
        ("en/assets/javascripts/site.*.min.js", "public, max-age=31536000, immutable"),
        ("pagefind/index/nl_*", "public, max-age=31536000, immutable"),
        ("pagefind/fragment/en_*", "public, max-age=31536000, immutable"),
        ("pagefind/pagefind.nl_*", "public, max-age=31536000, immutable"),
        ("pagefind/pagefind-entry.json", "no-cache"),
        ("pagefind/wasm.nl.pagefind", "no-cache"),
    ],
)
def test_what_may_change_under_its_name_is_asked_for_again(proxy, site, path, expected):
    found = next(site.folder.glob(path)).relative_to(site.folder).as_posix() if "*" in path else path
    first = proxy.ask(SITE, f"/{found}")
    assert first.getheader("Cache-Control") == expected
    if first.status == 200:  # and what did not change is not sent again
        again = proxy.ask(SITE, f"/{found}", If_None_Match=first.getheader("ETag"))
        assert (again.status, again.content) == (304, b"")
        assert again.getheader("Cache-Control") == expected


def test_hosts_that_read_their_headers_from_the_site_send_the_same(proxy, site, request):
    """Netlify and Cloudflare, which say no-cache in words of their own where `_headers` has no lifetime."""
    settings = replace(load_settings(site.project, []), site_url=f"https://{SITE}/")
    files = files_of(site.folder)
    (headers, *_) = render_host_files(site.project, settings, map(PurePosixPath, files))
    rules = read(headers.content.decode())
    lifetimes = set()
    for path in files:
        expected = {"Cache-Control": "no-cache"}
        for pattern, rule in rules.items():
            if f"/{path}" == pattern or (pattern.endswith("*") and f"/{path}".startswith(pattern[:-1])):
                expected |= rule
        if "nginx" in request.node.name:  # which promises HTTPS only over HTTPS
            expected.pop("Strict-Transport-Security")
        answer = proxy.ask(SITE, f"/{path}", "HEAD")
        assert {name: answer.getheader(name).removesuffix("; charset=utf-8") for name in expected} == expected
        lifetimes.add(expected["Cache-Control"])
    assert len(lifetimes) == 3


def test_a_folder_without_a_page_is_not_there(proxy, site):
    for folder in ("", "en/"):
        answer = proxy.ask(SITE, f"/{folder}assets/")
        assert (answer.status, answer.content) == (404, (site.folder / folder / "404.html").read_bytes())


def test_the_service_says_where_its_security_txt_is(proxy):
    answer = proxy.ask(SERVICE, "/.well-known/security.txt")
    assert (answer.status, answer.getheader("Location")) == (302, f"https://{SITE}/.well-known/security.txt")


def test_nginx_promises_https_only_over_https(site, tmp_path_factory, certificate, monkeypatch):
    """certbot adds the same lines, and Caddy answers over HTTPS only."""
    configure = CONFIGURE["nginx"]

    def encrypt(*arguments: Any) -> list[str]:
        command = configure(*arguments)
        file = arguments[1] / "newsletter.conf"
        listen = f"listen 127.0.0.1:{arguments[2]}"
        tls = f"{listen} ssl; ssl_certificate {certificate}; ssl_certificate_key {certificate};"
        file.write_text(file.read_text().replace(f"{listen};", tls))
        return command

    for change in (False, True):
        if change:
            monkeypatch.setitem(CONFIGURE, "nginx", encrypt)
        with run_proxy("nginx", site.folder, tmp_path_factory, Service(1)) as proxy:
            trust = ssl._create_unverified_context()  # noqa: S323 (a server of this test)
            connection = (
                http.client.HTTPSConnection("127.0.0.1", proxy.port, context=trust)
                if change
                else http.client.HTTPConnection("127.0.0.1", proxy.port)
            )
            connection.request("GET", "/", headers={"Host": SITE})
            found = connection.getresponse().getheader("Strict-Transport-Security")
            connection.close()
            assert found == ("max-age=31536000" if change else None)


@pytest.mark.parametrize(
    "path, language",
    [("/no/such/page/", "nl"), ("/en/no/such/page/", "en"), ("/english/", "nl"), ("/en/x.png", "en")],
)
def test_what_is_not_there_is_told_in_the_language_of_its_folder(proxy, site, path, language):
    answer = proxy.ask(SITE, path)
    assert answer.status == 404
    folder = site.folder / ("en" if language == "en" else "")
    assert answer.content == (folder / "404.html").read_bytes()


@pytest.fixture(scope="module", params=CONFIGURE)
def front(request: pytest.FixtureRequest, site: Site, tmp_path_factory: Any) -> Iterator[Proxy]:
    """The real service behind the proxy, on its address."""
    root = copy_sample(tmp_path_factory.mktemp("service"))
    with (
        run_service(root, "--url", f"http://{SERVICE}/", NEWSLETTER_HOOK_BREVO=SECRETS["brevo"]) as running,
        run_proxy(request.param, site.folder, tmp_path_factory, Service(running.port)) as proxy,
    ):
        yield proxy


@pytest.mark.parametrize("size", [4000, 5000, 8000, LIMIT, LIMIT + 1, 40_000, 400_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_as_such_by_whoever_notices_first(front, size, chunked):
    """The service above 4 KB, the proxy above 16 KB. Many times: who hangs up too soon says so only now and then."""
    kind = {"Content_Type": "application/x-www-form-urlencoded", "Origin": f"http://{SERVICE}"}
    post = functools.partial(front.ask, SERVICE, "/subscribe", "POST", **kind)
    expected = {413} if size > LARGEST else {400, 422}  # the form is none, and its page says so
    for _ in range(20):
        body = b"x" * size
        pieces = (body[begin : begin + 1000] for begin in range(0, size, 1000))
        answer = post(pieces, Transfer_Encoding="chunked") if chunked else post(body)
        assert answer.status in expected


@pytest.mark.parametrize("size, status", [(1000, 200), (300_000, 200), (390_000, 200), (420_000, 413)])
def test_reports_of_relays_may_be_larger(front, size, status):
    body = b'{"event": "delivered", "reason": "' + b"x" * size + b'"}'
    secret = {"Authorization": f"Bearer {SECRETS['brevo']}", "Content_Type": "application/json"}
    answer = front.ask(SERVICE, "/hooks/brevo", "POST", body, **secret)
    assert answer.status == status


def test_the_service_is_told_who_asks_and_for_which_host(proxy):
    assert proxy.ask(SERVICE, "/", X_Forwarded_For="203.0.113.9").status == 200
    told = proxy.service.seen[-1]
    assert (told["Host"], told["X-Forwarded-For"]) == (SERVICE, "127.0.0.1")


def test_a_service_that_hangs_up_is_a_bad_gateway(proxy):
    assert proxy.ask(SERVICE, "/away").status == 502


# --- The policy, in a browser ---

WATCH = """document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sourceFile}) =>
  console.error(`violation: ${violatedDirective} of ${blockedURI} in ${sourceFile}`))"""


@pytest.fixture(scope="module", params=CONFIGURE)
def shown(request: pytest.FixtureRequest, site: Site, tmp_path_factory: Any) -> Iterator[str]:
    """The address of the site behind a proxy, in the folder that its pages were built for."""
    with run_proxy(request.param, site.folder.parent, tmp_path_factory, Service(1)) as proxy:
        yield f"http://127.0.0.1:{proxy.port}/{site.folder.name}/"


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """Somebody whose browser says when it obeyed the policy; at the end it never had to."""
    context = browser.new_context(service_workers="allow")
    context.add_init_script(WATCH)
    told: list[str] = []
    # The console hears of what scripts of pages and of workers were forbidden, too.
    context.on("console", lambda said: told.append(said.text))
    yield context.new_page()
    context.close()
    assert [text for text in told if "violation" in text or "Content Security Policy" in text] == []


def test_no_page_breaks_the_policy(shown, reader, site, request):
    """Behind nginx every page; behind Caddy, which sends the same policy, every eighth."""
    addresses = [address.removeprefix(site.url) for address in site.pages]
    assert len(addresses) > 30
    if "caddy" in request.node.name:
        addresses = addresses[::8]
    for address in addresses:
        answer = reader.goto(shown + address, wait_until="load")
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        reader.locator("html.js").wait_for()  # the scripts have run


def test_a_feed_has_its_style_under_the_policy(shown, reader):
    for feed in ("feed.xml", "en/certainties/referral/atom.xml"):
        reader.goto(shown + feed)
        title = reader.locator(":is(channel, feed) > title")
        assert "Newsreader" in title.evaluate("title => getComputedStyle(title).fontFamily")


def test_what_a_reader_does_is_allowed_by_the_policy(shown, reader):
    """Menu, search, colours, another page, paper, the assessment, a form, and no network."""
    reader.goto(shown)
    reader.locator("button.top__menu").click()
    expect(reader.locator("#menu")).to_be_visible()
    reader.keyboard.press("Escape")
    reader.locator("[data-search-open]").click()
    reader.keyboard.insert_text("klanten")
    expect(reader.locator(".search__result").first).to_be_visible()
    reader.keyboard.press("Escape")
    for _ in range(2):
        reader.locator("[data-colour-switch]").click()
    reader.reload()
    assert reader.locator("html").get_attribute("data-colour") == "dark"  # early.js has run
    reader.get_by_role("link", name="Doe de toets").click()
    reader.wait_for_selector(".assessment__status")
    reader.locator("#assessment input").first.focus()
    for answer in ANSWERS.replace(" ", ""):
        reader.keyboard.press("?" if answer == "x" else answer)
    reader.keyboard.press("Enter")
    expect(reader.locator("#result-title")).to_contain_text("bij Referral")
    reader.emulate_media(media="print")
    reader.emulate_media(media="screen")
    with reader.expect_download() as download:
        reader.locator(".kept button").first.click()
    assert download.value.failure() is None
    reader.context.route(
        f"https://{SERVICE}/**", lambda route: route.fulfill(body="asked", content_type="text/html")
    )
    visit(reader, shown)
    reader.locator(".signup input[name=email]").fill("lezer@example.org")
    reader.locator(".signup button").click()
    expect(reader.locator("body")).to_have_text("asked")
    reader.context.set_offline(True)
    reader.goto(f"{shown}certainties/repetition/")
    expect(reader.locator("#tick-rpn-1")).to_be_visible()


def test_a_script_of_a_stranger_does_not_run(shown, browser):
    """What the policy is for; and the proof that these tests would see a violation."""
    context = browser.new_context()
    told: list[str] = []
    context.add_init_script(WATCH)
    context.on("console", lambda said: told.append(said.text))
    page = context.new_page()
    page.goto(shown)
    page.evaluate("""() => { const script = document.createElement("script");
        script.textContent = "window.taken = true"; document.body.append(script) }""")
    page.evaluate("""() => { const image = new Image(); image.src = "https://elsewhere.example/x.png" }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.taken") is None
    assert {"script-src-elem", "img-src"} <= {
        text.split()[1] for text in told if text.startswith("violation:")
    }
    context.close()
