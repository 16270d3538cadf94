"""What the script of a page can ask for: each call takes an object of JSON, and gives one."""

from __future__ import annotations

import re
import time
import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar

from generator.assemble import assemble_issue
from generator.cache import Cache
from generator.content.certainties import IDS
from generator.content.needs import need_assembly
from generator.model import MONTHS, Language, Week
from generator.publication.issue import make_issue
from generator.publication.thought import start_thought
from generator.render.dates import say_language
from generator.render.email.message import render_email
from generator.render.preview.inbox import cut_lines
from generator.words import load_words
from generator.writing.handing import find_pending, hand_in, is_handed_in
from generator.writing.inserts import (
    find_facts,
    find_links,
    find_thoughts,
    keep_picture,
    list_loose,
    read_picture,
    remove_picture,
)
from generator.writing.programs import send_proof
from generator.writing.refusals import Refusal
from generator.writing.remarks import find_problems, list_remarks, suggest_words
from generator.writing.saving import (
    change_words,
    delete_text,
    keep_text,
    replace_text,
    resolve_text,
    save_text,
    waive_remark,
)
from generator.writing.states import find_state, is_out, name_certainty
from generator.writing.texts import find_digests, find_text, open_language, read_source
from generator.writing.versions import list_versions, read_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.content import Newsletter
    from generator.writing.front import Value
    from generator.writing.project import Project
    from generator.writing.texts import Field, Text

V = TypeVar("V")


class _Given(dict[str, Any]):
    """The object of a call. What is not of the type that is asked for raises Refusal."""

    def text(self, key: str, default: str | None = None) -> str:
        return self._take(key, str, default)

    def flag(self, key: str) -> bool:
        return self._take(key, bool, None)

    def table(self, key: str) -> dict[str, Any]:
        return self._take(key, dict, None)

    def texts(self, key: str) -> list[str]:
        found: list[Any] = self._take(key, list, None)
        if not all(isinstance(one, str) for one in found):
            raise Refusal("odd_call")
        return found

    def _take(self, key: str, kind: type[V], default: V | None) -> V:
        value = self.get(key, default)
        if not isinstance(value, kind):
            raise Refusal("odd_call")
        return value


def _open(project: Project, given: _Given, language: Language) -> dict[str, Any]:
    with project.lock:
        text = find_text(project.root, given.text("text"))
        languages = [open_language(project.root, text, one) for one in text.files]
        if text.id not in project.begun:
            project.begun.add(text.id)
            project.ours.update(one["digest"] for one in languages)
        problems = find_problems(project, text)
        newsletter = project.read(text).newsletter
        certainty = text.certainty or next(
            (one["fields"]["certainty"] for one in languages if one["fields"].get("certainty")), ""
        )
        return {
            "text": text.id,
            "kind": text.kind,
            "certainty": certainty,
            "title": name_certainty(newsletter, certainty, language) if newsletter else certainty,
            "languages": [{**one, "name": say_language(one["language"], language)} for one in languages],
            "items": _list_items(newsletter, certainty) if newsletter else [],
            "thoughts": _list_thoughts(newsletter, certainty, language) if newsletter else [],
            "facts": {one.id: one.name[language] for one in newsletter.playbook.facts.values()}
            if newsletter
            else {},
            "fields": [_describe(project, newsletter, field, language) for field in text.fields],
            "state": _note_state(project, newsletter, text, problems),
            "out": newsletter is not None and is_out(newsletter, text, project.clock()),
            "handed": is_handed_in(project.root, text.files.values()),
        }


def _list_items(newsletter: Newsletter, certainty: str) -> list[dict[str, Any]]:
    """The items of the checklist of a certainty, with their text in each language."""
    items: dict[str, dict[str, str]] = {}
    for language, pages in newsletter.playbook.certainties.items():
        for item in (item for page in pages if page.id == certainty for item in page.items):
            items.setdefault(item.id, {})[language] = item.text
    return [{"id": item, "text": texts} for item, texts in items.items()]


def _list_thoughts(newsletter: Newsletter, certainty: str, language: Language) -> list[dict[str, str]]:
    return [
        {"id": thought.slug, "title": thought.title}
        for thought in newsletter.playbook.thoughts[language]
        if thought.certainty == certainty
    ]


def _describe(
    project: Project, newsletter: Newsletter | None, field: Field, language: Language
) -> dict[str, Any]:
    words = load_words(project.root)[language]["write"]
    found: dict[str, Any] = {
        "key": field.key,
        "label": words.get(f"field_{field.key}", field.key),
        "kind": field.kind,
        "shared": field.shared,
        "most": field.most,
    }
    if field.kind == "certainty" and newsletter:
        found["options"] = [{"value": one, "label": name_certainty(newsletter, one, language)} for one in IDS]
    if field.kind == "months":
        found["options"] = list(MONTHS)
    return found


