"""Exports of other programs → what is to be put on our list.

The columns are those that these programs wrote in 2024 to 2026; a file with others is refused, see `unknown`. What we
have no place for (names, tags, opens, clicks, places on the map) is not taken along: less is kept, and less can leak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.errors import TableError
from generator.model import NewSubscriber, Status, Step
from generator.subscribers.transfer.formats import COLUMNS, RowError, read_person, shorten
from generator.subscribers.transfer.layouts import (
    Moments,
    Origin,
    date_of,
    find_language,
    find_time,
    lay_out,
    make_person,
    require_address,
    split_names,
    tell,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.subscribers.transfer.formats import Defaults


def find_origin(columns: tuple[str, ...], name: str = "") -> Origin:
    """Where a file comes from, by all of its columns or by what the operator says. Raises TableError.

    A file that no program is known to have written counts as ours; `unknown.check_columns` refuses it.
    """
    if name:
        return next(origin for origin in ORIGINS if origin.name == name)
    names = frozenset(columns)
    if OURS.wrote(names):
        return OURS
    found = [origin for origin in ORIGINS[1:] if origin.wrote(names)]
    if len(found) > 1:  # whoever knows all of the columns wrote them
        found = [origin for origin in found if all(map(origin.knows, columns))] or found
    if len(found) > 1:
        titles = " or ".join(origin.title for origin in found)
        raise TableError(f"may be an export of {titles}; say which with --from")
    return found[0] if found else OURS


# --- Our own ----------------------------------------------------------------------------------------------------------


def _read_ours(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    if status and not cells.get("status"):
        cells = {**cells, "status": status.value}
    if not cells.get("status", "none"):
        raise RowError("status is empty; fill it in, or set it for such rows with --status")
    said = cells.get("status")
    if isinstance(said, str) and said.strip().lower() not in set(Status):
        raise RowError(
            f"status is {shorten(said)}; expected {', '.join(Status)}; explain other words with --values"
        )
    return read_person(cells, defaults)


_ADDRESSES = frozenset({"address", "email"})
_OURS = _ADDRESSES.union(COLUMNS)

OURS = Origin(
    "ours",
    "this program",
    lambda columns: bool(columns & _ADDRESSES) and columns <= _OURS | {""},
    _read_ours,
    lambda _, __, said: said,
    columns=_OURS,
    telling=frozenset({"status"}),
    addresses=_ADDRESSES,
    proves=True,
)


# --- Mailchimp --------------------------------------------------------------------------------------------------------

_MAILCHIMP_ADDRESS = ("email address", "email", "e-mailadres", "e-mail address", "e-mail", "emailadres")
"""The only column that the owner of an audience can give another name."""


def _read_mailchimp(cells: Mapping[str, Any], defaults: Defaults, status: Status | None) -> NewSubscriber:
    address = next((name for name in _MAILCHIMP_ADDRESS if name in cells), "")
    steps = {
        Step.ASKED: (find_time(cells, "optin_time"), "Mailchimp: OPTIN_TIME", cells.get("optin_ip")),
        # Also the time at which an operator put somebody on the list: it proves nothing by itself.
        Step.IMPORTED: (
            find_time(cells, "confirm_time"),
            "Mailchimp: CONFIRM_TIME",
            cells.get("confirm_ip"),
        ),
        Step.WITHDRAWN: (find_time(cells, "unsub_time"), "Mailchimp: UNSUB_TIME", None),
    }
    defaults = find_language(cells, defaults, "language", "taal")
    return make_person(cells, address, status or Status.CONFIRMED, defaults, steps)


def _find_mailchimp_status(name: str, columns: frozenset[str], said: Status | None) -> Status:
    require_address(columns, _MAILCHIMP_ADDRESS)
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
    columns=frozenset(
        split_names(
            "member_rating|optin_time|optin_ip|confirm_time|confirm_ip|latitude|longitude|gmtoff|dstoff|timezone|cc|"
            "region|last_changed|leid|euid|notes|tags|source|unsub_time|unsub_campaign_title|unsub_campaign_id|"
            "unsub_reason|unsub_reason_other|clean_time|clean_campaign_title|clean_campaign_id"
        )
    ).union(_MAILCHIMP_ADDRESS),
    open=True,  # names, birthdays and whatever else a form asks for
    lost="names and other fields, ratings, tags, notes, places and time zones",
)


# --- Others: recognised by their columns, which say of each row where somebody stands --------------------------------

_NO, _YES = "false,0,no,nee", "true,1,yes,ja"

_TABLE = (
    lay_out(
        "buttondown",
        "Buttondown",
        headers=["subscriber type|creation date", "type|creation date"],
        address="email address|email",
        clues=[
            tell(
                "subscriber type|type",
                confirmed="regular,premium,trialed,gifted,churning,churned,paused,past_due",
                unconfirmed="unactivated,unpaid",
                unsubscribed="unsubscribed,removed,blocked,disabled,spammy",
                bounced="undeliverable",
                complained="complained",
                nothing="",
            )
        ],
        moments=Moments(
            ("subscription date", "creation date"),
            ("confirmation date",),
            ("unsubscription date",),
            "ip address",
        ),
        language="metadata|language",
        # All that is about leaving or bouncing is in the type as well.
        rest="id|secondary id|notes|tags|source|referrer url|referral code|avatar url|utm campaign|utm medium|"
        "utm source|unsubscription reason|undeliverability date|undeliverability reason|churn date|upgrade date|"
        "last open date|last click date|transitions|risk score|stripe coupon|stripe customer|stripe customer id|"
        "subscriber import id",
        lost="notes, metadata, tags, payments, opens and clicks",
    ),
    lay_out(
        "substack",
        "Substack",
        headers=["active subscription", "subscription type|activity"],
        clues=[tell("email disabled", confirmed="false,", unsubscribed="true")],
        moments=Moments(("created at",)),
        rest="name|expiry|plan|prefer digests|first payment at|subscription date|start date",
        silent="does not say who turned off mail; use email_list….csv from Substack's Settings, Export, or add "
        "--status",
        lost="names, plans and payments, reading and sharing",
    ),
    lay_out(
        "listmonk",
        "listmonk",
        headers=["uuid|status|attributes"],
        clues=[tell("status", vital=False, nothing="enabled", unsubscribed="disabled,blocklisted")],
        moments=Moments(("created at",)),
        language="attributes",
        rest="name|updated at",
        silent="is an export of listmonk, which does not say who unsubscribed; export subscribed and unsubscribed "
        "people separately (filter by subscription status), and set their status with --status",
        lost="names, attributes and lists",
    ),
    lay_out(
        "ghost",
        "Ghost",
        headers=["subscribed to emails"],
        clues=[
            tell("subscribed to emails", confirmed="true", unsubscribed="false"),
            date_of("deleted at", Status.UNSUBSCRIBED),
        ],
        moments=Moments(("created at",)),
        rest="id|name|note|complimentary plan|stripe customer id|labels|tiers",
        lost="names, notes, labels, tiers and payments",
    ),
    lay_out(
        "brevo",
        "Brevo",
        headers=["email blacklisted", "email blocklisted"],
        clues=[
            tell("email blacklisted|email blocklisted", confirmed=_NO, unsubscribed=_YES),
            tell("double opt in", vital=False, nothing=f"{_YES},", unconfirmed="false,no,nee,2"),
        ],
        moments=Moments(("added time",)),
        rest="contact id|ext id|lastname|firstname|sms|landline number|whatsapp|sms blacklisted|sms blocklisted|"
        "whatsapp blacklisted|modified time|lists",
        own=True,
        lost="names, telephone numbers, lists and other fields",
    ),
    lay_out(
        "brevo-blocklist",
        "Brevo's block list",
        headers=["reason|date"],
        clues=[
            tell(
                "reason",
                unsubscribed="unsubscribed,unsubscribed via email,unsubscribed via api,unsubscribed via ma,"
                "unsubscribedViaEmail,unsubscribedViaApi,unsubscribedViaMA,admin blocked,adminBlocked,blocked",
                bounced="hard_bounce,hard_bounced,hardBounce",
                complained="complaint,spam,spam complaint,complained,contactFlaggedAsSpam",
            )
        ],
        lost="dates",
    ),
    lay_out(
        "laposta",
        "Laposta",
        headers=["status|aangemeld op", "status|inschrijfdatum"],
        address="e mailadres|emailadres|email|e mail",
        clues=[
            tell(
                "status",
                confirmed="actief,active",
                unconfirmed="onbevestigd,niet bevestigd,unconfirmed",
                unsubscribed="uitgeschreven,afgemeld,verwijderd,unsubscribed,deleted",
                bounced="opgeschoond,cleaned",
            ),
            date_of("afgemeld op|uitgeschreven op|uitschrijfdatum", Status.UNSUBSCRIBED),
        ],
        moments=Moments(
            ("aangemeld op", "inschrijfdatum"), (), ("afgemeld op", "uitgeschreven op", "uitschrijfdatum")
        ),
        rest="voornaam|achternaam|tussenvoegsel|naam|bron|ip adres",
        own=True,
        lost="names and other fields",
    ),
    lay_out(
        "mailerlite",
        "MailerLite",
        headers=["status|signup date", "status|signup ip", "status|unsubscribe date"],
        clues=[
            tell(
                "status",
                confirmed="active",
                unconfirmed="unconfirmed",
                unsubscribed="unsubscribed,deleted",
                bounced="bounced",
                complained="junk,complained",
            ),
            date_of("unsubscribe date", Status.UNSUBSCRIBED),
        ],
        moments=Moments(("signup date",), ("confirmation date",), ("unsubscribe date",), "signup ip"),
        rest="name|last name|company|country|city|phone|zip|sent|opens|clicks|groups|location|confirmation ip",
        own=True,
        lost="names, groups, opens and clicks, and other fields",
    ),
    lay_out(
        "kit",
        "Kit",
        headers=["state|created at", "status|created at"],
        address="email address",
        clues=[
            tell(
                "state|status",
                confirmed="active",
                unconfirmed="inactive",
                unsubscribed="cancelled,canceled,unsubscribed",
                bounced="bounced",
                complained="complained",
            )
        ],
        moments=Moments(("created at",)),
        rest="id|first name|tags",
        own=True,
        lost="names, tags and other fields",
    ),
    lay_out(
        "beehiiv",
        "beehiiv",
        headers=[
            "status|subscription tier",
            "status|subscription id",
            "status|subscribed at|unsubscribed at",
        ],
        clues=[
            tell(
                "status",
                confirmed="active",
                unconfirmed="pending,validating,needs attention",
                unsubscribed="inactive,unsubscribed",
                bounced="invalid",
            ),
            date_of("unsubscribed at|unsubscribed on", Status.UNSUBSCRIBED),
        ],
        moments=Moments(
            ("subscribed at", "created at", "created"), (), ("unsubscribed at", "unsubscribed on")
        ),
        rest="name|first name|last name|tags|referral code|referring site|acquisition source|utm source|utm medium|"
        "utm campaign|stripe customer id",
        own=True,
        lost="names, tags, tiers, where they came from, and other fields",
    ),
    lay_out(
        "keila",
        "Keila",
        headers=["data|status|external id"],
        clues=[tell("status", confirmed="active", unsubscribed="unsubscribed", bounced="unreachable")],
        rest="first name|last name",
        lost="names and data",
    ),
    lay_out(
        "phplist",
        "phpList",
        headers=["is this subscriber confirmed|is this subscriber blacklisted", "confirmed|blacklisted"],
        clues=[
            tell("is this subscriber confirmed|confirmed", confirmed=_YES, unconfirmed=_NO),
            tell("is this subscriber blacklisted|blacklisted", confirmed=_NO, unsubscribed=_YES),
            tell("is this account disabled?|disabled", vital=False, nothing=f"{_NO},", unsubscribed=_YES),
        ],
        moments=Moments(("entered",)),
        rest="id|did this subscriber manually confirm|optedin|number of bounces|bouncecount|last modified|modified|"
        "unique id|uniqid|uuid|send this subscriber html emails|htmlemail|which page was used to subscribe|"
        "subscribepage|rss frequency|rssfrequency|password|last time password was changed|passwordchanged|"
        "additional data|extradata|foreign key|foreignkey|list membership",
        own=True,
        lost="attributes and lists",
    ),
    lay_out(
        "mailman",
        "Mailman 3",
        headers=["list id|role|delivery mode"],
        clues=[
            tell(
                "delivery status",
                confirmed="enabled",
                unsubscribed="by user,by moderator",
                bounced="by bounces",
            ),
            tell("role", vital=False, nothing="member"),
        ],
        rest="address|display name|member id|user|self link|http etag|bounce score|last bounce received|"
        "last warning sent|total warnings sent|moderation action|subscription mode",
        lost="names, and how each wanted the mail",
    ),
)

ORIGINS = (OURS, MAILCHIMP, *_TABLE)
