"""Makes the same letters for Material's blog plugin and mkdocs-rss-plugin: `python -m tests.bench.peer PROJECT FOLDER`.

A fair comparison, because whoever publishes letters on Material for MkDocs without us would take these two.

The same as ours: the texts, word for word, with the same footnotes, links and links to checklist items; the pages of
the playbook; two sites, Dutch at / and English at /en/; and mkdocs.yml itself, of which the peer's configuration is a
child: theme, fonts, features, Markdown extensions and search are those of our own build.

Not the same, because each side does what it is meant to do:

- The peer has the two plugins in place of our hook and our theme templates, set as their manuals show, with the
  defaults for everything else: categories (the certainties), an archive by year, ten posts on a page. Each post has
  an excerpt, as the manual advises, which keeps the lists short. These lists are pages that we do not have.
- The peer's feeds hold the full text of the latest 20 posts, as RSS and as JSON Feed, by date of creation and by date
  of change: 4 files for each language. Ours are 24 for each language, with Atom, and one list of them all.
- The peer's users build one language after the other, as `mkdocs build` does; `generate site` builds both at the same
  time. The processor seconds beside the seconds tell how much either would take on one core.
- Ours reads and checks every file of the project first. Both builds are strict: a warning of MkDocs ends them.

Dates come from the front matter on both sides. Git is not asked, for the project that is measured is in no repository.
"""

import argparse
import json
import re
import shutil
from pathlib import Path

from generator.content import Newsletter, load_newsletter
from generator.content.markdown.marks import rewrite_items
from generator.content.markdown.reader import read_marks
from generator.model import Edition, Language
from generator.render.markdown import escape_markdown, render_notes
from tests.languages import EN, LANGUAGES, NL

CONFIGS = {NL: "mkdocs.nl.yml", EN: "mkdocs.en.yml"}

_OURS = {NL: "mkdocs.yml", EN: "mkdocs.en.yml"}

_CONFIG = """\
INHERIT: ours/{ours}
docs_dir: docs/{language}
site_dir: {site}
nav: null
hooks: []
watch: []
theme:
  custom_dir: theme
extra:
  alternate:
    - {{name: Nederlands, link: /, lang: nl}}
    - {{name: English, link: /en/, lang: en}}
plugins:
  - search:
      lang: {language}
  - blog
  - rss:
      match_path: blog/posts/.*
      use_git: false
      date_from_meta:
        as_creation: date
        as_update: date
      categories: [categories]
      abstract_chars_count: -1
"""


def make_peer(project: Path, folder: Path) -> None:
    """Make the peer's project of ours, in a new folder."""
    newsletter = load_newsletter(project)
    (folder / "ours").mkdir(parents=True)
    (folder / "theme").mkdir()  # empty: no templates of ours
    for language in LANGUAGES:
        config = _CONFIG.format(
            ours=_OURS[language], language=language, site=f"site/{LANGUAGES.prefix(language)}"
        )
        (folder / CONFIGS[language]).write_text(config, encoding="utf-8")
        shutil.copy2(project / _OURS[language], folder / "ours")
        docs = shutil.copytree(project / "docs" / language, folder / "docs" / language)
        for page in docs.rglob("*.md"):
            page.write_text(_page(newsletter, language, page, docs), encoding="utf-8")
        posts = docs / "blog/posts"
        posts.mkdir(parents=True)
        (docs / "blog/index.md").write_text(f"# {newsletter.settings.letter}\n", encoding="utf-8")
        for edition in newsletter.archive.editions(language):
            (posts / f"{edition.week}.md").write_text(_post(newsletter, edition), encoding="utf-8")


def _page(newsletter: Newsletter, language: Language, page: Path, docs: Path) -> str:
    """A page of the playbook, with what our hook adds to it: the footnotes, and the list of facts where it belongs."""
    text = page.read_text(encoding="utf-8").replace("<!-- evidence -->", _list_facts(newsletter, language))
    about = "../" * (len(page.relative_to(docs).parts) - 1) + "about-the-numbers.md"
    return f"{text}\n{render_notes(newsletter, language, text, about)}\n"


def _list_facts(newsletter: Newsletter, language: Language) -> str:
    return "\n".join(
        f"- {escape_markdown(f'{fact.claim[language]} {fact.limits[language]} {fact.source}')} {{ #{fact.id} }}"
        for fact in newsletter.playbook.facts.values()
        if fact.use != "avoid"
    )


def _post(newsletter: Newsletter, edition: Edition) -> str:
    """A letter as a post: the same words, its first paragraph as excerpt, links as seen from the folder of posts."""
    certainty = newsletter.playbook.certainty(edition.language, edition.certainty)
    text = re.sub(r"\]\(\.\./\.\./\.\./docs/\w+/", "](../../", edition.markdown)
    text = re.sub(r"\]\(\.\./(\d{4}-W\d\d)/\w+\.md\)", r"](\1.md)", text)
    text = rewrite_items(
        text,
        read_marks(text),
        lambda beginning, words, item: f"{beginning}[{words}](../../{certainty.page}#{item})",
    )
    heading, first, rest = text.split("\n\n", 2)
    front = (
        f"date: {edition.published.date()}\n"
        f"description: {json.dumps(edition.summary, ensure_ascii=False)}\n"
        f"categories: [{json.dumps(certainty.title, ensure_ascii=False)}]\n"
    )
    notes = render_notes(newsletter, edition.language, edition.markdown, "../../about-the-numbers.md")
    return f"---\n{front}---\n\n# {edition.title}\n\n{heading}\n\n{first}\n\n<!-- more -->\n\n{rest}\n\n{notes}\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peer", description=__doc__.splitlines()[0])
    parser.add_argument("project", type=Path, help="folder of our project")
    parser.add_argument("folder", type=Path, help="folder to create the peer's project in")
    asked = parser.parse_args()
    make_peer(asked.project, asked.folder)
