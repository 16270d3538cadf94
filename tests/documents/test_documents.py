"""Every command of our documents, and every example in --help, does what the page says, in the order of the page.

What needs root, a domain or systemd says so behind its fence; of that, the tests look whether everything that it names
exists: commands and options by the real parser, files, units and make's targets.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from generator.cli import Project, generate, newsletter
from tests.clocks import STOPPED
from tests.documents import reader
from tests.documents.blocks import OURS, ROOT, RUN, Block, find_blocks, find_mentions
from tests.documents.shell import SERVERS, Shell, copy_project
from tests.machine import FAKETIME

PROGRAMS = {"generate": generate.main, "newsletter": newsletter.main}
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
EMAIL = "reader@example.org"
MAILDIR = "NEWSLETTER_MAIL=maildir:var/mail"
MAILCHIMP = "Email Address,MEMBER_RATING,OPTIN_TIME\\nb@example.org,2,2026-01-02 03:04:05\\n"


# --- What is run ---


@pytest.fixture
def shell(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A person with an empty home, in a copy of the project."""
    home = tmp_path / "home"
    home.mkdir()
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    typist = Shell(copy_project(tmp_path / "project"), home, shared / "ports.lock")
    try:
        yield typist
    finally:
        typist.close()


def run_block(shell: Shell, block: Block, acts: dict[str, Callable[[str], None]]) -> None:
    """Type each command of a block. A server is stopped again at once, unless an act belongs to it."""
    for command in block.commands:
        place = f"{block.document}:{block.line}: {command.text}"
        pattern = next((said for name, said in SERVERS.items() if re.fullmatch(name, command.text)), None)
        if pattern:
            server = shell.serve(command.text, pattern)
            if command.text in acts:
                acts[command.text](server.address)
            else:
                shell.stop(server)
            continue
        done = shell.run(command.text)
        assert done.code == 0, f"{place}\n{done.output}"
        if command.said:
            expected = "".join(
                r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + " *\n"
                for line in command.said
            )
            assert re.fullmatch(rf"(?:{expected})(?:.*\n)*", done.output), f"{place} says\n{done.output}"
        if command.text in acts:
            acts[command.text](done.output)


def run_document(shell: Shell, document: str, acts: dict[str, Callable[[str], None]] | None = None) -> int:
    """Type everything that a page tells a person to type; how many commands that were."""
    blocks = [block for block in find_blocks(document) if block.is_run]
    for block in blocks:
        before = (acts or {}).get(f"# {block.heading}")
        if before:
            before("")
        run_block(shell, block, acts or {})
    return sum(len(block.commands) for block in blocks)


@pytest.mark.slow
@pytest.mark.needs(FAKETIME)
def test_the_readme_leads_from_nothing_to_a_letter_that_a_reader_got_and_left(shell: Shell) -> None:
    counts: list[str] = []

    def sign_up(address: str) -> None:
        reader.subscribe(address, EMAIL)
        reader.follow(reader.find_link(shell.project, EMAIL, "confirm"))

    def leave(output: str) -> None:
        assert "1 planned" in output or "accepted" in output
        link = reader.find_link(shell.project, EMAIL, "unsubscribe")
        assert link.startswith("http://127.0.0.1:8001/"), (
            "in a trial, links lead to where the service listens"
        )
        reader.follow(link)

    acts = {
        "make service": sign_up,
        "newsletter subscribers list": lambda output: counts.append(output.splitlines()[-1]),
        "newsletter status 2026-W48": leave,
    }
    assert run_document(shell, "README.md", acts) > 10
    assert counts == ["On the list: 1 confirmed.", "On the list: 1 unsubscribed."]
    status = shell.run("git status --porcelain").output.splitlines()
    assert status == ["?? newsletter/issues/2026-W49/"], (
        "what a newcomer made is theirs; nothing else was left behind"
    )


@pytest.mark.slow
@pytest.mark.needs(FAKETIME)
def test_the_guide_leads_through_the_week_of_an_editor(shell: Shell) -> None:
    def correct(_: str) -> None:
        for language in ("nl", "en"):
            path = shell.project / f"newsletter/issues/2026-W48/{language}.md"
            text = path.read_text("utf-8")
            text = re.sub(
                r"^published:.*\n", r"\g<0>updated: 2026-11-30T09:00:00+01:00\n", text, flags=re.MULTILINE
            )
            path.write_text(re.sub(r"^summary: \"", r"\g<0>Nu: ", text, flags=re.MULTILINE), "utf-8")

    assert run_document(shell, "newsletter/GUIDE.md", {"# Correct a letter that is out": correct}) > 10


