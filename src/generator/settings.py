"""`newsletter/settings.toml` → Settings: names, addresses and times that an operator sets once."""

from __future__ import annotations

import re
import shlex
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationInfo, create_model, field_validator

from generator.errors import ContentError
from generator.model import Language, Languages, Message, Problem, Severity, Week, Window, is_lesson_day
from generator.reading import Fields, Line, Words, parse_fields, read_text, show_value
from generator.syntax import explain_toml
from generator.urls import explain_url
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "newsletter/settings.toml"
"""Where the settings stand, below the root of the project."""

TRIAL = "http://127.0.0.1:8001/"
"""Where `newsletter serve` listens when it is started without options."""

EVERY_DOMAIN = "*"
"""In the limits: each domain that has none of its own."""

_SPANS = {"a minute": timedelta(minutes=1), "an hour": timedelta(hours=1), "a day": timedelta(days=1)}

_Hours: TypeAlias = tuple[time, time]
_HOURS = (time(7), time(10))


@dataclass(frozen=True, slots=True)
class Channel:
    """The site and the letter in one language."""

    site_name: str
    description: str
    tagline: str


@dataclass(frozen=True, slots=True)
class Article:
    """The article that the playbook grew out of."""

    title: str
    author: str
    author_url: str
    """The site of the author; empty for none."""
    publication: str
    """Where it was published first; empty for nowhere."""
    url: str
    """Where the article itself is; empty when nobody knows."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes the site and the letter: the controller of personal data (article 13 of the GDPR).

    The postal address is that of the sender. A value may be a placeholder, see is_placeholder.
    """

    name: str
    kvk: str
    """The number at the Chamber of Commerce; empty for who has none."""
    email: str
    """For questions about the site and personal data; empty when they go where replies go: see Settings.contact."""
    editors: tuple[str, ...]
    """Who writes and edits."""
    replies: str
    """Who answers replies to the letter."""
    article: Article | None


class HookForm(StrEnum):
    """What a web hook is sent."""

    JSON = "json"
    SLACK = "slack"
    NTFY = "ntfy"


@dataclass(frozen=True, slots=True)
class Alerts:
    """Who is told when something is wrong. Web addresses are secrets, and stand in the environment."""

    mail: str = ""
    """Empty for no mail."""
    hook: HookForm = HookForm.JSON


@dataclass(frozen=True, slots=True)
class Backup:
    """Where back-ups of the list go, and how many are kept."""

    folder: str = ""
    """Below the root of the project; empty for `backup`, beside the list."""
    keep: int = 168
    """A week, with one each hour."""
    command: tuple[str, ...] = ()
    """The words of a command that takes a back-up to another machine, with FILE for its name; empty for none."""


