"""The site behind nginx and Caddy as deploy/ configures them: real programs, on ports of this machine.

They start, so they take their configuration; that of Caddy is looked at once more as it is, in tests/test_deploy.py.
"""

import functools
import gzip
import http.client
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from generator.web.forms import LARGEST
from tests.delivery.hooks import SECRETS
from tests.machine import CADDY, NGINX
from tests.site.hosting import ROOT, Site
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
    text = text.replace("{\n	servers", "{\n	admin off\n	default_bind 127.0.0.1\n	servers", 1)
    (folder / "Caddyfile").write_text(text)
    return [str(CADDY.find()), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


CONFIGURE: dict[str, Callable[..., list[str]]] = {"nginx": configure_nginx, "caddy": configure_caddy}


@pytest.fixture(scope="module", params=CONFIGURE)
def proxy(request: pytest.FixtureRequest, site: Site, tmp_path_factory: Any) -> Iterator[Proxy]:
    with answer_requests() as service, run_proxy(request.param, site, tmp_path_factory, service) as proxy:
        yield proxy


@contextmanager
def run_proxy(kind: str, site: Site, tmp_path_factory: Any, service: Service) -> Iterator[Proxy]:
    {"nginx": NGINX, "caddy": CADDY}[kind].need()
    folder, port = tmp_path_factory.mktemp(kind), find_port()
    command = CONFIGURE[kind](site.folder, folder, port, service)
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
    paths += ["assets/javascripts/main.js", "assets/stylesheets/site.css", "search/search_index.json"]
    for path in paths:
        answer = proxy.ask(SITE, f"/{path}", Accept_Encoding="gzip")
        assert answer.status == 200
        assert answer.getheader("Content-Encoding") == "gzip", (path, answer.getheader("Content-Type"))
        file = site.folder / (path or "index.html")
        assert gzip.decompress(answer.content) == file.read_bytes()


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
        run_proxy(request.param, site, tmp_path_factory, Service(running.port)) as proxy,
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
