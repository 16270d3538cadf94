"""What mail programs can do."""

from tests.check.examples import Edit, Example

LEAD = ".lead { margin: 0 0 12px;"
CSS = "templates/email/letter.css"

EXAMPLES = {
    "client-support": Example(
        bad=(Edit(LEAD, f"{LEAD} position: relative;", CSS),),
        good=(Edit(LEAD, f"{LEAD} font-style: italic;", CSS),),
    ),
}
