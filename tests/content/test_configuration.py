"""What is wrong with mkdocs.yml and mkdocs.en.yml, by file and line, in our words."""

from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig

from generator.content.configuration import _Configuration, find_configuration_problems, list_configurations
from generator.content.documents import parse_yaml
from tests.conftest import TESTS


def find(root: Path) -> list[str]:
    return [str(problem) for problem in find_configuration_problems(root)]


@pytest.mark.parametrize("root", ["sample", "real"])
def test_ours_has_no_problems(root: str, sample: Path) -> None:
    assert find(sample if root == "sample" else TESTS.parent) == []


def test_the_keys_are_those_of_mkdocs() -> None:
    ours = {field.alias or name for name, field in _Configuration.model_fields.items()}
    deprecated = {"config_file_path", "pages", "google_analytics", "mdx_configs"}
    assert ours - {"INHERIT"} == {name for name, _ in MkDocsConfig()._schema} - deprecated


@pytest.mark.parametrize(
    "old, new, said",
    [
        (
            "site_dir: site\n",
            "site_dir: site\nsite_dri: x\n",
            "8: unknown key “site_dri”; did you mean “site_dir”?",
        ),
        (
            "site_dir: site\n",
            "site_dir: site\nsite_dir: x\n",
            "8: duplicate key “site_dir”; delete one of the two",
        ),
        (
            "site_name: De 7",
            "site_name: De: 7",
            "4: is not YAML: put a value that contains a colon in quotes",
        ),
        ("site_name: De 7", 'site_name: "De 7', '4: is not YAML: the quotes " do not match'),
        ("plugins: []", "plugins: [", "{line}: is not YAML: the brackets do not match"),
        (
            "  name: material",
            "\tname: material",
            "48: is not YAML: the line starts with a tab; use spaces",
        ),
        (
            "  name: material",
            "  name: materiall",
            "48: “theme.name” is “materiall”; expected material",
        ),
        ("  language: nl", "  language: de", "50: “theme.language” is “de”; expected nl or en"),
        (
            "  language: nl",
            "  language: en",
            "50: “theme.language” must be nl here: this is the site in that language",
        ),
        (
            "  language: nl",
            "",
            "47: “theme.language” must be nl here: this is the site in that language",
        ),
        ("docs_dir: docs/nl", "docs_dir: doc", "6: “docs_dir” names doc, which does not exist"),
        (
            "docs_dir: docs/nl",
            "docs_dir: 7",
            "6: “docs_dir” has the wrong type: found 7; expected a folder, like docs/nl; put it in quotes",
        ),
        (
            "      - glossary.md\n",
            "      - glosary.md\n",
            "26: “nav” names glosary.md, and there is no such page in nl/; did you mean “glossary.md”?",
        ),
        (
            "      - glossary.md\n",
            "",
            "10: “nav” does not name glossary.md; add it, or nobody will find the page",
        ),
        (
            "      - glossary.md\n",
            "      - glossary.md\n      - 7\n",
            "26: expected a page, like “- privacy.md” or “- Privacy: privacy.md”",
        ),
        (
            "plugins: []",
            "plugins: [serch]",
            "{line}: “plugins” names “serch”, which is not installed; did you mean “search”?",
        ),
        (
            "  pymdownx.tilde: {}",
            "  pymdownx.tidle: {}",
            "{line}: “markdown_extensions” names “pymdownx.tidle”, which is not installed",
        ),
        (
            "  pymdownx.tilde: {}",
            "  nothing.tilde: {}",
            "{line}: “markdown_extensions” names “nothing.tilde”, which is not installed",
        ),
        (
            "[src/generator/mkdocs_hooks.py]",
            "[src/mkdocs_hooks.py]",
            "{line}: “hooks” names src/mkdocs_hooks.py, which does not exist",
        ),
        (
            "stylesheets/print.css",
            "stylesheets/prnt.css",
            "{line}: “extra_css” names assets/stylesheets/prnt.css, which does not exist in templates/site",
        ),
        (
            "assets/stylesheets/print.css",
            "https://example.com/print.css",
            "{line}: “extra_css” names https://example.com/print.css; pages load nothing from other sites",
        ),
        (
            "plugins: []\n",
            "extra_javascript:\n  - assets/javascripts/main.js\nplugins: []\n",
            "{line}: “extra_javascript” has no effect; import a module in templates/site/assets/javascripts/main.js",
        ),
        (
            "site_dir: site\n",
            "<<<<<<< HEAD\nsite_dir: site\n=======\nsite_dir: x\n>>>>>>> x\n",
            "7: git could not merge two versions of this file",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, said: str, sample: Path) -> None:
    path = sample / "mkdocs.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    line = text[: text.index(old)].count("\n") + 1
    (found,) = find(sample)
    assert found.startswith(f"mkdocs.yml:{said.format(line=line)}")


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "mkdocs.en.yml: the file is empty"),
        (b"\xff\xfe", "mkdocs.en.yml:1: the file is not UTF-8"),
        (b"- a\n", "mkdocs.en.yml:1: write keys with values, like “site_name: …”"),
        (
            b"theme: {language: en}\n",
            "mkdocs.en.yml:1: the key “INHERIT” is missing; expected mkdocs.yml",
        ),
        (
            b"INHERIT: no.yml\ntheme: {language: en}\n",
            "mkdocs.en.yml:1: “INHERIT” names no.yml, which does",
        ),
    ],
)
def test_a_file_that_says_nothing_is_refused(content: bytes, said: str, sample: Path) -> None:
    (sample / "mkdocs.en.yml").write_bytes(content)
    (found,) = find(sample)
    assert found.startswith(said)


