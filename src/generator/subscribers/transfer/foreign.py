"""Exports of other services → what is to be put on our list.

The columns are those that these services wrote in 2024 to 2026; a file with others is refused, see columns. What we
have no place for (names, tags, opens, clicks, places on the map) is not taken along: less is kept, and less can leak.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from generator.errors import TableError
from generator.model import Consent, NewSubscriber, Status, Step
from generator.subscribers.list.networks import shorten_address
from generator.subscribers.transfer.formats import COLUMNS, RowError, read_address, read_person, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.subscribers.transfer.formats import Defaults


@dataclass(frozen=True, slots=True)
class Origin:
    """A program whose export we read."""

    name: str
    """As `--from` knows it."""
    title: str
    wrote: Callable[[frozenset[str]], bool]
    """Whether a file with these columns comes from there."""
    read: Callable[[Mapping[str, Any], Defaults, Status | None], NewSubscriber]
    """A row, and what the file as a whole or the operator says of its rows. Raises RowError."""
    find_status: Callable[[str, frozenset[str], Status | None], Status | None]
    """Where the people in a file stand, by its name, its columns and what the operator says. Raises TableError."""
    columns: frozenset[str]
    """Those that it writes, in lower case: their meaning is known, or does not matter."""
    open: bool = False
    """Whether it also writes columns that the owner of a list has made."""
    addresses: frozenset[str] = frozenset()
    """Names of the column with the address, when a file may have only one of them."""
    lost: str = ""
    """What of it we do not keep."""
    proves: bool = False
    """Whether its consents prove anything: only ours do."""


def find_origin(columns: tuple[str, ...], name: str = "") -> Origin:
    """Where a file comes from, by its columns or by what the operator says. Raises TableError."""
    if name:
        return next(origin for origin in ORIGINS if origin.name == name)
    if not columns:
        return OURS  # an empty list, or nothing but rows that cannot be read, which will be said of each
    for origin in (*ORIGINS[1:], OURS):  # many have a column “email”
        if origin.wrote(frozenset(columns)):
            return origin
    raise TableError(
        "does not begin with known column names; expected a column “address”, or an export of "
        + ", ".join(origin.title for origin in ORIGINS[1:])
    )


# --- Cells ------------------------------------------------------------------------------------------------------------

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?(?: [A-Z]+)?"
)


def _find_time(cells: Mapping[str, Any], *names: str) -> datetime | None:
    """The first of these columns with a time: ISO 8601, or as PHP, Go and PostgreSQL write it; UTC without a zone."""
    for name in names:
        if text := str(cells.get(name) or "").strip():
            try:
                return _parse_time(text)
            except (ValueError, OverflowError):
                raise RowError(
                    f"{name} is {shorten(text)}; expected a time like 2026-11-23 18:00:00 "
                    "(a spreadsheet may have changed it; use the original file)"
                ) from None
    return None


def _parse_time(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, fraction, zone = found.groups()
    moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
    moment = moment.replace(microsecond=int((fraction or "").ljust(6, "0")), tzinfo=_find_zone(zone))
    return moment.astimezone(UTC)


def _find_zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    sign, digits = (-1 if text[0] == "-" else 1), text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)))


def _find_language(cells: Mapping[str, Any], defaults: Defaults, *columns: str) -> Defaults:
    """With the language that a column or a JSON object in one says: nl, nl_NL, Dutch, Nederlands; if any does."""
    for column in columns:
        found = cells.get(column)
        if isinstance(found, str) and found.lstrip().startswith("{"):
            try:
                found = json.loads(found)
            except (ValueError, RecursionError):
                continue
        if isinstance(found, dict):
            found = next((found[name] for name in ("language", "lang", "locale") if name in found), None)
        word = re.match(r"[a-z]*", str(found or "").strip().lower())
        if word and word[0] in defaults.called:
            return replace(defaults, language=defaults.called[word[0]])
    return defaults


def _make(
    cells: Mapping[str, Any],
    address: str,
    status: Status,
    defaults: Defaults,
    steps: Mapping[Step, tuple[datetime | None, str, Any]],
) -> NewSubscriber:
    """A person with the steps that have a time: step → (when, which column says so, the address on the network)."""
    consents = sorted(
        (
            Consent(step, moment, source, shorten_address(str(ip)))
            for step, (moment, source, ip) in steps.items()
            if moment
        ),
        key=lambda consent: consent.at,
    )
    moments = [consent.at for consent in consents]
    return NewSubscriber(
        address=read_address(cells.get(address)),
        language=defaults.language,
        certainties=(),
        status=status,
        created=min([*moments, defaults.now]),
        changed=max(moments, default=defaults.now),
        consents=tuple(consents),
    )


def _no_status(_: str, __: frozenset[str], said: Status | None) -> Status | None:
    return said


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Our own ----------------------------------------------------------------------------------------------------------


def _read_ours(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    if status and not cells.get("status"):
        cells = {**cells, "status": status.value}
    if not cells.get("status", "none"):
        raise RowError("status is empty; fill it in, or set it for such rows with --status")
    return read_person(cells, defaults)


_ADDRESSES = frozenset({"address", "email"})

OURS = Origin(
    "ours",
    "this program",
    lambda columns: bool(columns & _ADDRESSES),
    _read_ours,
    _no_status,
    columns=_ADDRESSES.union(COLUMNS),
    addresses=_ADDRESSES,
    proves=True,
)


# --- Mailchimp --------------------------------------------------------------------------------------------------------

_MAILCHIMP_ADDRESS = ("email address", "email", "e-mailadres", "e-mail address", "e-mail", "emailadres")
"""The only column that the owner of an audience can give another name."""


def _read_mailchimp(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    address = next((name for name in _MAILCHIMP_ADDRESS if name in cells), "")
    steps = {
        Step.ASKED: (_find_time(cells, "optin_time"), "Mailchimp: OPTIN_TIME", cells.get("optin_ip")),
        # Also the time at which an operator put somebody on the list: it proves nothing by itself.
        Step.IMPORTED: (
            _find_time(cells, "confirm_time"),
            "Mailchimp: CONFIRM_TIME",
            cells.get("confirm_ip"),
        ),
        Step.WITHDRAWN: (_find_time(cells, "unsub_time"), "Mailchimp: UNSUB_TIME", None),
    }
    defaults = _find_language(cells, defaults, "language", "taal")
    return _make(cells, address, status or Status.CONFIRMED, defaults, steps)


def _find_mailchimp_status(name: str, columns: frozenset[str], said: Status | None) -> Status:
    if not columns & set(_MAILCHIMP_ADDRESS):
        raise TableError(f"has no column with the address; expected one of: {', '.join(_MAILCHIMP_ADDRESS)}")
    if name.startswith("nonsubscribed"):
        raise TableError(
            "holds people who never subscribed, according to its name; there is nothing to import"
        )
    for sign, status in (
        ("unsub_time" in columns or name.startswith("unsubscribed"), Status.UNSUBSCRIBED),
        ("clean_time" in columns or name.startswith("cleaned"), Status.BOUNCED),
        (name.startswith("subscribed"), Status.CONFIRMED),
    ):
        if sign and said not in {None, status}:
            raise TableError(
                f"holds people who are {status}, according to its name or its columns; leave --status out"
            )
        if sign:
            return status
    if said:
        return said
    raise TableError(
        "is an export of Mailchimp, whose file name says the status of its subscribers "
        "(subscribed_…, unsubscribed_…, cleaned_…); restore the original name, or add --status"
    )


MAILCHIMP = Origin(
    "mailchimp",
    "Mailchimp",
    lambda columns: {"leid", "euid"} <= columns or {"member_rating", "optin_time"} <= columns,
    _read_mailchimp,
    _find_mailchimp_status,
    columns=_words(
        "member_rating optin_time optin_ip confirm_time confirm_ip latitude longitude gmtoff dstoff timezone cc region "
        "last_changed leid euid notes tags source unsub_time unsub_campaign_title unsub_campaign_id unsub_reason "
        "unsub_reason_other clean_time clean_campaign_title clean_campaign_id"
    ).union(_MAILCHIMP_ADDRESS),
    open=True,  # names, birthdays and whatever else a form asks for
    lost="names and other fields, ratings, tags, notes, places and time zones",
)


# --- Buttondown -------------------------------------------------------------------------------------------------------

_BUTTONDOWN = {
    Status.CONFIRMED: "regular premium trialed gifted churning churned paused past_due",
    Status.UNCONFIRMED: "unactivated unpaid",
    Status.UNSUBSCRIBED: "unsubscribed removed blocked disabled spammy",
    Status.BOUNCED: "undeliverable",
    Status.COMPLAINED: "complained",
}
_BUTTONDOWN_TYPES = {name: status for status, names in _BUTTONDOWN.items() for name in names.split()}


def _read_buttondown(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    kind = str(cells.get("subscriber_type") or cells.get("type") or "").strip().lower().replace(" ", "_")
    found = _BUTTONDOWN_TYPES.get(kind) if kind else status
    if found is None:
        raise RowError(f"the type is {shorten(kind)}; expected {', '.join(_BUTTONDOWN_TYPES)}")
    asked = _find_time(cells, "subscription_date", "creation_date")
    withdrawn = _find_time(cells, "unsubscription_date")
    steps = {
        Step.ASKED: (asked, "Buttondown: subscription", cells.get("ip_address")),
        Step.IMPORTED: (_find_time(cells, "confirmation_date"), "Buttondown: confirmation", None),
        Step.WITHDRAWN: (withdrawn, "Buttondown: unsubscription", None),
    }
    address = "email_address" if "email_address" in cells else "email"
    return _make(cells, address, found, _find_language(cells, defaults, "metadata", "language"), steps)


BUTTONDOWN = Origin(
    "buttondown",
    "Buttondown",
    lambda columns: (
        bool(columns & {"email", "email_address"} and columns & {"subscriber_type", "type"})
        and "creation_date" in columns
    ),
    _read_buttondown,
    _no_status,
    # All that is about leaving or bouncing is in the type as well.
    columns=_words(
        "id secondary_id email email_address notes metadata tags subscriber_type type source language ip_address "
        "referrer_url referral_code avatar_url utm_campaign utm_medium utm_source creation_date subscription_date "
        "confirmation_date unsubscription_date unsubscription_reason undeliverability_date undeliverability_reason "
        "churn_date upgrade_date last_open_date last_click_date transitions risk_score stripe_coupon stripe_customer "
        "stripe_customer_id subscriber_import_id"
    ),
    addresses=frozenset({"email", "email_address"}),
    lost="notes, metadata, tags, payments, opens and clicks",
)


# --- Substack ---------------------------------------------------------------------------------------------------------


def _read_substack(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    disabled = str(cells.get("email_disabled") or "false").strip().lower()
    if disabled not in {"true", "false"}:
        raise RowError("email_disabled is neither true nor false")
    found = Status.UNSUBSCRIBED if disabled == "true" else status or Status.CONFIRMED
    steps = {Step.ASKED: (_find_time(cells, "created_at"), "Substack: created_at", None)}
    return _make(cells, "email", found, defaults, steps)


def _find_substack_status(_: str, columns: frozenset[str], said: Status | None) -> Status | None:
    if "email_disabled" not in columns and said is None:
        raise TableError(
            "does not say who turned off mail; use email_list….csv from Substack's Settings, Export, or add --status"
        )
    return said


SUBSTACK = Origin(
    "substack",
    "Substack",
    lambda columns: (
        "email" in columns
        and ("active_subscription" in columns or {"subscription type", "activity"} <= columns)
    ),
    _read_substack,
    _find_substack_status,
    columns=_words(
        "email name active_subscription expiry plan email_disabled prefer_digests created_at first_payment_at activity"
    )
    | {"subscription type", "subscription date", "start date"},
    lost="names, plans and payments, reading and sharing",
)


# --- listmonk ---------------------------------------------------------------------------------------------------------


def _read_listmonk(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    state = str(cells.get("status") or "").strip().lower()
    if state not in {"enabled", "disabled", "blocklisted"}:
        raise RowError("the status is unknown; expected enabled, disabled, blocklisted")
    found = status if state == "enabled" and status else Status.UNSUBSCRIBED
    steps = {Step.ASKED: (_find_time(cells, "created_at"), "listmonk: created_at", None)}
    return _make(cells, "email", found, _find_language(cells, defaults, "attributes"), steps)


def _find_listmonk_status(_: str, __: frozenset[str], said: Status | None) -> Status:
    if said is None:
        raise TableError(
            "is an export of listmonk, which does not say who unsubscribed; export subscribed and unsubscribed people "
            "separately (filter by subscription status), and set their status with --status"
        )
    return said


LISTMONK = Origin(
    "listmonk",
    "listmonk",
    lambda columns: {"uuid", "email", "status", "attributes"} <= columns,
    _read_listmonk,
    _find_listmonk_status,
    columns=_words("uuid email name attributes status created_at updated_at"),
    lost="names, attributes and lists",
)

ORIGINS = (OURS, MAILCHIMP, BUTTONDOWN, SUBSTACK, LISTMONK)
