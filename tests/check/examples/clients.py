"""What mail programs can do."""

from tests.check.examples import Edit, Example

STOP = ".stop { color: #a63a0a;"
CSS = "templates/email/letter.css"

EXAMPLES = {
    "client-support": Example(
        bad=(Edit(STOP, ".stop { position: relative; color: #a63a0a;", CSS),),
        good=(Edit(STOP, ".stop { font-style: italic; color: #a63a0a;", CSS),),
    ),
}
