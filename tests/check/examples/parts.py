"""The text part."""

from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Edit, Example

LAST = "Teken maandag één belangrijke klant uit"
LONG = "inkoper, gebruiker, beslisser, " * 3


def lose_action(proof: Proof) -> None:
    proof.__dict__["email"] = replace(proof.email, html=proof.email.html.replace("#rel-5", "#rel-6"))


def swap_parts(proof: Proof) -> None:
    message = proof.email.message.replace(b"Content-Type: text/plain", b"Content-Type: text/enriched")
    proof.__dict__["email"] = replace(proof.email, message=message)


EXAMPLES = {
    "text-complete": Example(bad=(Edit("{{ certainty_url }}", "", "templates/email/letter.txt"),)),
    "text-actions": Example(alter=lose_action, at="actions: [rel-1, rel-5]"),
    "text-lines": Example(
        bad=(Edit(LAST, f"```\n{LONG}\n```\n\n{LAST}"),),
        at=LONG.strip(),
        good=(Edit(LAST, f"{LONG}{LONG}\n\n```\n{LONG}https://example.org/\n```\n\n{LAST}"),),
    ),
    "message-parts": Example(alter=swap_parts),
}
