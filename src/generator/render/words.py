"""The few words that templates add to what editors wrote, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.model import Language

if TYPE_CHECKING:
    from datetime import datetime

WORDS: dict[Language, dict[str, str]] = {
    Language.NL: {
        "all_letters": "Alle brieven",
        "all_feeds": "Alle feeds in één bestand (OPML), om in je lezer te importeren",
        "archive_summary": "Alle brieven van {letter}, per jaar en per zekerheid.",
        "by_certainty": "Per zekerheid",
        "by_year": "Per jaar",
        "context": "Dit resultaat halen wij alleen aan met die grens erbij.",
        "doi": "DOI",
        "feeds": "Feeds",
        "doi_unchecked": "DOI, nog niet door ons nagekeken",
        "general": "Algemeen",
        "in_letter": "Brief",
        "in_letters": "Brieven",
        "language": "Nederlands",
        "latest_letters": "Laatste brieven",
        "manage": "Bekijk of verander je inschrijving",
        "letter_of": "{letter} van {sender}",
        "letters": "Brieven",
        "limits": "Grens",
        "next_letter": "Volgende brief",
        "not_found": "Deze pagina is er niet",
        "not_found_advice": "Het adres is verkeerd overgenomen, of de pagina is verhuisd.",
        "not_out": "nog niet verschenen",
        "no_letters": "Er is nog geen brief verschenen.",
        "offline": "Deze pagina staat nog niet op dit apparaat",
        "offline_advice": "Er is nu geen verbinding. Wat je al hebt gelezen, opent nog wel.",
        "open": "Nog te doen",
        "order": "Zekerheid {order} van {count}",
        "done": "Gedaan",
        "draft": "concept",
        "previous_letter": "Vorige brief",
        "privacy": "Wat we bewaren en hoe je het wist",
        "signup_address": "Je e-mailadres",
        "signup_button": "Meld me aan",
        "signup_manage": "Al aangemeld? Bekijk, verander of stop je inschrijving",
        "signup_none": "Aanmelden met je e-mailadres kan hier niet. De feed brengt dezelfde brief.",
        "signup_title": "Elke vrijdag in je inbox",
        "signup_trap": "Laat dit veld leeg",
        "signup_wording": (
            "Hiermee vraag je {letter} aan: elke vrijdag één mail, met een gedachte en een actie. Daarvoor bewaren we "
            "je adres, en nergens anders voor. Eerst krijg je een mail om te bevestigen dat jij het bent; doe je dat "
            "niet, dan komt er geen brief. Stoppen kan altijd, met de link onder elke brief."
        ),
        "sources": "Bronnen",
        "team_action": "Eén actie",
        "team_certainty": "Zekerheid",
        "team_date": "Eén datum",
        "team_highest": "Hoogste",
        "team_lowest": "Laagste",
        "team_mine": "Mijn score (0–{most})",
        "team_owner": "Eén eigenaar",
        "team_spread": "Verschil",
        "updated": "Bijgewerkt op",
        "image": "Beeld",
        "read_online": "Lees online",
        "reason": "Je krijgt deze brief omdat je je hebt aangemeld voor {letter}.",
        "unsubscribe": "Afmelden",
        "unsubscribe_subject": "afmelden",
        "which_certainty": "Zekerheid {order} van {count}: {certainty}",
        "verified_no": "Uit het hoofd.",
        "verified_secondary": "Uit de tweede hand.",
        "verified_yes": "Zelf gezien.",
        "whole_checklist": "De hele checklist van {certainty}",
    },
    Language.EN: {
        "all_letters": "All letters",
        "all_feeds": "All feeds in one file (OPML), to import into your reader",
        "archive_summary": "All letters of {letter}, by year and by certainty.",
        "by_certainty": "By certainty",
        "by_year": "By year",
        "context": "We cite this finding only together with that limit.",
        "doi": "DOI",
        "feeds": "Feeds",
        "doi_unchecked": "DOI, not yet checked by us",
        "general": "General",
        "in_letter": "Letter",
        "in_letters": "Letters",
        "language": "English",
        "latest_letters": "Latest letters",
        "manage": "See or change your subscription",
        "letter_of": "{letter} from {sender}",
        "letters": "Letters",
        "limits": "Limit",
        "next_letter": "Next letter",
        "not_found": "There is no such page",
        "not_found_advice": "The address was mistyped, or the page has moved.",
        "not_out": "not out yet",
        "no_letters": "No letter has come out yet.",
        "offline": "This page is not on this device yet",
        "offline_advice": "There is no connection now. What you have read before still opens.",
        "open": "To do",
        "order": "Certainty {order} of {count}",
        "done": "Done",
        "draft": "draft",
        "previous_letter": "Previous letter",
        "privacy": "What we keep and how to erase it",
        "signup_address": "Your email address",
        "signup_button": "Sign me up",
        "signup_manage": "Signed up already? See, change or end your subscription",
        "signup_none": "You cannot sign up by email here. The feed brings the same letter.",
        "signup_title": "Every Friday in your inbox",
        "signup_trap": "Leave this field empty",
        "signup_wording": (
            "This asks for {letter}: one email every Friday, with a thought and an action. We keep your address for "
            "that and for nothing else. First you get an email to confirm that it is you; if you do not, no letter "
            "will come. You can stop at any time, with the link at the foot of each letter."
        ),
        "sources": "Sources",
        "team_action": "One action",
        "team_certainty": "Certainty",
        "team_date": "One date",
        "team_highest": "Highest",
        "team_lowest": "Lowest",
        "team_mine": "My score (0–{most})",
        "team_owner": "One owner",
        "team_spread": "Spread",
        "updated": "Updated on",
        "image": "Image",
        "read_online": "Read online",
        "reason": "You receive this letter because you signed up for {letter}.",
        "unsubscribe": "Unsubscribe",
        "unsubscribe_subject": "unsubscribe",
        "which_certainty": "Certainty {order} of {count}: {certainty}",
        "verified_no": "From memory.",
        "verified_secondary": "Second-hand.",
        "verified_yes": "Seen by us.",
        "whole_checklist": "The whole {certainty} checklist",
    },
}

_LOCALES = {Language.NL: "nl", Language.EN: "en_GB"}

_TIMES = {Language.NL: "{:%H.%M} uur", Language.EN: "{:%H:%M}"}
_MOMENTS = {Language.NL: "{date} om {time}", Language.EN: "{date} at {time}"}


def say_date(moment: datetime, language: Language) -> str:
    """A date as people write it: vrijdag 27 november 2026, Friday 27 November 2026."""
    return _format(moment, "EEEE d MMMM y", language)


def say_day(moment: datetime, language: Language) -> str:
    """A date without the day of the week, for lists: 27 november 2026, 27 November 2026."""
    return _format(moment, "d MMMM y", language)


def say_not_out(moment: datetime, language: Language) -> str:
    """The mark of a letter that comes out at a moment to come, in the time zone of that moment."""
    time = _TIMES[language].format(moment)
    when = _MOMENTS[language].format(date=say_date(moment, language), time=time)
    return f"{WORDS[language]['not_out']} · {when}"


def _format(moment: datetime, form: str, language: Language) -> str:
    from babel.dates import format_date  # noqa: PLC0415 (4 MB, and who sends what is rendered needs none)

    return format_date(moment.date(), form, locale=_LOCALES[language])