@dataclass(frozen=True, slots=True)
class BookEdition:
    """Which edition of the playbook as a book the texts are."""

    number: int
    day: date


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
    """How many letters a feed has at least: see render.feed.history."""
    sender_name: str
    sender_address: str
    reply_to: str
    unsubscribe: str
    list_id: str
    postal: str
    publisher: Publisher
    languages: Languages
    channels: Mapping[Language, Channel]
    skip: frozenset[Week] = frozenset()
    """The weeks that have no letter: see skips."""
    service_url: str = ""
    """Where `newsletter serve` is reached, ending in a slash; empty when readers subscribe by feed only."""
    bounces: str = ""
    """Where mail comes back to, with a tag after a plus; empty when the relay keeps that to itself."""
    window: _Hours = _HOURS
    """On the Friday, in `timezone`: from when and until when a letter may leave."""
    rate: float = 0.0
    """Letters a second at most; 0 for as many as the relay takes."""
    domains: Mapping[str, dict[timedelta, int]] = field(default_factory=dict)
    """Letters at most in each span of time, by receiving domain, or EVERY_DOMAIN."""
    warm_up: date | None = None
    """The first day of a sending address that nobody knows yet: see delivery.timing.limits."""
    dkim: tuple[str, str] = ("", "")
    """Selector and domain when we sign ourselves; empty when the relay does, as most do."""
    dkim_ed25519: str = ""
    """Selector of the second key, with which we sign too; empty when there is none."""
    alerts: Alerts = Alerts()
    security: str = ""
    """Where people report a security hole, for security.txt; empty when there is none."""
    backup: Backup = Backup()
    """What becomes of back-ups."""
    welcome: bool = True
    """Whether who confirms gets the newest letter at once."""
    course: _Hours | None = None
    """From Monday to Thursday, in `timezone`: from when and until when a lesson of the course may leave; None when
    lessons are not mailed."""
    book: BookEdition | None = None
    """None where no book is made."""

    @property
    def contact(self) -> str:
        """Where questions about the site and personal data go."""
        return self.publisher.email or self.reply_to

    def url(self, language: Language, path: str = "") -> str:
        """The absolute address of a path below a language's folder."""
        return f"{self.site_url}{self.languages.prefix(language)}{path}"

    def page_url(self, language: Language, page: str) -> str:
        """The absolute address of a Markdown page: `archive/2026-W48.md` is served at `archive/2026-W48/`."""
        path = re.sub(r"(^|/)index\.md$", r"\1", page)
        return self.url(language, path.removesuffix(".md") + "/" if path.endswith(".md") else path)

    def send_time(self, week: Week) -> datetime:
        """When the letter of a week goes out."""
        return datetime.combine(week.friday, self.time, self.timezone)

    def send_window(self, week: Week) -> Window:
        """From when and until when the letter of a week may leave, whatever the clocks do that day."""
        return self._make_window(week.friday, self.window)

    def _make_window(self, day: date, hours: _Hours) -> Window:
        opens, closes = (datetime.combine(day, at, self.timezone) for at in hours)
        start, end = opens.astimezone(UTC), closes.astimezone(UTC)
        # A clock that leaps within the window may make nothing of it; then it is as long as on any other day.
        return Window(start, end if start < end else start + (closes - opens))

    def lesson_window(self, day: date) -> Window | None:
        """From when and until when lessons of the course may leave on a day; None when none do."""
        if self.course is None or not is_lesson_day(day):
            return None
        return self._make_window(day, self.course)

    def start_of_day(self, moment: datetime) -> datetime:
        """When the day of a moment began here, in UTC."""
        day = moment.astimezone(self.timezone).date()
        return datetime.combine(day, time(), self.timezone).astimezone(UTC)

    def skips(self, week: Week) -> bool:
        """Whether a week has no letter, because the settings say so."""
        return week in self.skip

    def next_friday(self, now: datetime) -> Week:
        """The week whose time to send comes next, whether it has a letter or is skipped."""
        week = Week.of(now.astimezone(self.timezone).date())
        return week if now < self.send_time(week) else week.next()

    def coming_week(self, now: datetime) -> Week:
        """The week of the next letter that is still to go out; a week that is skipped has none."""
        week = self.next_friday(now)
        while self.skips(week):
            week = week.next()
        return week

    def last_year(self, now: datetime) -> int:
        """The year after this one; a letter that is dated later has a slip in its date."""
        return now.astimezone(self.timezone).year + 1


def _https(url: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~%-]+)*/", url):
        raise ValueError(Message("is {}", show_value(url)))
    if trouble := explain_url(url):
        raise ValueError(Message("is {}, which {}", show_value(url), trouble))
    return url


_ATOM = "[A-Za-z0-9_+-]+"
_PART = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_PART}(\.{_PART})+"
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 253
"""Characters before and after the @ (RFC 5321, 4.5.3.1)."""


