"""The text."""

from tests.check.examples import Edit, Example

QUESTION = "Wie moet je nu bellen? Geen idee."
LAST = "Doe het zolang die naam er nog werkt."
LISTS = "newsletter/cliches.nl.txt"
STYLE = "newsletter/STYLE.md"
TERMS = "| language | we write | not |\n| --- | --- | --- |\n| nl | DMU | telefoonboek* |\n"
STATELY = " ".join(
    ["Relatiemanagementverantwoordelijken implementeren klantwaardeoptimalisatieprogramma’s."] * 12
)
LONG = "Bel hem en vraag " + "en vraag nog eens " * 8 + "wie je moet spreken"

EXAMPLES = {
    "section-length": Example(
        bad=(Edit(LAST, f"{LAST} {'Bel hem nog een keer. ' * 40}"),), at="## Food for thought"
    ),
    "one-certainty": Example(
        bad=(Edit(LAST, f"[Herhaal het](../../../docs/nl/certainties/referral.md). {LAST}"),),
        at="referral.md",
        good=(Edit(LAST, f"[Herhaal het](../../../docs/nl/certainties/relations.md). {LAST}"),),
    ),
    "headings": Example(
        bad=(Edit(LAST, f"{LAST}\n\n#### Daarna\n\nBel hem."),),
        at="#### Daarna",
        good=(Edit(LAST, f"{LAST}\n\n### Daarna\n\n#### En dan\n\nBel hem."),),
    ),
    "reading-level": Example(bad=(Edit(LAST, f"{LAST} {STATELY}"),), at="Ik werk hier niet meer"),
    "long-sentence": Example(
        bad=(Edit(LAST, f"{LONG}."),),
        at="Bel hem en vraag",
        good=(Edit(LAST, LONG.replace("en vraag nog eens en", "; vraag nog eens; en", 3) + "."),),
    ),
    "exclamation": Example(bad=(Edit(QUESTION, "Wie moet je nu bellen? Geen idee!"),), at="Geen idee!"),
    "cliche": Example(
        bad=(
            Edit("", "aan het eind van de dag\n", LISTS),
            Edit(LAST, "Aan het eind van de dag bel je."),
        ),
        at="Aan het eind",
        good=(
            Edit("", "aan het eind van de dag\n", LISTS),
            Edit(LAST, "Aan het eind van de week bel je."),
        ),
    ),
    "term": Example(
        bad=(Edit("", TERMS, STYLE), Edit(LAST, "Vul het telefoonboek in.")),
        at="Vul het telefoonboek",
        good=(Edit("", TERMS, STYLE), Edit(LAST, "Teken de DMU.")),
    ),
}
