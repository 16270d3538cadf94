"""What the email weighs."""

from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Example


def make_heavy(proof: Proof) -> None:
    proof.__dict__["email"] = replace(proof.email, html=proof.email.html + "<!--" + "x" * 100_001 + "-->")


EXAMPLES = {"size": Example(alter=make_heavy)}