def _address(address: str) -> str:
    # The addresses of an operator, not of strangers: ASCII, one @, a domain with a dot. Anything odder is a slip.
    local, _, domain = address.partition("@")
    sound = re.fullmatch(rf"{_ATOM}(\.{_ATOM})*", local) and re.fullmatch(_DOMAIN, domain)
    if not sound or len(local) > _LONGEST_LOCAL or len(domain) > _LONGEST_DOMAIN:
        raise ValueError(Message("is {}", show_value(address)))
    return address


_ROOM = 11
"""What a tag and a plus leave of the 64 characters before the @ (RFC 5321, 4.5.3.1.1)."""


def _returns(address: str) -> str:
    local, _, _ = _address(address).partition("@")
    if len(local) > _ROOM or "+" in local:
        raise ValueError(Message("is {}", show_value(address)))
    return address


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError(Message("is {}", show_value(text)))
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(Message("is {}", show_value(name))) from None
    return name


def _authority(text: str) -> str:
    # It is in the ids of all entries for ever, so a slip here cannot be mended later.
    domain, _, year = text.partition(",")
    if not re.fullmatch(_DOMAIN, domain) or not re.fullmatch("(19|20)[0-9]{2}", year) or text != text.lower():
        raise ValueError(Message("is {}", show_value(text)))
    return text


def _list_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text):
        raise ValueError(Message("is {}", show_value(text)))
    return text


