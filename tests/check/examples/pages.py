"""The page of the archive and the entry of the feeds."""

from dataclasses import replace

from generator.check.proofs import Proof
from tests.check.examples import Edit, Example


def lose_action(proof: Proof) -> None:
    proof.__dict__["page"] = proof.page.replace("data-item=rel-5", "")


def rename_entry(proof: Proof) -> None:
    proof.__dict__["entry"] = replace(proof.entry, id=proof.entry.url)


EXAMPLES = {
    "page-title": Example(bad=(Edit("# {{ heading }} {", "## {{ heading }} {", "templates/page/page.md"),)),
    "page-actions": Example(alter=lose_action, at="{ #rel-5 }"),
    "entry-links": Example(
        bad=(Edit("<h2>{{ heading }}", '<h2 class="head">{{ heading }}', "templates/feed/entry.html"),)
    ),
    "entry-dates": Example(alter=rename_entry),
}
