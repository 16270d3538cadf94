"""What the editor says in another language: each form of a message has a text, and every message has a form."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import TemplateError
from generator.model import Language, Message
from generator.words import REMARKS, load_forms

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/generator"
TABLES = sorted((ROOT / REMARKS).glob("*.toml"))


def walk_messages() -> Iterator[tuple[str, ast.Call]]:
    """Each place of the program that makes a Message."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def list_forms() -> dict[str, str]:
    """The form of each message of the program, and where it stands."""
    found = {}
    for place, node in walk_messages():
        form = node.args[0]
        assert isinstance(form, ast.Constant), f"{place}: write the form of the message as it is"
        found.setdefault(form.value, place)
    del found[""]
    return found


def test_no_message_is_cut_from_pieces_of_english():
    for place, node in walk_messages():
        for value in node.args[1:]:
            for part in ast.walk(value):
                if isinstance(part, ast.JoinedStr):
                    words = [one.value for one in part.values if isinstance(one, ast.Constant)]
                    assert not any(word.isalpha() for one in words for word in one.split()), place


def test_what_a_field_refuses_or_expects_is_a_message():
    # mypy sees to this for problems and findings; pydantic takes any text.
    for path in (*(SOURCE / "content").rglob("*.py"), SOURCE / "settings.py", SOURCE / "reading.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            given = node.args[:1] if node.func.id == "ValueError" else []
            given += [one.value for one in node.keywords if one.arg == "description"]
            for one in given:
                assert not isinstance(one, ast.Constant | ast.JoinedStr), f"{path}:{node.lineno}"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_each_form_has_a_text_with_the_same_values(table: Path):
    texts, forms = tomllib.loads(table.read_text()), list_forms()
    missing = [f"{place}: {form}" for form, place in forms.items() if form not in texts]
    assert not missing, f"{table.name} has no text for:\n" + "\n".join(missing)
    assert not set(texts) - set(forms), "no message has these forms any more"
    for form, text in texts.items():
        numbers = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert numbers <= {str(number) for number in range(5)}, form
        count = sum(name is not None for _, name, _, _ in string.Formatter().parse(form))
        assert all(int(number) < count + 2 for number in numbers), form
        assert not re.search(r"(?<![<!])!(?!\[|!| note)", text), form
        whole = [one[:1].isupper() and one.endswith(".") for one in (form, text)]
        assert whole[0] == whole[1], form
        assert (form[:1] == " ", form[:1] == ";") == (text[:1] == " ", text[:1] == ";"), form


def test_values_are_said_in_the_language_too():
    message = Message("“{}” is {}", "x", Message("a draft"))
    forms = {"“{}” is {}": "{1}: “{0}”", "a draft": "een concept"}
    assert message == "“x” is a draft"
    assert message.say_in(None) == "“x” is a draft"
    assert message.say_in(forms) == "een concept: “x”"


def test_a_form_without_a_text_is_named_with_its_file(tmp_path: Path):
    (tmp_path / REMARKS).mkdir(parents=True)
    path = tmp_path / REMARKS / "nl.toml"
    path.write_text('"a draft" = "een concept"\n')
    forms = load_forms(tmp_path, Language("nl"))
    assert load_forms(tmp_path, Language("en")) is None
    with pytest.raises(TemplateError, match=r"templates/remarks/nl\.toml: nowhere is missing"):
        Message("nowhere").say_in(forms)
    path.write_text('"a draft" = 1\n')
    with pytest.raises(TemplateError, match="“a draft” has no text"):
        load_forms(tmp_path, Language("nl"))