def _label(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", text):
        raise ValueError(Message("is {}", show_value(text)))
    return text


def _quotas(domains: dict[str, str]) -> dict[str, str]:
    for domain, text in domains.items():
        if domain != EVERY_DOMAIN and not (re.fullmatch(_DOMAIN, domain) and domain == domain.lower()):
            raise ValueError(
                Message(
                    "has the key {}, which is neither a domain nor “{}”", show_value(domain), EVERY_DOMAIN
                )
            )
        if not _read_quota(text):
            raise ValueError(Message("has {} for {}", show_value(text), domain))
    return domains


def _read_quota(text: str) -> dict[timedelta, int]:
    """`20 a minute, 500 an hour` → how many in which span; empty when it is not understood."""
    quota = {}
    for part in text.split(","):
        found = re.fullmatch(r"\s*([1-9]\d{0,8}) (a minute|an hour|a day)\s*", part, re.ASCII)
        if found is None or _SPANS[found[2]] in quota:
            return {}
        quota[_SPANS[found[2]]] = int(found[1])
    return quota


def _weeks(weeks: list[str]) -> list[str]:
    for week in weeks:
        try:
            Week.parse(week)
        except ValueError:
            raise ValueError(Message("contains {}, which is not a week", show_value(week))) from None
    return weeks


def _form(text: str) -> str:
    if text not in set(HookForm):
        raise ValueError(Message("is {}", show_value(text)))
    return text


def is_placeholder(text: str) -> bool:
    """Whether a value of [publisher] stands in angle brackets, and is still to be filled in."""
    return text.startswith("<") and text.endswith(">")


def _kvk(text: str) -> str:
    if not is_placeholder(text) and not re.fullmatch("[0-9]{8}", text):
        raise ValueError(Message("is {}", show_value(text)))
    return text


def _page(url: str) -> str:
    if not re.match("https?://", url):
        raise ValueError(Message("is {}", show_value(url)))
    if trouble := explain_url(url):
        raise ValueError(Message("is {}, which {}", show_value(url), trouble))
    return url


Address = Annotated[Line, AfterValidator(_address)]


class _Site(Fields):
    url: Annotated[Line, AfterValidator(_https)] = Field(
        description=Message("an address like https://example.org/, with a final slash")
    )
    id_authority: Annotated[Line, AfterValidator(_authority)] = Field(
        description=Message("a domain and a year, like example.org,2026")
    )
    offline: bool = Field(default=True, description=Message("true or false"))
    security: Address | None = Field(
        default=None, description=Message("an email address, like security@example.org")
    )


class _Letter(Fields):
    name: Line = Field(description=Message("the name of the letter"))
    time: Annotated[Line, AfterValidator(_clock)] = Field(description=Message("a time of day, like 06:00"))
    timezone: Annotated[Line, AfterValidator(_zone)] = Field(
        description=Message("a time zone, like Europe/Amsterdam")
    )
    feed_issues: int = Field(ge=1, le=100, description=Message("a whole number from 1 to 100"))
    skip: Annotated[Words, AfterValidator(_weeks)] = Field(
        default_factory=list, description=Message('the weeks without a letter, like ["2026-W53", "2027-W01"]')
    )
    welcome: bool = Field(default=True, description=Message("true or false"))


class _Sender(Fields):
    name: Line = Field(description=Message("who sends the letter"))
    address: Address = Field(description=Message("an email address, like letter@example.org"))
    reply_to: Address = Field(description=Message("an email address, like post@example.org"))
    unsubscribe: Address = Field(description=Message("an email address, like unsubscribe@example.org"))
    list_id: Annotated[Line, AfterValidator(_list_id)] = Field(
        description=Message("a permanent name, like letter.example.org")
    )
    postal: Line = Field(description=Message("the postal address of the sender, on one line"))
    bounces: Annotated[Line, AfterValidator(_returns)] | None = Field(
        default=None,
        description=Message(
            "an email address like bounce@example.org, with at most 11 characters and no plus before the @"
        ),
    )


class _Article(Fields):
    title: Line = Field(description=Message("the title of the article"))
    author: Line = Field(description=Message("who wrote the article"))
    author_url: Annotated[Line, AfterValidator(_page)] | None = Field(
        default=None, description=Message("the address of the author's site, like https://example.org/")
    )
    publication: Line = Field(
        default="", validate_default=False, description=Message("where the article was published first")
    )
    url: Annotated[Line, AfterValidator(_page)] | None = Field(
        default=None, description=Message("the address of the article, like https://example.org/article")
    )


class _Publisher(Fields):
    name: Line = Field(
        description=Message("the name of the firm or person that publishes the site and the letter")
    )
    kvk: Annotated[Line, AfterValidator(_kvk)] | None = Field(
        default=None, description=Message("a number of the Chamber of Commerce, with eight digits")
    )
    email: Address | None = Field(
        default=None, description=Message("an email address, like privacy@example.org")
    )
    editors: Words = Field(
        min_length=1, description=Message('the names of the editors, like ["A. Jansen", "B. Smit"]')
    )
    replies: Line = Field(description=Message("the name of who answers replies to the letter"))
    article: _Article | None = Field(default=None, description=Message("the table [publisher.article]"))


def _later(until: str, info: ValidationInfo) -> str:
    # What is wrong with “from” is said already, and then it is not here.
    if until <= info.data.get("opens", ""):
        raise ValueError(Message("is {}, which is not after “from”", show_value(until)))
    return until


class _Send(Fields):
    opens: Annotated[Line, AfterValidator(_clock)] = Field(
        default="07:00", alias="from", description=Message("a time of day, like 07:00")
    )
    until: Annotated[Line, AfterValidator(_clock)] = Field(
        default="10:00",
        validate_default=True,
        description=Message("a time of day on the same Friday, like 10:00"),
    )
    rate: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, description=Message("letters a second, or 0 for no limit")
    )
    warm_up: date | None = Field(
        default=None, description=Message("the first day, like 2026-11-27, without quotes")
    )
    domains: Annotated[dict[str, Line], AfterValidator(_quotas)] = Field(
        default_factory=dict,
        description=Message(
            'a domain in quotes and its limits, like "outlook.com" = "20 a minute, 500 an hour, 5000 a day"'
        ),
    )

    _ends_later = field_validator("until")(_later)


class _Course(Fields):
    opens: Annotated[Line, AfterValidator(_clock)] = Field(
        default="07:00", alias="from", description=Message("a time of day, like 07:00")
    )
    until: Annotated[Line, AfterValidator(_clock)] = Field(
        default="10:00",
        validate_default=True,
        description=Message("a time of day on the same day, like 10:00"),
    )

    _ends_later = field_validator("until")(_later)


