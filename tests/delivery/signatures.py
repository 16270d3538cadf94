"""A letter, a key that signs it, and dkimpy, which says whether the signature holds."""

import subprocess
from pathlib import Path

import dkim

LETTER = (
    b"From: Letter <letter@example.org>\r\n"
    b"Reply-To: post@example.org\r\n"
    b"To: reader@example.com\r\n"
    b"Subject: =?utf-8?q?E=C3=A9n_vraag?=\r\n"
    b"Date: Fri, 27 Nov 2026 06:00:00 +0000\r\n"
    b"Message-ID: <abc@letter.example.org>\r\n"
    b"List-Id: Letter <letter.example.org>\r\n"
    b"List-Unsubscribe: <https://letter.example.org/unsubscribe/abc>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Hoi \r\n\r\n.\r\n\r\n\r\n"
)


def make_key(path: Path, *options: str, bits: int = 2048) -> Path:
    subprocess.run(["openssl", "genrsa", *options, "-out", path, str(bits)], check=True, capture_output=True)
    return path


def verify(message: bytes, record: bytes, asked: list[bytes] | None = None) -> bool:
    def look_up(name: bytes, timeout: int = 5) -> bytes:
        if asked is not None:
            asked.append(name)
        return record

    good: bool = dkim.verify(message, dnsfunc=look_up)
    return good
