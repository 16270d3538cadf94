"""Two languages, one letter: what both have to share is said in the English edition."""

from tests.check.examples import Edit, Example

ENGLISH = "newsletter/issues/2026-W45/en.md"
ILLUSTRATED = "newsletter/issues/2026-W47"
PICTURE = '![Twee stippen met een lijn ertussen](two-contacts.png "Eén lijn is te weinig")'

EXAMPLES = {
    "images-differ": Example(
        bad=(Edit(PICTURE, "", f"{ILLUSTRATED}/nl.md"),),
        at="two-contacts.png",
        file=f"{ILLUSTRATED}/en.md",
    ),
    "links-differ": Example(
        bad=(
            Edit("No idea.", "See [Relations](../../../docs/en/certainties/relations.md#rel-1).", ENGLISH),
            Edit("Geen idee.", "Zie [Relaties](../../../docs/nl/certainties/relations.md#rel-5)."),
        ),
        at="relations.md#rel-1",
        good=(
            Edit("No idea.", "See [Relations](../../../docs/en/certainties/relations.md#rel-1).", ENGLISH),
            Edit("Geen idee.", "Zie [Relaties](../../../docs/nl/certainties/relations.md#rel-1)."),
        ),
        file=ENGLISH,
    ),
    "sources-differ": Example(
        bad=(Edit("No idea.", "No idea.[^rep-bain-2005]", ENGLISH),), at="[^rep-bain-2005]", file=ENGLISH
    ),
    "headings-differ": Example(
        bad=(Edit("On Monday, draw", "### On Monday\n\nDraw", ENGLISH),),
        at="## Food for thought",
        file=ENGLISH,
    ),
    "other-language": Example(
        bad=(
            Edit(
                "Teken maandag één belangrijke klant uit: wie ken je, in welke rol, en wanneer sprak je elkaar "
                "voor het laatst?",
                "On Monday, draw one important customer: who do you know, in what role, and when did you last speak?",
            ),
            Edit(
                "Staat er één naam op het vel, vraag dan aan die ene met wie je ook eens moet kennismaken.",
                "If the sheet shows a single name, ask that person who else you should meet.",
            ),
            Edit("Doe het zolang die naam er nog werkt.", "Do it while the name still works there."),
        ),
        at="On Monday",
        good=(
            Edit(
                "Geen idee.",
                "Lees “How to Get Your Point Across in 30 Seconds or Less” en begin er maar aan.",
            ),
        ),
    ),
    "length-ratio": Example(
        bad=(Edit("No idea.", 20 * "No idea at all. ", ENGLISH),), at="## Food for thought", file=ENGLISH
    ),
}
