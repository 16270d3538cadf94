"""What the service says in the mails that it sends by itself, in each language: short, and without advertising.

`{letter}` is the name of the letter. How long links work and how often we write is decided in `subscribers`; a test
compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.model import Language


@dataclass(frozen=True, slots=True)
class Text:
    """One notice in one language."""

    subject: str
    title: str
    summary: str
    """What an inbox shows beside the subject."""
    before: str
    """The paragraphs above the button, with an empty line between two."""
    button: str = ""
    after: str = ""
    """Those below it: how long it works, and what to do when it was somebody else."""
    links: tuple[tuple[str, str], ...] = ()
    """Without a button: sentences, each with the page of the service that it leads to."""


AROUND: dict[Language, dict[str, str]] = {
    Language.NL: {
        "written_out": "Werkt de knop niet? Open dan dit adres:",
        "automatic": "{sender} heeft deze mail automatisch verstuurd.",
        "unsubscribe": "Afmelden",
        "language": "Taal",
        "certainties": "Zekerheden",
        "all": "alle",
        "pause": "Pauze",
        "no_pause": "nee",
        "paused": "geen brief vóór {day}",
    },
    Language.EN: {
        "written_out": "If the button does not work, open this address:",
        "automatic": "{sender} sent this email automatically.",
        "unsubscribe": "Unsubscribe",
        "language": "Language",
        "certainties": "Certainties",
        "all": "all of them",
        "pause": "Pause",
        "no_pause": "no",
        "paused": "no letter before {day}",
    },
}
"""What stands around every notice, and how a subscription is described."""

TEXTS: dict[Language, dict[str, Text]] = {
    Language.NL: {
        "confirm": Text(
            subject="Bevestig je aanmelding voor {letter}",
            title="Wil je {letter} krijgen?",
            summary="Pas als je bevestigt, komt er een brief.",
            before="""
                Iemand heeft dit adres ingevuld om elke vrijdag {letter} te krijgen. Was jij dat? Bevestig het dan.
            """,
            button="Bevestig je aanmelding",
            after="""
                Deze link werkt zeven dagen.

                Was jij het niet? Dan hoef je niets te doen: zonder bevestiging komt er geen brief en wissen we dit
                adres. Vult iemand het vaker in, dan vragen we het je hooguit drie keer.
            """,
        ),
        "again": Text(
            subject="Bevestig je aanmelding voor {letter}",
            title="Wil je {letter} weer krijgen?",
            summary="Pas als je bevestigt, komt er weer een brief.",
            before="""
                Je krijgt {letter} nu niet meer. Iemand heeft dit adres ingevuld om weer elke vrijdag de brief te
                krijgen. Was jij dat? Bevestig het dan.
            """,
            button="Bevestig je aanmelding",
            after="""
                Deze link werkt zeven dagen.

                Was jij het niet? Dan hoef je niets te doen: zonder bevestiging komt er geen brief. Vult iemand het
                vaker in, dan vragen we het je hooguit drie keer.
            """,
        ),
        "already": Text(
            subject="Je bent al aangemeld voor {letter}",
            title="Je was al aangemeld",
            summary="Er is niets veranderd.",
            before="""
                Dit adres is opnieuw ingevuld om {letter} te krijgen. Je staat al op de lijst, dus er is niets
                veranderd. Dit is je inschrijving:
            """,
            button="Bekijk je inschrijving",
            after="""
                Deze link werkt één dag. Op die pagina kies je taal en zekerheden, neem je een pauze of meld je je af.

                Was jij het niet? Dan heeft iemand anders jouw adres ingevuld, en hoef je niets te doen. We melden het
                hooguit één keer per dag.
            """,
        ),
        "manage": Text(
            subject="De link naar je inschrijving",
            title="Je inschrijving",
            summary="Hier kun je alles bekijken, veranderen of stoppen.",
            before="""
                Je vroeg om een link naar je inschrijving voor {letter}.
            """,
            button="Bekijk je inschrijving",
            after="""
                Deze link werkt één dag. Stuur deze mail niet door: wie de link heeft, kan je inschrijving veranderen.

                Was jij het niet? Dan hoef je niets te doen. Er is niets veranderd.
            """,
        ),
        "changed": Text(
            subject="Je inschrijving is veranderd",
            title="Je inschrijving is veranderd",
            summary="Zo staat alles nu ingesteld.",
            before="""
                Zo staat je inschrijving voor {letter} nu ingesteld:
            """,
            button="Bekijk je inschrijving",
            after="""
                Deze link werkt één dag.

                Was jij het niet? Dan heeft iemand een link uit jouw mail gebruikt. Met deze link zet je terug wat er
                veranderd is. Stuur onze mails niet door: wie de link heeft, kan je inschrijving veranderen.
            """,
        ),
        "goodbye": Text(
            subject="Je bent afgemeld voor {letter}",
            title="Je bent afgemeld",
            summary="Je krijgt geen brieven meer.",
            before="""
                Je krijgt {letter} niet meer. Dit was onze laatste mail.

                We onthouden dat je bent afgemeld, zodat niemand je ongevraagd terugzet.
            """,
            links=(
                ("Wil je dat we ook dat wissen? Vraag hier een link naar je inschrijving:", "manage"),
                ("Was het een vergissing? Meld je hier weer aan:", "subscribe"),
            ),
        ),
        "erased": Text(
            subject="Je gegevens zijn gewist",
            title="Je gegevens zijn gewist",
            summary="Je krijgt geen brieven meer.",
            before="""
                Je staat niet meer op de lijst van {letter}. Je adres, je voorkeuren en je toestemming zijn daar gewist.
                Dit was onze laatste mail.

                Alleen een code blijft, waaruit niemand je adres kan lezen. Daaraan zien we dat we je niet terug mogen
                zetten als je adres nog in een oude lijst staat.
            """,
            links=(("Wil je later toch weer de brief? Meld je hier aan:", "subscribe"),),
        ),
    },
    Language.EN: {
        "confirm": Text(
            subject="Confirm your subscription to {letter}",
            title="Would you like to get {letter}?",
            summary="No letter comes until you confirm.",
            before="""
                Somebody entered this address to get {letter} every Friday. If that was you, please confirm it.
            """,
            button="Confirm my subscription",
            after="""
                This link works for seven days.

                If it was not you, there is nothing you need to do: unless you confirm, no letter comes and we erase
                this address. However often it is entered, we ask you three times at most.
            """,
        ),
        "again": Text(
            subject="Confirm your subscription to {letter}",
            title="Would you like {letter} again?",
            summary="No letter comes until you confirm.",
            before="""
                You no longer get {letter}. Somebody entered this address to get the letter every Friday again. If that
                was you, please confirm it.
            """,
            button="Confirm my subscription",
            after="""
                This link works for seven days.

                If it was not you, there is nothing you need to do: unless you confirm, no letter comes. However often
                this address is entered, we ask you three times at most.
            """,
        ),
        "already": Text(
            subject="You are already subscribed to {letter}",
            title="You were already subscribed",
            summary="Nothing has changed.",
            before="""
                This address was entered again to get {letter}. You are on the list already, so nothing has changed.
                This is your subscription:
            """,
            button="See my subscription",
            after="""
                This link works for one day. On that page you choose your language and certainties, take a break or
                unsubscribe.

                If it was not you, somebody else entered your address, and there is nothing you need to do. We tell you
                so once a day at most.
            """,
        ),
        "manage": Text(
            subject="The link to your subscription",
            title="Your subscription",
            summary="See it, change it or end it here.",
            before="""
                You asked for a link to your subscription to {letter}.
            """,
            button="See my subscription",
            after="""
                This link works for one day. Please do not forward this email: whoever has the link can change your
                subscription.

                If it was not you, there is nothing you need to do. Nothing has changed.
            """,
        ),
        "changed": Text(
            subject="Your subscription has changed",
            title="Your subscription has changed",
            summary="This is how it stands now.",
            before="""
                This is how your subscription to {letter} stands now:
            """,
            button="See my subscription",
            after="""
                This link works for one day.

                If it was not you, somebody used a link from your mail. This link takes you to where you can change it
                back. Please do not forward our emails: whoever has the link can change your subscription.
            """,
        ),
        "goodbye": Text(
            subject="You are unsubscribed from {letter}",
            title="You are unsubscribed",
            summary="No more letters will come.",
            before="""
                You will not get {letter} any more. This was our last email.

                We remember that you unsubscribed, so that nobody puts you back unasked.
            """,
            links=(
                ("Would you like us to erase that too? Ask for a link to your subscription here:", "manage"),
                ("Was it a mistake? Subscribe again here:", "subscribe"),
            ),
        ),
        "erased": Text(
            subject="Your data has been erased",
            title="Your data has been erased",
            summary="No more letters will come.",
            before="""
                You are no longer on the list of {letter}. Your address, your preferences and your consent have been
                erased there. This was our last email.

                Only a code is left, from which nobody can read your address. It tells us not to put you back when an
                old list still has it.
            """,
            links=(("If you would like the letter again one day, subscribe here:", "subscribe"),),
        ),
    },
}
"""By language and by what there is to say: a Notice, `again` (to confirm once more) or `erased` (the other goodbye)."""
