"""`newsletter/settings.toml` → Settings: names, addresses and times that an operator sets once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from generator.model import Language, Problem, Week
from generator.reading import Fields, Line, parse_fields, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATH = "newsletter/settings.toml"
"""Where the settings stand, below the root of the project."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The site and the letter in one language."""

    site_name: str
    description: str
    tagline: str


@dataclass(frozen=True, slots=True)
class Settings:
    """All names, addresses and times that are not content."""

    site_url: str
    """Ends in a slash."""
    id_authority: str
    """`domain,year`, the permanent beginning of every tag URI (RFC 4151)."""
    offline: bool
    """Whether the site may be read without a network: see render.offline."""
    letter: str
    """The name of the letter, the same in every language."""
    time: time
    timezone: ZoneInfo
    feed_issues: int
    sender_name: str
    sender_address: str
    reply_to: str
    unsubscribe: str
    list_id: str
    postal: str
    channels: Mapping[Language, Channel]
    service_url: str = ""
    """Where `newsletter serve` is reached, ending in a slash; empty when readers subscribe by feed only."""

    def url(self, language: Language, path: str = "") -> str:
        """The absolute address of a path below a language's folder."""
        return f"{self.site_url}{language.prefix}{path}"

    def page_url(self, language: Language, page: str) -> str:
        """The absolute address of a Markdown page: `archive/2026-W48.md` is served at `archive/2026-W48/`."""
        path = re.sub(r"(^|/)index\.md$", r"\1", page)
        return self.url(language, path.removesuffix(".md") + "/" if path.endswith(".md") else path)

    def send_time(self, week: Week) -> datetime:
        """When the letter of a week goes out."""
        return datetime.combine(week.friday, self.time, self.timezone)

    def coming_week(self, now: datetime) -> Week:
        """The week of the next letter that is still to go out."""
        week = Week.of(now.astimezone(self.timezone).date())
        return week if now < self.send_time(week) else week.next()


def _https(url: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~%-]+)*/", url):
        raise ValueError(f"is {url!r}")
    return url


def _address(address: str) -> str:
    # The addresses of an operator, not of strangers: ASCII, one @, a domain with a dot. Anything odder is a slip.
    if not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", address):
        raise ValueError(f"is {address!r}")
    return address


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError(f"is {text!r}")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"is {name!r}") from None
    return name


def _authority(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9.-]+,[0-9]{4}", text):
        raise ValueError(f"is {text!r}")
    return text


def _list_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text):
        raise ValueError(f"is {text!r}")
    return text


Address = Annotated[Line, AfterValidator(_address)]


class _Site(Fields):
    url: Annotated[Line, AfterValidator(_https)] = Field(
        description="an address like https://example.org/, with the last slash"
    )
    id_authority: Annotated[Line, AfterValidator(_authority)] = Field(
        description="a domain and a year, like example.org,2026"
    )
    offline: bool = Field(default=True, description="true or false")


class _Letter(Fields):
    name: Line = Field(description="the name of the letter")
    time: Annotated[Line, AfterValidator(_clock)] = Field(description="a time of day, like 06:00")
    timezone: Annotated[Line, AfterValidator(_zone)] = Field(description="a time zone, like Europe/Amsterdam")
    feed_issues: int = Field(ge=1, le=100, description="a whole number from 1 to 100")


class _Sender(Fields):
    name: Line = Field(description="who sends the letter")
    address: Address = Field(description="an email address, like letter@example.org")
    reply_to: Address = Field(description="an email address, like post@example.org")
    unsubscribe: Address = Field(description="an email address, like unsubscribe@example.org")
    list_id: Annotated[Line, AfterValidator(_list_id)] = Field(
        description="a permanent name, like letter.example.org"
    )
    postal: Line = Field(description="the postal address of the sender, on one line")


class _Service(Fields):
    url: Annotated[Line, AfterValidator(_https)] = Field(
        description="an address like https://letter.example.org/, with the last slash"
    )


class _Channel(Fields):
    site_name: Line = Field(description="the name of the site in this language")
    description: Line = Field(description="what the site is, in one sentence")
    tagline: Line = Field(description="what the letter is, in one sentence")


class _Settings(Fields):
    site: _Site = Field(description="the table [site]")
    letter: _Letter = Field(description="the table [letter]")
    sender: _Sender = Field(description="the table [sender]")
    service: _Service | None = Field(default=None, description="the table [service]")
    nl: _Channel = Field(description="the table [nl]")
    en: _Channel = Field(description="the table [en]")


def load_settings(root: Path, problems: list[Problem]) -> Settings | None:
    """Read the settings of the project in `root`, or add what is wrong with them."""
    path = root / PATH
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"\(at line (\d+)", str(error))
        number = int(line[1]) if line else text.rstrip().count("\n") + 1
        problems.append(Problem(path, number, f"is not TOML: {_explain(str(error))}"))
        return None
    fields = parse_fields(_Settings, data, path, _key_lines(text), problems)
    if fields is None:
        return None
    channels = {
        language: Channel(channel.site_name, channel.description, channel.tagline)
        for language, channel in ((Language.NL, fields.nl), (Language.EN, fields.en))
    }
    return Settings(
        site_url=fields.site.url,
        id_authority=fields.site.id_authority,
        offline=fields.site.offline,
        letter=fields.letter.name,
        time=time.fromisoformat(fields.letter.time),
        timezone=ZoneInfo(fields.letter.timezone),
        feed_issues=fields.letter.feed_issues,
        sender_name=fields.sender.name,
        sender_address=fields.sender.address,
        reply_to=fields.sender.reply_to,
        unsubscribe=fields.sender.unsubscribe,
        list_id=fields.sender.list_id,
        postal=fields.sender.postal,
        channels=channels,
        service_url=fields.service.url if fields.service else "",
    )


def _explain(error: str) -> str:
    """What tomllib says, in the words of a person where we know better."""
    for beginning, words in _SLIPS.items():
        if error.startswith(beginning):
            return words
    return re.sub(r" \(at .*\)$", "", error)


_SLIPS = {
    "Cannot declare": "the table stands here a second time",
    "Cannot overwrite a value": "the key stands here a second time",
    "Illegal character '\\n'": "the quotes do not match",
    "Invalid value": 'write text in quotes, like name = "…"',
}


def _key_lines(text: str) -> dict[str, int]:
    """Where each key stands, because tomllib does not tell: `sender.address` → 15."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*\[([\w.-]+)\]", line):
            table = match[1] + "."
            lines[match[1]] = number
        elif match := re.match(r"\s*([\w-]+)\s*=", line):
            lines[table + match[1]] = number
    return lines
