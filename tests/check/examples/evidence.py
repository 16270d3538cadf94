"""Figures and their sources."""

from tests.check.examples import Edit, Example

ENGLISH = "newsletter/issues/2026-W45/en.md"
DO = "Teken maandag één belangrijke klant uit"
CITE = "al is samenhang nog geen oorzaak.[^rel-palmatier-2008]"
ABOUT = "[over de cijfers](../../../docs/nl/about-the-numbers.md)"

EXAMPLES = {
    "figure-without-source": Example(
        bad=(Edit(DO, f"Van de inkopers neemt 57% niet op. {DO}"),),
        at="57%",
        good=(Edit(DO, f"Bel 30 tot 90 dagen na levering, in 2027 en om 10.30 uur. {DO}"),),
    ),
    "figure-not-in-source": Example(
        bad=(Edit("In 446 B2B-relaties", "In 464 B2B-relaties"),),
        at="464",
        good=(Edit("In 446 B2B-relaties", "In 446 B2B-relaties, in 30 dagen en in 2008,"),),
    ),
    "context-caveat": Example(
        bad=(Edit(CITE, f"{CITE} Een introductie helpt.[^ref-84-internal]"),),
        at="Een introductie helpt",
        good=(Edit(CITE, f"{CITE} Een introductie *van binnen* het eigen bedrijf helpt.[^ref-84-internal]"),),
    ),
    "article-figure": Example(
        bad=(Edit(DO, f"Bestuurders negeren 92% van de telefoontjes. {DO}"),),
        at="92%",
        good=(Edit(DO, f"Volgens het artikel negeren bestuurders 92% van de telefoontjes ({ABOUT}). {DO}"),),
    ),
    "figures-differ": Example(
        bad=(Edit("In 446 B2B relationships", "In 464 B2B relationships", ENGLISH),),
        at="464",
        file=ENGLISH,
    ),
}