def _other_key(name: str, info: ValidationInfo) -> str:
    # In the DNS, the record of each key has a name of its own (RFC 8463, 3).
    if name.lower() == info.data.get("selector", "").lower():
        raise ValueError(Message("is {}, which is “selector” too", show_value(name)))
    return name


class _Dkim(Fields):
    selector: Annotated[Line, AfterValidator(_label)] = Field(
        description=Message("the name of a key, like s1")
    )
    domain: Annotated[Line, AfterValidator(_list_id)] = Field(
        description=Message("a domain, like example.org")
    )
    ed25519: Annotated[Line, AfterValidator(_label), AfterValidator(_other_key)] | None = Field(
        default=None, description=Message("the name of a second key, like s2")
    )


class _Alerts(Fields):
    mail: Address | None = Field(
        default=None, description=Message("an email address, like operator@example.org")
    )
    hook: Annotated[Line, AfterValidator(_form)] = Field(
        default="json", description=Message("json, slack or ntfy")
    )


FILE = "{file}"
"""Stands for the name of a back-up in `backup.command`."""


def _command(text: str) -> str:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ValueError(
            Message("is {}, with a quotation mark that is not closed", show_value(text))
        ) from None
    if not any(FILE in word for word in words):
        raise ValueError(Message("is {}, without {}", show_value(text), FILE))
    return text


class _Backup(Fields):
    folder: Line = Field(default="", validate_default=False, description=Message("a folder, like var/backup"))
    keep: int = Field(default=168, ge=1, le=100_000, description=Message("a whole number from 1 to 100000"))
    command: Annotated[Line, AfterValidator(_command)] | None = Field(
        default=None, description=Message("a command with {{file}} in it, like restic backup {{file}}")
    )


class _Book(Fields):
    edition: int = Field(ge=1, description=Message("a whole number, the first edition being 1"))
    day: date = Field(
        alias="date", description=Message("the day of the edition, like 2026-12-01, without quotes")
    )


class _Service(Fields):
    url: Annotated[Line, AfterValidator(_https)] = Field(
        description=Message("an address like https://letter.example.org/, with a final slash")
    )


class _Channel(Fields):
    site_name: Line = Field(description=Message("the name of the site in this language"))
    description: Line = Field(description=Message("what the site is, in one sentence"))
    tagline: Line = Field(description=Message("what the letter is, in one sentence"))


class _Settings(Fields):
    site: _Site = Field(description=Message("the table [site]"))
    letter: _Letter = Field(description=Message("the table [letter]"))
    sender: _Sender = Field(description=Message("the table [sender]"))
    publisher: _Publisher = Field(description=Message("the table [publisher]"))
    service: _Service | None = Field(default=None, description=Message("the table [service]"))
    send: _Send = Field(default_factory=_Send, description=Message("the table [send]"))
    course: _Course | None = Field(default=None, description=Message("the table [course]"))
    dkim: _Dkim | None = Field(default=None, description=Message("the table [dkim]"))
    alerts: _Alerts = Field(default_factory=_Alerts, description=Message("the table [alerts]"))
    backup: _Backup = Field(default_factory=_Backup, description=Message("the table [backup]"))
    book: _Book | None = Field(default=None, description=Message("the table [book]"))


@lru_cache(maxsize=4)
def _make_model(languages: Languages) -> type[_Settings]:
    """The settings with a table for each language."""
    tables: dict[str, Any] = {
        one: (_Channel, Field(description=Message("the table [{}]", one))) for one in languages
    }
    return create_model("_Settings", __base__=_Settings, **tables)