def prepare_list(shell: Shell, first: str = EMAIL) -> None:
    """A list with a reader, a letter that they got in a trial, and one that was frozen and never left."""
    for command in (
        "source .venv/bin/activate",
        "generate issue && git add newsletter && git commit --quiet --message 'The letter of 2026-W49'",
        "newsletter init",
        f"newsletter subscribers add {first} --proof 'a signed form'",
        "NEWSLETTER_MAIL=smtp://127.0.0.1:9 newsletter send 2026-W47 --now --patience 0 || true",
        f"export {MAILDIR}",
        "newsletter send 2026-W48 --now",
        "mkdir -p var/returns/new && touch var/mail.eml var/proof.eml",
        "newsletter subscribers export --output var/subscribers.csv",
        "cp var/subscribers.csv var/listmonk.csv",
        f"printf '{MAILCHIMP}' > var/subscribed_members_export_1a2b.csv",
        r"printf 'email,member\na@example.org,yes\nb@example.org,no\n' > var/club.csv",
    ):
        done = shell.run(command)
        assert done.code == 0, f"{command}\n{done.output}"


@pytest.mark.slow
@pytest.mark.needs(FAKETIME)
def test_what_an_operator_types_each_week_works(shell: Shell) -> None:
    prepare_list(shell)
    assert run_document(shell, "deploy/RUN.md") > 10


# --- Examples ---


def find_examples() -> Iterator[tuple[str, str]]:
    """The name of each command, and an example of its --help."""

    def walk(name: str, command: click.Command) -> Iterator[tuple[str, str]]:
        examples = re.search(r"^\s*Examples?:\n((?:\s+.+\n?)+)", command.help or "", re.MULTILINE)
        for line in examples[1].splitlines() if examples else ():
            if line.strip():
                yield name, line.strip()
        for word, one in command.commands.items() if isinstance(command, click.Group) else ():
            yield from walk(f"{name} {word}", one)

    for name, program in PROGRAMS.items():
        yield from walk(name, program)


ANSWERS = {
    "generate new thought referral": "A name from the street",
    "newsletter subscribers erase reader@example.org": "y",
    "newsletter withdraw 2026-W47": "y",
}
"""What a person types when an example asks, on a terminal."""

LIFE = [
    f"newsletter subscribers {word}"
    for word in ("add", "import", "export", "campaign", "list", "show", "remove", "erase")
]
"""The commands whose examples follow one reader, in the order in which they can."""

CODES = {
    "newsletter doctor": 1,  # the addresses are still those of the example, and there is no relay
    "newsletter doctor --received var/proof.eml": 1,  # it is empty: a trial sends nothing to a mailbox
    "newsletter withdraw 2026-W47 --yes": 1,  # the example above it has done so already
    "newsletter restore var/backup/2026-11-27T070000.db": 1,  # no back-up was made at that moment
    "newsletter receive --mailbox": 75,  # no mailbox is set up
    "newsletter receive --queue": 75,  # and no queue
}
"""Examples that end otherwise than with 0 in the project of the test, for the reason beside them."""


@pytest.mark.slow
@pytest.mark.needs(FAKETIME)
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_example_in_a_help_text_works(shell: Shell, program: str) -> None:
    prepare_list(shell, "first@example.org")
    found = sorted(find_examples(), key=lambda found: LIFE.index(found[0]) if found[0] in LIFE else len(LIFE))
    examples = list(dict.fromkeys(example for name, example in found if name.split()[0] == program))
    assert len(examples) > 10
    for example in examples:
        if (
            "--online" in example
        ):  # it asks other machines: its options exist, which is all that can be seen here
            look_at(example, whole=True)
            continue
        pattern = next((said for name, said in SERVERS.items() if re.fullmatch(name, example)), None)
        if pattern:
            shell.stop(shell.serve(example, pattern))
        else:
            answered = (
                f"echo '{ANSWERS.get(example)}' | script --quiet --return --command '{example}' /dev/null"
            )
            done = shell.run(answered if example in ANSWERS else example)
            assert done.code == CODES.get(example, 0), f"{example}\n{done.output}"


@pytest.mark.parametrize("name", sorted({name for name, _ in find_examples()}))
def test_each_help_text_that_has_examples_uses_its_own_command(name: str) -> None:
    for command, example in find_examples():
        if command == name:
            assert example.startswith(name) or "=" in example.split()[0]


def test_every_command_has_an_example() -> None:
    def walk(name: str, command: click.Command) -> Iterator[str]:
        if isinstance(command, click.Group):
            for word, one in command.commands.items():
                yield from walk(f"{name} {word}", one)
        else:
            yield name

    commands = {name for program in PROGRAMS for name in walk(program, PROGRAMS[program])}
    assert commands == {name for name, _ in find_examples()} & commands


# --- What is looked at ---


