"""Other sites, other programs and guessed addresses get nothing out of the editor, and nothing into a file.

| what is tried | what stops it |
| --- | --- |
| a form of another site posts here | its type is not JSON, and Origin and Sec-Fetch-Site name that site |
| a script of another site calls | its browser asks first (OPTIONS), and is refused; no answer allows another origin |
| another name leads to this machine (DNS rebinding) | Host |
| a token is guessed, or that of an earlier run | 128 random bits for each run, compared in constant time |
| a page is framed, or loaded as a script | Sec-Fetch-*, X-Frame-Options, nosniff, Cross-Origin-Resource-Policy |
| a body without end, or shorter than it says | what is read is bounded by what was announced, and that by a limit |
| JSON that is deep, huge or of another shape | one sentence, and nothing is written |
"""

import json
import socket
import threading

import pytest

from generator.preview.server import open_server
from generator.writing.application import Writer
from tests.clocks import STOPPED
from tests.writing.conftest import OURS, PORT, WEEK, Editor, letter

SAVE = {"text": WEEK, "language": "nl", "fields": {}, "body": "Van een ander.\n"}


def forge(editor: Editor, **headers: str) -> int:
    """A save that would be right, but for its headers; its status."""
    body = json.dumps(SAVE | {"base": editor.open()["digest"]}).encode()
    return editor.ask(f"{editor.writer.base}save", "POST", body, **headers).status


def test_a_page_of_ours_may_write(editor):
    right = {"HTTP_ORIGIN": OURS, "HTTP_SEC_FETCH_SITE": "same-origin", "CONTENT_TYPE": "application/json"}
    assert forge(editor, **right) == 200
    assert letter(editor.root).read_text().endswith("Van een ander.\n")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_ORIGIN": "https://example.net"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": ""},
        {"HTTP_ORIGIN": f"http://127.0.0.1:{PORT + 1}"},
        {"HTTP_ORIGIN": f"https://127.0.0.1:{PORT}"},
        {"HTTP_ORIGIN": f"{OURS}.example.net"},
        {"HTTP_ORIGIN": f"{OURS}/"},
        {"HTTP_ORIGIN": f"{OURS}, {OURS}"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": OURS, "HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": OURS, "HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "https://example.net", "HTTP_SEC_FETCH_SITE": "same-origin"},
        {"HTTP_ORIGIN": OURS, "HTTP_HOST": f"example.net:{PORT}"},
        {"HTTP_ORIGIN": f"http://example.net:{PORT}", "HTTP_HOST": f"example.net:{PORT}"},
    ],
)
def test_another_site_cannot_write(attacked, headers):
    assert forge(attacked, CONTENT_TYPE="application/json", **headers) == 403


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/octet-stream",
        "application/jsonp",
    ],
)
def test_what_a_form_can_send_is_refused(attacked, kind):
    headers = {"HTTP_ORIGIN": OURS, "HTTP_SEC_FETCH_SITE": "same-origin", "CONTENT_TYPE": kind}
    assert forge(attacked, **headers) == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_else_is_allowed(attacked, method):
    headers = {
        "HTTP_ORIGIN": OURS,
        "CONTENT_TYPE": "application/json",
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "POST",
    }
    answer = attacked.ask(f"{attacked.writer.base}save", method, b"{}", **headers)
    assert answer.status == 405
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_no_answer_allows_another_origin(attacked):
    for answer in (attacked.get("texts"), attacked.call("open", text=WEEK), attacked.ask("/write/about")):
        assert answer.status == 200
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


# --- The token ---


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "{short}",
        "{token}0",
        "{upper}",
        f"{0:032}",
        "{short}é",
        "%{token}",
        "../write/{token}",
        "/{token}",
    ],
)
def test_a_wrong_token_gets_nothing(attacked, wrong):
    token = attacked.writer.token
    wrong = f"/write/{wrong.format(token=token, short=token[:-1], upper=f'A{token[1:]}')}/"
    for path in ("", f"{WEEK}/", "texts", "assets/write.js", f"{WEEK}/frames/nl/letter-light.html"):
        answer = attacked.ask(f"{wrong}{path}")
        assert answer.status == 404
        assert attacked.writer.token.encode() not in answer.content
    headers = {"HTTP_ORIGIN": OURS, "CONTENT_TYPE": "application/json"}
    answer = attacked.ask(f"{wrong}save", "POST", json.dumps(SAVE).encode(), **headers)
    assert answer.status in {404, 405}


def test_each_run_has_a_token_of_its_own(sample):
    first, second = Writer(sample, STOPPED), Writer(sample, STOPPED)
    assert first.token != second.token
    assert len(bytes.fromhex(first.token)) == 16


def test_nobody_learns_the_token_without_it(attacked):
    for path in ("/", "/write", "/write/", "/write/about", "/preview/", "/favicon.ico", "/robots.txt"):
        answer = attacked.ask(path)
        assert attacked.writer.token.encode() not in answer.content
        assert attacked.writer.token not in str(answer.headers)
        assert str(attacked.root).encode() not in answer.content


