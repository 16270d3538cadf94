"""Joining the scripts of the site. That they still work together is seen in tests/site/."""

import re

import pytest

from generator.errors import TemplateError
from generator.render.page.scripts import join_modules, render_scripts
from tests.languages import EN, NL

MODULES = {
    "main": """// @ts-check
import { read, put as keep } from "./store.js";
/** A comment with import { a } from "./nowhere.js". */
keep(read() + 1);
void import("./late.js").then((part) => part.start());
""",
    "store": """let kept = 0;
export const KEY = "http://x"; // not a comment of its own line
export function read() { return kept; }
export async function put(value) { kept = value; }
""",
    "late": """import { KEY, read } from "./store.js";
import { helper } from "./helper.js";
export function start() { return helper(KEY, read()); }
""",
    "helper": "export const helper = (...all) => all;\n",
}


def test_a_module_stands_once_after_those_that_it_imports() -> None:
    made = join_modules(MODULES, "main")
    (site, first), (late, second) = made["main"], made["late"]
    (version,) = {re.fullmatch(r"\w+\.([0-9a-f]{8})\.min\.js", name)[1] for name in (site, late)}
    assert re.findall(r"const \$(\w+) =", first) == ["store", "main"]
    assert re.findall(r"const \$(\w+) =", second) == ["helper", "late"]
    assert "const { read, put: keep } = $store;" in first
    assert f'import("./late.{version}.min.js")' in first
    assert second.startswith(f'import {{ $store, $main }} from "./{site}";')
    assert 'const KEY = "http://x"' in first
    assert "nowhere" not in first


def test_a_change_of_any_module_is_another_name_for_all_of_them() -> None:
    changed = {**MODULES, "helper": MODULES["helper"].replace("all;", "all[0];")}
    names = [{name for name, _ in join_modules(modules, "main").values()} for modules in (MODULES, changed)]
    assert not names[0] & names[1]


@pytest.mark.parametrize(
    "module, text, said",
    [
        ("store", "export default 7;", "store.js: “export default 7;” cannot be joined; expected"),
        ("store", 'import * as all from "./helper.js";', "store.js: “import \\* as all"),
        ("store", "export let count = 0;", "store.js: “export let count = 0;”"),
        ("store", 'import "./helper.js";', "store.js: “import"),
        ("main", 'import { a } from "./gone.js";', "main.js: imports gone.js, which does not exist"),
        ("main", 'void import("./gone.js");', "gone.js: imports gone.js, which does not exist"),
        ("store", 'import { x } from "./main.js";', "no circles"),
    ],
)
def test_what_is_not_understood_is_refused(module: str, text: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        join_modules({**MODULES, module: text}, "main")


def test_each_language_has_its_words_and_the_same_files(newsletter) -> None:
    dutch, english = (render_scripts(newsletter, language) for language in (NL, EN))
    assert dutch.keys() == english.keys() == {"main", "assessment", "finder", "team", "words"}
    assert dutch["main"].path != english["main"].path
    assert '"close": "Sluiten"' in dutch["main"].content.decode()
    for artifact in (*dutch.values(), *english.values()):
        assert "{{" not in artifact.content.decode()
