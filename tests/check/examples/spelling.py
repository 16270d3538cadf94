"""Spelling."""

from tests.check.examples import Edit, Example

EXAMPLES = {
    "spelling": Example(
        bad=(
            Edit("Teken maandag één belangrijke", "Teken maandag één belangrijkke"),
            Edit("", "forecast\n", "newsletter/words.nl.txt"),
        ),
        at="belangrijkke",
        good=(Edit("", "# het jargon van de sales\nforecast\n", "newsletter/words.nl.txt"),),
    ),
}