def reach(words: list[str], *, whole: bool) -> str:
    """The name of the command that these words reach. Raises UsageError for one, or an option, that does not exist."""
    name, *rest = words
    command: click.Command = PROGRAMS[name]
    context = None
    while True:
        try:
            context = command.make_context(name, list(rest), parent=context, obj=Project(ROOT, STOPPED))
        except click.UsageError as error:
            unfinished = isinstance(error.__cause__, click.MissingParameter | click.BadOptionUsage)
            if whole or not unfinished:  # `newsletter serve --url`, in the middle of a sentence
                raise
            return name
        if not isinstance(command, click.Group):
            return name
        rest = [*context._protected_args, *context.args]
        if not rest and not whole:
            return name
        found, next_, rest = command.resolve_command(context, rest)
        assert found is not None
        assert next_ is not None
        name, command = found, next_


def look_at(text: str, *, whole: bool) -> None:
    """See that a command of ours exists, with its options."""
    text = re.sub(r"\s*[<>|].*", "", re.sub(r"^(?:\w+=\S+ )+", "", text))
    text = text.replace("/var/lib/newsletter/returns", str(ROOT))  # a folder of a server, which must exist
    words = shlex.split(re.sub(r"(?:\.venv/bin/|/usr/local/bin/)(?=generate|newsletter)", "", text))
    if words[0] == "make":
        assert {word for word in words[1:] if re.fullmatch(r"[a-z-]+", word)} <= TARGETS, text
        return
    words = [word for word in words if word != "…"]
    if words[1:] not in ([], ["--help"]):
        try:
            reach(words, whole=whole)
        except click.UsageError as error:
            pytest.fail(f"{text!r}: {error.format_message()}")


@pytest.mark.parametrize(
    "document", [*RUN, "newsletter/DUTIES.md", "newsletter/CHECKS.md", "newsletter/STYLE.md"]
)
def test_every_command_that_is_mentioned_exists(document: str) -> None:
    for mention in find_mentions(document):
        look_at(mention, whole=False)


@pytest.mark.parametrize("document", RUN)
def test_what_only_a_server_can_run_names_what_exists(document: str) -> None:
    for block in find_blocks(document):
        if not block.is_looked_at:
            continue
        subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
        for command in block.commands:
            for ours in filter(re.compile(rf"(?:\w+=\S+ )*{OURS}").match, command.text.split(" && ")):
                look_at(ours, whole=True)
            for name in re.findall(r"(?<![\w/])deploy/[\w@.-]+", command.text):
                assert (ROOT / name).exists(), f"{document}:{block.line}: {name}"
            if command.text.startswith("systemctl"):
                for unit in re.findall(r"\bnewsletter[\w.-]*", command.text):
                    assert (ROOT / "deploy" / (unit if "." in unit else f"{unit}.service")).exists(), unit
            for _, inside in re.findall(
                r"(podman exec \S+ |podman run .*? )(newsletter serve.*|\.venv/bin/newsletter .*)",
                command.text,
            ):
                look_at(inside.removeprefix("newsletter newsletter"), whole=True)
            if command.text.startswith("pytest"):
                assert all(
                    (ROOT / word).exists() for word in command.text.split() if word.startswith("tests")
                ), command


@pytest.mark.parametrize("document", RUN)
def test_no_command_escapes_the_tests(document: str) -> None:
    """A block that begins like a command says behind its fence what it is."""
    for block in find_blocks(document):
        assert not block.info or block.is_run or block.is_looked_at, f"{document}:{block.line}: {block.info}"
        if not block.info:
            assert not re.match(rf"(\$ |{OURS} (?!unix)|source |cp |systemctl |apt |git )", block.text), (
                f"{document}:{block.line}: say behind the fence who runs this"
            )


# --- Links ---


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"[`*]|\[([^\]]+)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w -]", "", text).replace(" ", "-")


DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "deploy/*.md", "newsletter/*.md", "tests/**/*.md", ".github/**/*.md")
    for path in ROOT.glob(pattern)
    if not {"sample", "golden", "examples", "mistakes"} & set(path.parts)
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    text = re.sub(
        r"^( *)(```+).*?^\1\2$", "", (ROOT / document).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    text = re.sub(r"`[^`\n]+`", "", text)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:|…$", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


def test_a_long_document_begins_with_its_contents() -> None:
    for document in ("deploy/SET-UP.md", "deploy/RUN.md", "newsletter/GUIDE.md"):
        text = re.sub(
            r"^( *)(```+).*?^\1\2$", "", (ROOT / document).read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        contents = text[text.index("Contents:") :].partition("\n\n")[0]
        for heading in re.findall(r"^## (.+)$", text, re.MULTILINE):
            assert f"(#{slug(heading)})" in contents, f"{document}: {heading}"
