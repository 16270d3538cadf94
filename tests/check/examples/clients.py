"""What mail programs can do."""

from tests.check.examples import Edit, Example

STOP = ".stop { color: {{ light.accent }};"
CSS = "templates/email/letter.css"

EXAMPLES = {
    "client-support": Example(
        bad=(Edit(STOP, ".stop { position: relative; color: {{ light.accent }};", CSS),),
        good=(Edit(STOP, ".stop { font-style: italic; color: {{ light.accent }};", CSS),),
    ),
}
