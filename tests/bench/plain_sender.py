"""Sends letters as most programs do: a new EmailMessage for each reader, smtplib, one kept connection, and no ledger.

`python -m tests.bench.plain_sender PORT COUNT BYTES TEXT HTML`: the files hold the parts of a letter. Each reader gets
a link and a Message-ID of their own, as with ours. Prints letters a second, and the bytes of one.
"""

import argparse
import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

LINK = "https://letter.example.org/unsubscribe/"


def write_message(number: int, text: str, html: str) -> EmailMessage:
    link = f"{LINK}{number:048}"
    message = EmailMessage()
    message["From"] = "Royal Dutch Updates <letter@example.org>"
    message["To"] = f"reader{number}@example.com"
    message["Subject"] = "Één gedachte, één actie: kom je terug met korting?"
    message["Date"] = "Fri, 27 Nov 2026 07:00:00 +0100"
    message["Message-ID"] = f"<2026-w48.{number}@example.org>"
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{text}\n{link}\n")
    message.add_alternative(f'{html}\n<a href="{link}">{link}</a>\n', subtype="html")
    return message


def fit(text: str, html: str, size: int) -> str:
    """The HTML, made longer or shorter until the message has about `size` bytes."""
    for _ in range(5):
        found = len(write_message(0, text, html).as_bytes())
        length = max(1, len(html) * (size - 3500) // max(found - 3500, 1))
        html = (html * (length // len(html) + 1))[:length]
    return html


def send(port: int, count: int, text: str, html: str) -> float:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(count):
            connection.send_message(write_message(number, text, html))
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.plain_sender", description=__doc__.splitlines()[0]
    )
    parser.add_argument("port", type=int, help="port of the relay on this machine")
    parser.add_argument("count", type=int, help="number of letters to send")
    parser.add_argument("bytes", type=int, help="approximate size of a letter")
    parser.add_argument("text", type=Path, help="the file with the text part")
    parser.add_argument("html", type=Path, help="the file with the HTML part")
    asked = parser.parse_args()
    text = asked.text.read_text(encoding="utf-8")
    html = fit(text, asked.html.read_text(encoding="utf-8"), asked.bytes)
    rate = send(asked.port, asked.count, text, html)
    print(f"{rate:.1f} {len(write_message(0, text, html).as_bytes())}")