def test_plugins_of_the_theme_and_extensions_by_module_are_found(sample: Path) -> None:
    path = sample / "mkdocs.yml"
    text = path.read_text().replace(
        "plugins: []\n", "plugins:\n  search: {lang: nl}\n  tags: {}\n  material/meta: {}\n"
    )
    path.write_text(text.replace("  tables: {}\n", "  tables: {}\n  markdown.extensions.md_in_html: {}\n"))
    assert find(sample) == []


def test_a_theme_without_a_name_is_told(sample: Path) -> None:
    path = sample / "mkdocs.yml"
    path.write_text(path.read_text().replace("  name: material\n", "  nam: material\n"))
    assert find(sample) == ["mkdocs.yml:47: the key “theme.name” is missing; expected material"]


def test_a_navigation_that_holds_itself_ends_in_a_problem(sample: Path) -> None:
    path = sample / "mkdocs.yml"
    before, _, rest = path.read_text().partition("nav:\n")
    path.write_text(f"{before}nav: &a [*a]\nnot_in_nav:{rest.partition('not_in_nav:')[2]}")
    assert "mkdocs.yml:10: expected a page, like “- privacy.md” or “- Privacy: privacy.md”" in find(sample)


def test_a_missing_file_is_named(sample: Path) -> None:
    for name in list_configurations(sample).values():
        (sample / name).unlink()
    assert find(sample) == [f"{name}: the file is missing" for name in list_configurations(sample).values()]


def test_pages_that_a_pattern_leaves_out_need_no_place(sample: Path) -> None:
    for language in ("nl", "en"):
        (sample / f"docs/{language}/draft-one.md").write_text("Text.\n")
    assert find(sample) == [
        "mkdocs.yml:10: “nav” does not name draft-one.md; add it, or nobody will find the page"
    ]  # of both languages, and told once
    path = sample / "mkdocs.yml"
    text = path.read_text().replace("not_in_nav: |\n", "not_in_nav: |\n  /draft-*.md\n")
    path.write_text(text)
    assert find(sample) == []


def test_the_pages_of_a_language_are_compared_with_the_navigation_that_it_inherits(sample: Path) -> None:
    (sample / "docs/en/only-english.md").write_text("Text.\n")
    (sample / "docs/en/glossary.md").unlink()
    missing, unnamed = find(sample)
    assert missing.startswith("mkdocs.en.yml:1: “nav” names glossary.md, and there is no such page in en/")
    assert unnamed.startswith("mkdocs.en.yml:1: “nav” does not name only-english.md; add it")


def test_of_a_tagged_list_the_last_value_counts(tmp_path: Path) -> None:
    text = "a: !ENV [NAME, x]\nb: !ENV NAME\nc: !!python/name:os.path ''\nd: !x {e: 1}\n"
    problems: list[object] = []
    parsed = parse_yaml(text, tmp_path, 1, problems, tags=True)  # type: ignore[arg-type]
    assert parsed is not None
    assert parsed[0] == {"a": "x", "b": "NAME", "c": "", "d": {"e": 1}}


@pytest.mark.parametrize(
    "old, new",
    [
        ("evidence.yaml", "evidence.yml"),
        ("assessment.nl.yaml", "Assessment.nl.yaml"),
        ("settings.toml", "Settings.toml"),
        ("thoughts", "Thoughts"),
        ("issues", "Issues"),
    ],
)
def test_what_is_not_read_under_its_name_is_told(old: str, new: str, sample: Path) -> None:
    (sample / "newsletter" / old).rename(sample / "newsletter" / new)
    assert find(sample) == [f"newsletter/{new}: is not read under this name; rename it to {old}"]


def test_of_two_names_one_is_kept(sample: Path) -> None:
    for name in ("words.nl.txt", "words.NL.txt"):
        (sample / "newsletter" / name).write_text("waarde\n")
    assert find(sample) == [
        "newsletter/words.NL.txt: is not read under this name; words.nl.txt exists too; keep one of the two"
    ]


def test_a_thought_beside_the_folder_of_thoughts_is_told(sample: Path) -> None:
    (sample / "newsletter/who-calls-you.nl.md").write_text("x")
    where = "move it to a folder like newsletter/thoughts/referral/"
    said = f"newsletter/who-calls-you.nl.md: is outside the folder of its certainty; {where}"
    assert find(sample) == [said]


def test_a_configuration_may_have_comments_behind_its_values(sample: Path) -> None:
    path = sample / "mkdocs.yml"
    path.write_text(path.read_text().replace("site_dir: site\n", "site_dir: site  # the folder to publish\n"))
    assert find(sample) == []