# --- Bodies ---


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"text":' * 50_000,
        b'{"text": NaN}',
        b'{"text": 1e999}',
        b'{"text": ' + b"9" * 5_000 + b"}",
        b'{"text": ["2026-W47"]}',
        b'{"text": null}',
        json.dumps({"text": WEEK, "language": "nl", "base": 5, "fields": [], "body": {}}).encode(),
        json.dumps(SAVE | {"base": None}).encode(),
        json.dumps(SAVE | {"base": "", "fields": {"title": ["x"]}}).encode(),
    ],
)
def test_json_of_another_shape_is_one_sentence(attacked, body):
    for call in ("save", "resolve", "open", "check", "changes", "version", "facts", "links", "hand", "proof"):
        answer = attacked.post(call, body)
        if answer.status != 200:  # `open` and `check` need no more than a text
            assert answer.status in {400, 404, 409}, (call, answer.content)
            assert answer.message


@pytest.mark.parametrize("call", ["", "nothing", "save/", "../save", "assets/write.js", "__class__", "texts"])
def test_an_unknown_call_is_refused(attacked, call):
    assert attacked.post(call, b"{}").status in {404, 405}


@pytest.mark.parametrize("length", ["", "-1", "x", "1e3", "99999999999999999999", "0x10"])
def test_a_length_that_is_none_is_refused(attacked, length):
    assert attacked.post("save", b"{}", CONTENT_LENGTH=length).status in {400, 411, 413}


def test_a_call_that_is_too_large_is_refused(attacked):
    answer = attacked.post("save", b'{"text": "' + b"x" * 7_000_000 + b'"}')
    assert answer.status == 413
    assert answer.message


def test_a_body_that_stops_halfway_writes_nothing(sample):
    """Over a real socket: the browser dies in the middle of a save."""
    editor = Editor(sample)
    server = open_server(editor.writer, 0, editor.writer.base)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    before = letter(sample).read_bytes()
    try:
        ours = f"127.0.0.1:{server.server_port}"
        body = json.dumps(SAVE | {"base": editor.open()["digest"]}).encode()
        head = (
            f"POST {editor.writer.base}save HTTP/1.1\r\nHost: {ours}\r\nOrigin: http://{ours}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
            connection.sendall(head + body[: len(body) // 2])
            connection.shutdown(socket.SHUT_WR)
            assert b" 400 " in connection.recv(1000).partition(b"\r\n")[0]
        assert letter(sample).read_bytes() == before
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
            connection.sendall(head + body)
            assert b" 200 " in connection.recv(1000).partition(b"\r\n")[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert letter(sample).read_text().endswith("Van een ander.\n")


# --- Pages and files ---


@pytest.mark.parametrize(
    "path",
    [
        "assets/../page.html",
        "assets/page.html",
        "assets/..%2fpage.html",
        "assets//etc/passwd",
        "assets/codemirror/package.json",
        "assets/codemirror",
        "assets/",
        "assets/.",
        "assets/codemirror-licenses.txt/x",
        "assets/\x00",
        f"{WEEK}/frames/nl/../../../settings.toml",
        f"{WEEK}/frames/de/letter-light.html",
        f"{WEEK}/frames/nl/letter-pink.html",
        f"{WEEK}/frames/",
        f"{WEEK}/nl.md",
        "2026-W99/",
        "thoughts/referral/",
        "thoughts/",
        "../../etc/passwd",
        "settings.toml",
    ],
)
def test_a_path_is_looked_up_and_never_opened(attacked, path):
    answer = attacked.get(path)
    assert answer.status == 404
    assert b"root:" not in answer.content


def test_a_language_that_is_asked_for_is_one_of_ours(attacked):
    for asked in ("xx", "%0d%0aSet-Cookie: a=b", "../nl", "nl; Domain=example.net"):
        answer = attacked.get(f"texts?in={asked}")
        assert answer.status in {200, 302}
        cookie = answer.headers.get("Set-Cookie", "")
        assert not [part for part in ("\n", "Domain", "a=b") if part in cookie]
    for cookie in ("write-in=xx", "write-in=<script>", '"', "a" * 10_000, "write-in=nl; write-in=en"):
        answer = attacked.get("texts", HTTP_COOKIE=cookie)
        assert answer.status == 200
        assert b"<script>" not in answer.content.partition(b"</head>")[2]


def test_a_text_is_never_markup_of_the_page(editor):
    """A title may come from anybody's branch; the page that lists it is not its document."""
    nasty = '</title><img src="x" onerror="alert(1)"><script>alert(1)</script>'
    assert editor.save(title=nasty).status == 200
    for page in ("texts", "plan", f"{WEEK}/", "problems"):
        answer = editor.get(page)
        assert answer.status == 200
        assert b'<img src="x"' not in answer.content
        assert b"<script>alert" not in answer.content
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