def load_settings(root: Path, problems: list[Problem]) -> Settings | None:
    """Read the settings of the project in `root`, or add what is wrong with them."""
    path = root / PATH
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line, advice = explain_toml(str(error), text)
        problems.append(Problem(path, line, Message("is not TOML: {}", advice)))
        return None
    languages = load_languages(root)
    fields = parse_fields(_make_model(languages), data, path, _key_lines(text), problems)
    if fields is None:
        return None
    channels = {
        language: Channel(channel.site_name, channel.description, channel.tagline)
        for language, channel in ((language, getattr(fields, language)) for language in languages)
    }
    return Settings(
        site_url=fields.site.url,
        id_authority=fields.site.id_authority,
        offline=fields.site.offline,
        letter=fields.letter.name,
        time=time.fromisoformat(fields.letter.time),
        timezone=ZoneInfo(fields.letter.timezone),
        feed_issues=fields.letter.feed_issues,
        welcome=fields.letter.welcome,
        course=_read_hours(fields.course) if fields.course else None,
        sender_name=fields.sender.name,
        sender_address=fields.sender.address,
        reply_to=fields.sender.reply_to,
        unsubscribe=fields.sender.unsubscribe,
        list_id=fields.sender.list_id,
        postal=fields.sender.postal,
        publisher=_read_publisher(fields),
        languages=languages,
        channels=channels,
        skip=frozenset(map(Week.parse, fields.letter.skip)),
        service_url=fields.service.url if fields.service else "",
        bounces=fields.sender.bounces or "",
        window=_read_hours(fields.send),
        rate=fields.send.rate,
        domains={domain: _read_quota(text) for domain, text in fields.send.domains.items()},
        warm_up=fields.send.warm_up,
        dkim=(fields.dkim.selector, fields.dkim.domain) if fields.dkim else ("", ""),
        dkim_ed25519=(fields.dkim.ed25519 or "") if fields.dkim else "",
        alerts=Alerts(fields.alerts.mail or "", HookForm(fields.alerts.hook)),
        security=fields.site.security or "",
        backup=Backup(
            fields.backup.folder, fields.backup.keep, tuple(shlex.split(fields.backup.command or ""))
        ),
        book=BookEdition(fields.book.edition, fields.book.day) if fields.book else None,
    )


def _read_hours(fields: _Send | _Course) -> _Hours:
    return time.fromisoformat(fields.opens), time.fromisoformat(fields.until)


def _read_publisher(fields: _Settings) -> Publisher:
    found, article = fields.publisher, None
    if known := found.article:
        article = Article(
            known.title, known.author, known.author_url or "", known.publication, known.url or ""
        )
    return Publisher(
        name=found.name,
        kvk=found.kvk or "",
        email=found.email or "",
        editors=tuple(found.editors),
        replies=found.replies,
        article=article,
    )


def list_placeholders(settings: Settings) -> list[str]:
    """The keys of [publisher] that are still to be filled in."""
    publisher = settings.publisher
    values = {
        "name": (publisher.name,),
        "kvk": (publisher.kvk,),
        "editors": publisher.editors,
        "replies": (publisher.replies,),
    }
    return [f"publisher.{key}" for key, texts in values.items() if any(map(is_placeholder, texts))]


def find_placeholders(root: Path, settings: Settings) -> list[Problem]:
    """A warning for each key of [publisher] that is still to be filled in; paths are below `root`."""
    names = list_placeholders(settings)
    lines = _key_lines((root / PATH).read_text("utf-8")) if names else {}
    return [
        Problem(
            Path(PATH),
            lines.get(name),
            Message("“{}” is still a placeholder", name),
            severity=Severity.WARNING,
            remedy=Message("Fill it in: the page about who makes this tells it to every reader."),
        )
        for name in names
    ]


def read_settings(root: Path) -> Settings:
    """The settings of a project. Raises ContentError with what is wrong in them."""
    problems: list[Problem] = []
    settings = load_settings(root, problems)
    if settings is None:
        raise ContentError(problems)
    return settings


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
