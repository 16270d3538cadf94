"""A mistake in a template is told with its file and line."""

from pathlib import Path

import pytest

from generator.errors import TemplateError
from generator.render.templating import render_template


def render(root: Path, text: str | bytes, name: str = "x.html", **values: object) -> str:
    path = root / "templates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return render_template(root, name, **values)


def test_html_is_escaped_and_text_is_not(tmp_path: Path) -> None:
    assert render(tmp_path, "{{ x }}", "x.html", x="<&>") == "&lt;&amp;&gt;"
    assert render(tmp_path, "{{ x }}", "x.txt", x="<&>") == "<&>"
    assert render(tmp_path, "{{ x }}", "x.md", x="<&>") == "<&>"
    assert render(tmp_path, "{{ x }}", "x.other", x="<&>") == "&lt;&amp;&gt;"


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "one\n{{ nme }}",
            "templates/x.html:2: 'nme' is undefined; a template may use only the names it is given",
        ),
        ("{% if %}", "templates/x.html:1: Expected an expression, got 'end of statement block'"),
        ('{% include "y.html" %}', "templates/y.html: there is no such template"),
        ("{{ 1 | nosuch }}", "templates/x.html:1: No filter named 'nosuch'."),
        (b"caf\xe9", "templates/x.html: is not UTF-8; save it with the encoding UTF-8"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(TemplateError) as error:
        render(tmp_path, text)
    assert str(error.value) == message


def test_a_template_that_is_changed_is_read_again(tmp_path: Path) -> None:
    """So that `generate serve` shows the change."""
    assert render(tmp_path, "one") == "one"
    assert render(tmp_path, "other text") == "other text"
