"""The HTML of the email."""

from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Edit, Example

HTML, CSS = "templates/email/letter.html", "templates/email/letter.css"
LAST = "Teken maandag één belangrijke klant uit"


def make_heavy(proof: Proof) -> None:
    proof.__dict__["email"] = replace(proof.email, html=proof.email.html + "<!--" + "x" * 100_001 + "-->")


EXAMPLES = {
    "size": Example(alter=make_heavy),
    "html-lang": Example(
        bad=(Edit('<html lang="{{ language }}" dir="ltr"', '<html lang="nl-NL" dir="ltr"', HTML),)
    ),
    "html-title": Example(bad=(Edit("<title>{{ subject }}", "<title>{{ settings.letter }}", HTML),)),
    "table-role": Example(
        bad=(Edit(LAST, f"|   |   |\n|---|---|\n| De **inkoper** | kent je |\n\n{LAST}"),),
        at="| De **inkoper** |",
        good=(Edit(LAST, f"| Wie | Wat |\n|---|---|\n| De **inkoper** | kent je |\n\n{LAST}"),),
    ),
    "html-alt": Example(
        bad=(Edit(' alt="" role="presentation"', "", HTML),),
        good=(Edit(' alt="" role="presentation"', ' alt="{{ certainty.title }}"', HTML),),
    ),
    "heading-order": Example(
        bad=(Edit("<h1>{{ title }}</h1>", "<h1>{{ title }}</h1><h1>{{ title }}</h1>", HTML),), at="title:"
    ),
    "preheader": Example(bad=(Edit("{{ summary }} {%", "{{ title }} {%", HTML),)),
    "tap-target": Example(
        bad=(
            Edit(
                "line-height: {{ mail.small_line }}; }\n\n.frame",
                "line-height: 20px; }\n\n.frame",
                CSS,
            ),
        )
    ),
    "sender": Example(bad=(Edit("{{ wrap(settings.postal) }}", "", "templates/email/letter.txt"),)),
}
