"""A reader in the trial: fills in the form, and follows links in the mails that lie in var/mail/new."""

import re
import time
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import ProxyHandler, build_opener

from lxml import html

PATIENCE = 60

_OPENER = build_opener(ProxyHandler({}))


def subscribe(address: str, email: str) -> None:
    """Fill in the form of the service."""
    page = _open(address)
    _send(address, page, {"email": email})


def follow(link: str) -> None:
    """Open a link and press its button, again when the page says that this was faster than a person reads."""
    page = _open(link)
    ends = time.monotonic() + PATIENCE
    while not _send(link, page, {}):
        assert time.monotonic() < ends, f"{link} never took the button"
        time.sleep(0.5)


def find_link(project: Path, email: str, page: str) -> str:
    """The address in the newest mail to somebody that leads to a page of the service, once that mail is there.

    It stands whole on a line of the file, for whoever has no mail program.
    """
    ends = time.monotonic() + PATIENCE
    while True:
        for path in sorted((project / "var/mail/new").glob("*"), reverse=True):
            mail = BytesParser(policy=default).parsebytes(path.read_bytes())
            assert isinstance(mail, EmailMessage)
            body = mail.get_body(("plain",))
            found = re.search(rf"https?://\S+/{page}/[\w.-]*[\w-]", str(body.get_content())) if body else None
            if mail["To"] == email and found:
                assert found[0] in path.read_text("utf-8"), f"{path.name} breaks the link {found[0]}"
                return found[0]
        assert time.monotonic() < ends, f"no mail to {email} leads to {page}"
        time.sleep(0.05)


def _open(address: str) -> html.HtmlElement:
    with _OPENER.open(address, timeout=PATIENCE) as answer:
        return html.fromstring(answer.read())


def _send(address: str, page: html.HtmlElement, typed: dict[str, str]) -> bool:
    """Send the only form of a page; whether that was taken."""
    (form,) = [form for form in page.forms if form.method == "POST"]
    values = {name: value for name, value in form.form_values() if value is not None} | typed
    with _OPENER.open(
        urljoin(address, form.action or ""), urlencode(values).encode(), timeout=PATIENCE
    ) as answer:
        after = html.fromstring(answer.read())
    return not [one for one in after.forms if one.method == "POST" and one.action == form.action]