def _save(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, language = _find_edition(project, given)
        fields: dict[str, Value] = given.table("fields")
        digests = save_text(
            project.root,
            text,
            language,
            given.text("base"),
            fields,
            given.text("body"),
            project.clock(),
            project.ours,
        )
        return _say_saved(project, language, digests)


def _resolve(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, language = _find_edition(project, given)
        now, ours = project.clock(), project.ours
        digests = resolve_text(
            project.root, text, language, given.text("base"), given.text("source"), now, ours
        )
        return _say_saved(project, language, digests)


def _waive(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, language = _find_edition(project, given)
        base, rule, reason = given.text("base"), given.text("rule"), given.text("reason")
        now, ours = project.clock(), project.ours
        digests = waive_remark(project.root, text, language, base, rule, reason, now, ours)
        return _say_saved(project, language, digests)


def _word(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        language = project.require().settings.languages.find(given.text("language"))
        if language is None:
            raise Refusal("odd_call")
        change_words(project.root, language, given.text("word"), add=given.flag("add"))
        return {}


def _keep(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, language = _find_edition(project, given)
        now = project.clock()
        return {
            "kept": keep_text(project.root, text, language, given.table("fields"), given.text("body"), now)
        }


def _find_edition(project: Project, given: _Given) -> tuple[Text, Language]:
    text, language = find_text(project.root, given.text("text")), Language(given.text("language"))
    if language not in text.files:
        raise Refusal("odd_call")
    return text, language


def _say_saved(project: Project, language: Language, digests: Mapping[str, str]) -> dict[str, Any]:
    saved = f"{project.clock().astimezone():%H:%M:%S}"
    return {"digest": digests[language], "digests": digests, "saved": saved}


def _check(project: Project, given: _Given, language: Language) -> dict[str, Any]:
    with project.lock:
        began = time.perf_counter()
        text = find_text(project.root, given.text("text"))
        problems = find_problems(project, text)
        remarks = list_remarks(project.root, text, problems, language)
        state = _note_state(project, project.read(text).newsletter, text, problems)
        loose = list_loose(project.root, text)
        took = round((time.perf_counter() - began) * 1000)
        return {"state": state, "took": took, "remarks": remarks, "loose": loose}


def _note_state(project: Project, newsletter: Newsletter | None, text: Text, problems: Any) -> str:
    project.states[text.id] = state = find_state(newsletter, text, problems, project.clock())
    return state


def _suggest(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        newsletter = project.require()
    return {"words": suggest_words(newsletter, given.text("language"), given.text("word")[:60])}


def _changes(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, known = find_text(project.root, given.text("text")), given.table("digests")
        digests = find_digests(text)
        changed = {language: found for language, found in digests.items() if known.get(language) != found}
        return {"changed": changed, "state": project.states.get(text.id, "")}


def _inbox(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text = find_text(project.root, given.text("text"))
        found = []
        for language in text.files:
            fields = open_language(project.root, text, language)["fields"]
            subject, summary = (
                str(fields.get("subject") or fields.get("title") or ""),
                str(fields.get("summary") or ""),
            )
            found += [
                {
                    "kind": line.kind,
                    "language": language,
                    "subject": line.subject,
                    "summary": line.summary,
                }
                for line in cut_lines(subject, summary)
            ]
        return {"lines": found}


def _sizes(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        found = project.find_issue(find_text(project.root, given.text("text")))
        if found is None:
            return {"sizes": []}
        newsletter, issue = found
        return {
            "sizes": [
                {
                    "language": language,
                    "words": edition.words,
                    "minutes": edition.minutes,
                    "bytes": len(render_email(newsletter, edition).html.encode()),
                }
                for language, edition in issue.editions.items()
            ]
        }


def _search(
    find: Callable[[Newsletter, str, Language], list[Any]], key: str
) -> Callable[[Project, _Given, Language], dict[str, Any]]:
    def search(project: Project, given: _Given, language: Language) -> dict[str, Any]:
        with project.lock:
            newsletter = project.require()
        chosen = newsletter.settings.languages.find(given.text("language", language))
        return {key: find(newsletter, given.text("query"), chosen or language)}

    return search


def _assemble(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        newsletter, now = project.require(), project.clock()
        named = given.text("week", "")
        try:
            week = Week.parse(named) if named else newsletter.settings.coming_week(now)
        except ValueError:
            raise Refusal("odd_call") from None
        chosen = given.text("certainty", "") or None, given.text("thought", "") or None
        make_issue(newsletter, Cache(), week, now, *chosen)
        return {"text": str(week)}


def _retell(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    """Put a thought into a letter, in all languages, as a new letter would be made from it."""
    with project.lock:
        text = find_text(project.root, given.text("text"))
        newsletter = project.require()
        if text.week is None:
            raise Refusal("odd_call")
        newsletter.require(need_assembly(project.root))
        issue = assemble_issue(newsletter, text.week, given.text("certainty"), given.text("thought"))
        new: dict[Language, tuple[dict[str, Value], str]] = {}
        for language, edition in issue.editions.items():
            fields: dict[str, Value] = {
                "title": edition.title,
                "subject": "",
                "summary": edition.summary,
                "certainty": edition.certainty,
                "thought": edition.thought,
                "actions": list(edition.actions),
            }
            new[language] = fields, f"\n{edition.markdown}\n"
        now, ours = project.clock(), project.ours
        return {"digests": replace_text(project.root, text, given.table("bases"), new, now, ours)}


def _remove(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        remove_picture(project.root, find_text(project.root, given.text("text")), given.text("picture"))
        return {}


def _delete(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    """Delete a text that nobody else has seen and no letter is made from."""
    with project.lock:
        text = find_text(project.root, given.text("text"))
        newsletter = project.require()
        if is_out(newsletter, text, project.clock()) or is_handed_in(project.root, text.files.values()):
            raise Refusal("handed_in_already")
        if text.slug and any(issue.thought == text.slug for issue in newsletter.archive.issues):
            raise Refusal("thought_in_use")
        delete_text(project.root, text, project.clock())
        return {}


def _thought(project: Project, given: _Given, language: Language) -> dict[str, Any]:
    """Start a thought. Its files are named after the first words of its title, in letters that every system has."""
    title = " ".join(given.text("title").split())
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
    with project.lock:
        started = start_thought(project.root, given.text("certainty"), " ".join(words[:_WORDS]) or title)
        text = find_text(project.root, f"thoughts/{given.text('certainty')}/{started.slug}")
        source = read_source(project.root, text.files[language])
        body = open_language(project.root, text, language)["body"]
        now, ours = project.clock(), project.ours
        save_text(project.root, text, language, source.digest, {"title": title}, body, now, ours)
        return {"text": text.id}


_WORDS = 6
"""The most words that the name of a thought has."""


def _versions(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text = find_text(project.root, given.text("text"))
        return {
            "versions": [
                {"at": version.at.isoformat(), "language": version.language, "digest": version.digest}
                for version in list_versions(project.root, text)
            ]
        }


def _version(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    with project.lock:
        text, language = _find_edition(project, given)
        content = read_version(project.root, text, language, given.text("digest"))
        if content is None:
            raise Refusal("no_version")
        return {"source": content.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")}


def _proof(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    text = find_text(project.root, given.text("text"))
    address = given.text("to").strip()
    if text.week is None or not re.fullmatch(r"[^\s@]+@[^\s@]+", address):
        raise Refusal("odd_address")
    send_proof(project.root, text.week, address)
    return {}


def _pending(project: Project, _: _Given, __: Language) -> dict[str, Any]:
    found = find_pending(project.root, project.clock())
    return {"files": list(found.files), "unpushed": found.unpushed}


def _hand(project: Project, given: _Given, _: Language) -> dict[str, Any]:
    files = given.texts("files")
    found = hand_in(project.root, given.text("message"), project.clock(), files, project.lock)
    return {"branch": found.branch, "link": found.link}


_CALLS: Mapping[str, Callable[[Project, _Given, Language], dict[str, Any]]] = {
    "open": _open,
    "save": _save,
    "resolve": _resolve,
    "keep": _keep,
    "waive": _waive,
    "word": _word,
    "check": _check,
    "suggest": _suggest,
    "changes": _changes,
    "inbox": _inbox,
    "sizes": _sizes,
    "facts": _search(find_facts, "facts"),
    "links": _search(find_links, "links"),
    "thoughts": _search(find_thoughts, "thoughts"),
    "assemble": _assemble,
    "retell": _retell,
    "remove": _remove,
    "delete": _delete,
    "thought": _thought,
    "versions": _versions,
    "version": _version,
    "proof": _proof,
    "pending": _pending,
    "hand": _hand,
}


def answer_call(project: Project, name: str, given: dict[str, Any], language: Language) -> dict[str, Any]:
    """Do what a page asks for; `language` is that of the interface. Raises GeneratorError when it is not done."""
    return _CALLS[name](project, _Given(given), language)


def is_call(name: str) -> bool:
    """Whether there is a call of this name."""
    return name in _CALLS


def keep_upload(project: Project, query: Mapping[str, str], name: str, content: bytes) -> dict[str, Any]:
    """Keep a picture that was dropped or pasted, or `try` whether it can be kept. Raises Refusal."""
    shrink = "shrink" in query
    with project.lock:
        text = find_text(project.root, query.get("text", ""))
        if "try" in query:
            read_picture(text, content, shrink=shrink)
            return {}
        return keep_picture(project.root, text, name, query.get("alt", ""), content, shrink=shrink)
