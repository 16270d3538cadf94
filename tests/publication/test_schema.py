"""`generate schema`."""

import json
import re

from click.testing import CliRunner

from generator.check import RULES
from generator.cli.generate import main
from generator.content import Newsletter
from generator.content.certainties import IDS, is_item_id
from generator.content.thoughts import is_season
from generator.model import MONTHS
from generator.publication.schema import KINDS, make_schema
from tests.clocks import STOPPED


def test_the_letter_is_what_is_printed_without_a_kind() -> None:
    assert json.loads(CliRunner().invoke(main, obj=STOPPED, args=["schema"]).stdout) == make_schema("letter")
    assert json.loads(CliRunner().invoke(main, obj=STOPPED, args=["schema", "page"]).stdout) == make_schema(
        "page"
    )
    assert tuple(main.commands["schema"].params[0].type.choices) == KINDS


def test_every_rule_can_be_waived_and_says_what_it_asks() -> None:
    waive = make_schema("letter")["properties"]["waive"]["properties"]
    assert set(RULES) <= set(waive)
    assert all(about["description"].endswith(".") for about in waive.values())


def test_keys_are_explained_and_limited() -> None:
    """Each has a sentence; what our own rules know about a key is in it."""
    for kind in KINDS:
        for key, about in make_schema(kind)["properties"].items():
            assert re.fullmatch(r"[A-Z“].*\.", about["description"]), (kind, key)
    letter = make_schema("letter")["properties"]
    assert letter["certainty"]["enum"] == list(IDS)
    assert letter["subject"]["type"] == ["string", "null"]
    assert letter["draft"]["default"] is False
    assert (letter["actions"]["minItems"], letter["actions"]["maxItems"]) == (1, 3)


def test_the_pattern_of_an_item_is_that_of_the_reader(newsletter: Newsletter) -> None:
    pattern = make_schema("thought")["properties"]["actions"]["items"]["pattern"]
    items = {
        item.id for found in newsletter.playbook.certainties.values() for one in found for item in one.items
    }
    for text in (*items, "ref-0", "ref-01", "re-1", "refs-1", "REF-1", "ref-10", "ref1", ""):
        assert bool(re.search(pattern, text)) == is_item_id(text)


def test_a_season_in_the_schema_is_one_that_is_read() -> None:
    pattern = make_schema("thought")["properties"]["season"]["items"]["pattern"]
    for text in (*MONTHS, "W01", "W09", "W53", "W00", "W54", "W1", "w01", "January", "januari", "mayor", ""):
        assert bool(re.search(pattern, text)) == is_season(text)
