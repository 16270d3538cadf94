"""What can be read."""

from tests.check.examples import Edit, Example

INK = "{ color: {{ dark.ink }} !important; }"
MEDIA = "templates/email/media.css"

EXAMPLES = {
    "contrast": Example(
        bad=(Edit(INK, "{ color: #5c564c !important; }", MEDIA),),
        good=(Edit(INK, "{ color: #b9b0a2 !important; }", MEDIA),),
    ),
}
