"""MkDocs: puts the artifacts on the site. What a page says was decided before; there is no second model here.

While MkDocs loads this file, its folder is first on `sys.path`: no module beside it may be named like a library.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from functools import partial
from html import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.toc import AnchorLink

from generator import clock
from generator.content import load_newsletter
from generator.content.needs import need_site
from generator.errors import GeneratorError
from generator.model import Artifact, Language
from generator.preview import FOLDER, Preview, guard, mount
from generator.publication.book import find_books
from generator.publication.search import build_index
from generator.render.email.marks import render_marks
from generator.render.feed.feedlist import Format, list_feeds
from generator.render.feed.feeds import render_feeds
from generator.render.markdown import mark_outside, name_asides
from generator.render.page.articles import list_articles
from generator.render.page.cards import list_cards, render_cards
from generator.render.page.hosts import render_host_files
from generator.render.page.icons import render_icons, render_manifest
from generator.render.page.markup import add_jumps, name_terms, tidy_markup
from generator.render.page.offline import render_worker
from generator.render.page.pages import render_pages
from generator.render.page.reminders import render_reminders
from generator.render.page.scripts import render_scripts
from generator.render.page.signup import render_form
from generator.render.page.styles import render_styles
from generator.render.page.well_known import render_well_known
from generator.render.templating import render_template
from generator.settings import TRIAL, load_settings
from generator.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, tzinfo

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from generator.content import Newsletter

_log = logging.getLogger("mkdocs.generator")
_command = "build"


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
    """Remember the command, which MkDocs tells here and nowhere else."""
    global _command  # noqa: PLW0603
    _command = command


def on_config(config: MkDocsConfig) -> None:
    """Read the newsletter; its settings know the names and the address of the site."""
    language = Language(config.theme["language"])
    if "newsletter" not in config.extra:  # the build of the other language has passed it on, and its moment
        _load(config)
    newsletter = config.extra["newsletter"]
    if _command == "serve":
        # Absolute links lead to this machine, and so do forms: nothing signs up for the real letter. Nothing is older
        # than the last save.
        site_url = (config.site_url or "/").removesuffix(newsletter.settings.languages.prefix(language))
        service_url = newsletter.settings.service_url and TRIAL
        settings = replace(newsletter.settings, site_url=site_url, service_url=service_url, offline=False)
        newsletter = replace(newsletter, settings=settings)
    channel = newsletter.settings.channels[language]
    config.site_name, config.site_description = channel.site_name, escape(channel.description)
    config.site_url = newsletter.settings.url(language)
    feeds = sorted(list_feeds(newsletter), key=lambda feed: feed.language != language)
    config.extra.update(newsletter=newsletter, feeds=feeds, formats=tuple(Format))
    config.extra["cards"] = list_cards(newsletter, language)
    config.extra["articles"] = list_articles(newsletter, language)
    config.extra["books"] = [book for book in find_books(newsletter.root) if book.language == language]
    with _told_by_mkdocs():
        config.extra["words"] = load_words(newsletter.root)
    # Each page asks for its own, with its own way to the privacy page.
    config.extra["render_form"] = partial(
        render_form,
        newsletter.root,
        newsletter.settings,
        language,
        lessons=bool(newsletter.playbook.lessons[language]),
    )


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Put the artifacts in, each in the place of the authored file of that path."""
    language, moment = Language(config.theme["language"]), config.extra["moment"]
    newsletter = config.extra["newsletter"]
    _leave_out_the_theme(files, config)
    artifacts = [*_render(newsletter, language, moment), *_join(config, language)]
    artifacts += [Artifact(book.address, book.path) for book in config.extra["books"]]
    if language == newsletter.settings.languages.default:
        with _told_by_mkdocs():
            artifacts += render_host_files(newsletter.root, newsletter.settings, _list_joined(config))
    for artifact in artifacts:
        path, content = str(artifact.path), artifact.content
        if authored := files.get_file_from_path(path):
            files.remove(authored)
        if isinstance(content, Path):
            files.append(File.generated(config, path, abs_src_path=str(content)))
        else:
            # MkDocs leaves out what begins with a dot.
            included = InclusionLevel.INCLUDED if path.startswith(".") else InclusionLevel.UNDEFINED
            files.append(File.generated(config, path, content=content, inclusion=included))


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> None:
    """Leave no line in a page where a template has only a statement."""
    env.trim_blocks = env.lstrip_blocks = True


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> None:
    """Date the page in the sitemap by the newest letter on it; MkDocs would say that everything changed today."""
    page.update_date = page.meta.get("updated", "")


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Name the admonitions in the language of the page, mark the links that lead away, and tidy the markup.

    The terms of a page come into its contents, and a long list of them gets jumps.
    """
    html, terms = name_terms(name_asides(html, config.extra["words"][config.theme["language"]]["aside"]))
    for term in terms:
        (page.present_anchor_ids or set()).add(term.id)  # which MkDocs knows of every page that it has read
        for part in page.toc.items[0].children:
            if part.id == term.part:
                part.children.append(AnchorLink(term.title, term.id, part.level + 1))
    return tidy_markup(mark_outside(add_jumps(html, terms), config.extra["newsletter"].settings.site_url))


def on_post_build(config: MkDocsConfig) -> None:
    """Build the other language as well, below this one; then make the index of both."""
    for name in (config.extra.get("translations") or "").split():
        other = load_config(str(Path(config.config_file_path).with_name(name)), strict=config.strict)
        language, newsletter = Language(other.theme["language"]), config.extra["newsletter"]
        other.site_dir = str(Path(config.site_dir, newsletter.settings.languages.prefix(language)))
        other.site_url = newsletter.settings.url(language)
        other.extra.update(newsletter=newsletter, moment=config.extra["moment"])
        build(other, serve_url=other.site_url if _command == "serve" else None)
    if config.extra.get("index"):
        with _told_by_mkdocs():
            build_index(Path(config.site_dir), config.extra["newsletter"])


def on_serve(server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]) -> None:
    """Serve the preview beside the site, and let only pages of this server ask for either."""
    root, address = Path(config.config_file_path).absolute().parent, config.dev_addr
    zone = config.extra["newsletter"].settings.timezone
    preview = Preview(root, lambda: _read_moment(config, zone), site=config.site_url or "")
    server.set_app(guard(mount(preview, server.serve_request), address.port, address.host))
    _log.info("The letters: http://%s:%d%s", address.host, address.port, FOLDER)


def _load(config: MkDocsConfig) -> None:
    """Read the newsletter and the moment to build for: what is not out by then is left out, unless it was asked for."""
    root = Path(config.config_file_path).absolute().parent
    settings = load_settings(root, [])  # what is wrong with it is said below
    moment = _read_moment(config, settings.timezone if settings else UTC)
    with _told_by_mkdocs():
        newsletter = load_newsletter(root, needs=need_site(root, moment))
    for problem in newsletter.ignored:  # a letter that waits for its Friday, or a thought
        _log.info("Left out: %s", problem)
    future = config.extra.get("future", False)
    if future not in (True, False, None):  # None: the variable is there and empty
        raise Abort(
            f"“{future}” is neither yes nor no; set FUTURE=1 to include letters that are not published yet"
        )
    if not future and _command != "serve":
        newsletter = replace(newsletter, archive=newsletter.archive.until(moment))
    config.extra.update(newsletter=newsletter, moment=moment)


def _read_moment(config: MkDocsConfig, zone: tzinfo) -> datetime:
    """The moment to build for: now, unless PUBLISHED_UNTIL names another one."""
    until = config.extra.get("published_until")
    if not until:
        return clock.read_clock()
    try:
        return clock.parse_moment(str(until), zone)  # YAML may have read it as a moment already
    except ValueError as error:
        raise Abort(str(error)) from None


def _render(newsletter: Newsletter, language: Language, moment: datetime) -> list[Artifact]:
    """All artifacts of a language, with their paths below its folder."""
    with _told_by_mkdocs():
        artifacts = [
            *render_pages(newsletter, language, moment),
            *_render_feeds(newsletter, language, moment),
            *render_reminders(newsletter, language, moment),
        ]
        artifacts += [*render_marks(newsletter, language), *render_cards(newsletter, language)]
        artifacts += (*render_icons(newsletter.root), render_manifest(newsletter, language))
        if language == newsletter.settings.languages.default:
            artifacts.append(render_worker(newsletter))
            artifacts += render_well_known(newsletter.settings, moment)
    return artifacts


def _join(config: MkDocsConfig, language: Language) -> list[Artifact]:
    """The style sheets and the scripts that `mkdocs.yml` names, each kind joined; pages then name the joined file."""
    newsletter = config.extra["newsletter"]
    with _told_by_mkdocs():
        sheet = render_styles(newsletter.root, config.extra_css)
        scripts = render_scripts(newsletter, language)
        marks = {
            one.page: render_template(newsletter.root, f"marks/{one.id}.svg")
            for one in newsletter.playbook.certainties[language]
        }
    config.extra_css = [str(sheet.path)]
    config.extra.update(scripts={name: str(script.path) for name, script in scripts.items()}, marks=marks)
    return [sheet, *scripts.values()]


def _list_joined(config: MkDocsConfig) -> Iterator[PurePosixPath]:
    """The paths of all joined files of all languages, below the root of the site."""
    newsletter = config.extra["newsletter"]
    for language in newsletter.settings.languages:
        folder = PurePosixPath(newsletter.settings.languages.prefix(language))
        scripts = render_scripts(newsletter, language).values()
        yield from (folder / path for path in (*config.extra_css, *(script.path for script in scripts)))


def _leave_out_the_theme(files: Files, config: MkDocsConfig) -> None:
    """Publish no file of Material, and no style sheet that is joined."""
    ours, *theirs = config.theme.dirs
    for file in list(files):
        if file.src_dir in theirs or (file.src_dir == ours and file.src_uri.endswith(".css")):
            files.remove(file)


def _render_feeds(newsletter: Newsletter, language: Language, moment: datetime) -> Iterator[Artifact]:
    """The feeds of a language; the list of all stands at the root of the site, which is a language's too.

    A letter waits here until it is out, even where the pages show it: what a reader's program has fetched cannot be
    taken back, and a feed with a date to come is not valid.
    """
    newsletter = replace(newsletter, archive=newsletter.archive.until(moment))
    folder = newsletter.settings.languages.prefix(language)
    for feed in render_feeds(newsletter, [language]):
        if feed.path.is_relative_to(folder):
            yield replace(feed, path=feed.path.relative_to(folder))


@contextmanager
def _told_by_mkdocs() -> Iterator[None]:
    """Let MkDocs say what a person has to mend: one line for each problem, and no traceback."""
    try:
        yield
    except GeneratorError as error:
        for line in str(error).splitlines():
            _log.error(line)
        raise Abort("Nothing was built; correct the problems above first.") from None
