"""Subject and summary."""

from tests.check.examples import Edit, Example

TITLE = "title: Wie belt jou als je contact weg is?"
SUMMARY = "summary: Een automatisch antwoord is een dure manier om te ontdekken dat je maar één lijntje had."
NEXT = "newsletter/issues/2026-W46/nl.md"
SUBJECT = "subject: 'Wedden? Royal & eerlijk: wat zegt je klant'"
THOUGHT = "Teken maandag één belangrijke klant uit"

EXAMPLES = {
    "subject-length": Example(
        bad=(Edit(TITLE, "title: Wie belt jou nog op als je contact weg is en er niemand anders meer is?"),),
        at="title:",
    ),
    "subject-repeated": Example(
        bad=(Edit(SUBJECT, "subject: 'Wie belt jou, als je contact WEG is?'", NEXT),),
        at="subject:",
        good=(Edit(SUBJECT, "subject: 'Wie belt jou als jij weg bent?'", NEXT),),
        file=NEXT,
    ),
    "shouting": Example(
        bad=(Edit(TITLE, "title: WANNEER belt jouw contact?"),),
        at="title:",
        good=(Edit(TITLE, "title: Wat de NPS en de NRR van je contact weten"),),
    ),
    "emoji": Example(
        bad=(Edit(TITLE, "title: Wie belt jou als je contact weg is? ☎️📞"),),
        at="title:",
        good=(Edit(TITLE, "title: Wie belt jou als je contact weg is? 👩🏽‍💼"),),
    ),
    "placeholder": Example(
        bad=(Edit(THOUGHT, "Teken maandag [naam] uit"),),
        at="[naam]",
        good=(Edit(THOUGHT, "Teken maandag [de klant] en `[naam]` uit"),),
    ),
    "summary-length": Example(bad=(Edit(SUMMARY, "summary: Eén lijntje."),), at="summary:"),
    "summary-repeats-title": Example(
        bad=(Edit(SUMMARY, "summary: Wie belt jou als je contact weg is? Daarover gaat het deze week."),),
        at="summary:",
    ),
}
