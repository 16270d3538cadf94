"""What OPERATING.md and deploy/ tell an operator to type exists, and what they put on a server is accepted there."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

from generator.cli.newsletter import main
from generator.delivery import mailboxes, signing, transports
from generator.model import Week
from generator.settings import Settings, load_settings
from generator.subscribers import database, keys

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OPERATING = (ROOT / "OPERATING.md").read_text("utf-8")
DUTIES = (ROOT / "newsletter/DUTIES.md").read_text("utf-8")
OTHERS = "".join((ROOT / name).read_text("utf-8") for name in ("README.md", "newsletter/GUIDE.md"))
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
VARIABLES = {module.VARIABLE for module in (database, keys, mailboxes, signing, transports)}
UNITS = sorted(path.name for path in DEPLOY.glob("newsletter*.service"))
SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")


# --- Commands ---


def find_commands() -> Iterator[tuple[str, bool]]:
    """Every `newsletter …` and `make …` of the documents and the units, and whether it stands there whole."""
    before = r"(?:\w+=\S+ |podman run .* |podman exec .*/|flags=.*/|\d+ \d+ \* \* 5 newsletter .* && .*/)?"
    for block in re.findall(r"^ *```\n(.*?)^ *```", OPERATING + OTHERS, re.DOTALL | re.MULTILINE):
        for line in re.sub(r"\s*\\\n\s*", " ", block).splitlines():
            found = re.match(before + r"newsletter (?!unix)([^<>|&#]+)|(make \w+)", line.strip())
            if found:
                yield found[1] or found[2], True
    for mention in re.findall(r"`((?:newsletter|make) [^`\n]+)`", OPERATING + DUTIES + OTHERS):
        yield mention.removeprefix("newsletter "), False
    for path in DEPLOY.iterdir():
        commands = r"(?:^#  .*?|\.venv/bin/)newsletter ([a-z][^'\n<>]+)"
        for command in re.findall(commands, path.read_text("utf-8"), re.MULTILINE):
            yield command, True


def reach(words: list[str], *, whole: bool) -> str:
    """The name of the command that these words reach. Raises a UsageError for one, or an option, that there is not."""
    command: click.Command = main
    context = None
    name = "newsletter"
    while True:
        try:
            context = command.make_context(name, list(words), parent=context)
        except (
            click.MissingParameter,
            click.BadOptionUsage,
        ):  # `newsletter serve --url`, in the middle of a sentence
            if whole:
                raise
            return name
        if not isinstance(command, click.Group):
            return name
        words = [*context._protected_args, *context.args]
        found, next_, words = command.resolve_command(context, words)
        assert found is not None
        assert next_ is not None
        name, command = found, next_


def test_every_command_and_option_exists(tmp_path: Path) -> None:
    """As an operator's shell would meet them."""
    seen = []
    for line, whole in find_commands():
        words = shlex.split(line.replace("/var/lib/newsletter/returns", str(tmp_path)))
        if words[0] == "make":
            assert words[1] in TARGETS, line
        elif words != ["--help"]:
            try:
                seen.append(reach(words, whole=whole))
            except click.UsageError as error:
                pytest.fail(f"{line!r}: {error.format_message()}")
    assert len(seen) > 30
    assert {*main.commands, "list", "show", "add", "remove", "erase", "import", "export"} == {
        *seen,
        "subscribers",
    }


def test_every_variable_exists_and_is_explained() -> None:
    texts = [OPERATING, DUTIES, *(path.read_text("utf-8") for path in DEPLOY.iterdir())]
    assert {name for text in texts for name in re.findall(r"NEWSLETTER_[A-Z_]+", text)} == VARIABLES
    rows = re.findall(r"^\| `(NEWSLETTER_[A-Z_]+)` \|", OPERATING, re.MULTILINE)
    assert set(rows) == VARIABLES


def test_every_setting_exists() -> None:
    import tomllib  # noqa: PLC0415 (only here)

    text = (ROOT / "newsletter/settings.toml").read_text("utf-8")
    # What most do not need stands there behind a #.
    settings = tomllib.loads(re.sub(r"^# (?=\[\w+\]$|\w+ = )", "", text, flags=re.MULTILINE))
    names = re.findall(r"`((?:site|service|sender|letter|send|dkim)\.[a-z_]+)`", OPERATING + DUTIES)
    assert names
    for name in names:
        table, key = name.split(".")
        assert key in settings[table], name


def test_every_file_and_section_that_is_named_exists() -> None:
    for base, text in ((ROOT, OPERATING), (ROOT / "newsletter", DUTIES)):
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, section = target.partition("#")
            assert (base / path).exists(), target
            if section:
                document = (base / path).read_text("utf-8") if path else text
                headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
                assert section in {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}
    for name in re.findall(r"deploy/[A-Za-z.-]+", OPERATING + DUTIES):
        assert (ROOT / name.rstrip(".")).exists(), name


def test_sentences_to_look_up_are_said() -> None:
    """The table of what the programs say quotes them; an ellipsis stands for what differs."""
    table = OPERATING.split("## When something is wrong")[1]
    found = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    rows = [row for row in found if row not in {"it says", "---"}]
    assert len(rows) > 20
    said = "\n".join(read_messages(path) for path in (ROOT / "src/generator").rglob("*.py"))
    for row in rows:
        parts = [part.strip(" :") for part in row.split("…")]
        assert any(len(part) > 10 for part in parts), row
        for part in parts:
            assert part in said, row


def read_messages(path: Path) -> str:
    """A source with its broken strings in one piece, and the names of our variables in place."""
    text = re.sub(r'"\n\s*f?"', "", path.read_text("utf-8"))
    name = re.search(r'^VARIABLE = "(\w+)"', text, re.MULTILINE)
    return text.replace("{VARIABLE}", name[1]) if name else text


# --- What goes onto a server ---


@SYSTEMD
@pytest.mark.parametrize("unit", [*UNITS, *sorted(path.name for path in DEPLOY.glob("*.timer"))])
def test_systemd_takes_the_unit(unit: str, tmp_path: Path) -> None:
    """With a program where this machine has one, `systemd-analyze verify` has nothing to say."""
    for path in DEPLOY.glob("newsletter*.*"):
        text = re.sub(
            r"^ExecStart=/opt/newsletter/\S+",
            "ExecStart=/bin/true",
            path.read_text("utf-8"),
            flags=re.MULTILINE,
        )
        (tmp_path / path.name).write_text(text, "utf-8")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")


@SYSTEMD
@pytest.mark.parametrize("unit", [unit for unit in UNITS if "backup" not in unit])
def test_what_speaks_with_the_network_is_shut_in(unit: str) -> None:
    """By systemd's own measure: below 2 of 10."""
    subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=20",
            str(DEPLOY / unit),
        ],
        check=True,
        capture_output=True,
    )


def test_units_agree_with_the_document() -> None:
    """One port, one folder, one account, wherever they are named."""
    texts = {path.name: path.read_text("utf-8") for path in DEPLOY.iterdir()}
    ports = {
        port
        for text in (OPERATING, *texts.values())
        for port in re.findall(r"(?:127\.0\.0\.1:|--port )(\d+)", text)
    }
    assert ports == {"8001"}
    assert "StateDirectory=newsletter\n" in texts["newsletter.service"]
    assert "/var/lib/newsletter var" in OPERATING
    for name in UNITS:
        assert "User=newsletter\n" in texts[name]
        assert "WorkingDirectory=/opt/newsletter\n" in texts[name]
        assert "ProtectSystem=strict\n" in texts[name]
        assert "NoNewPrivileges=yes\n" in texts[name]


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = load_settings(ROOT, [])
    assert found
    return found


def test_the_timer_starts_when_a_letter_may_leave(settings: Settings) -> None:
    """From the first minute of the window, in the time zone of the letter, and never when it is closed."""
    timer = (DEPLOY / "newsletter-send.timer").read_text("utf-8")
    found = re.search(r"^OnCalendar=Fri \*-\*-\* (\d\d)\.\.(\d\d):00/10:00 (\S+)$", timer, re.MULTILINE)
    assert found
    opens, closes = settings.window
    assert (int(found[1]), int(found[2]) + 1) == (opens.hour, closes.hour)
    assert opens.minute == closes.minute == 0
    assert found[3] == str(settings.timezone)
    assert "Persistent" not in timer  # systemd would start it on Monday for a Friday that was missed


def test_the_cron_line_is_early_enough(settings: Settings) -> None:
    """In summer and in winter it waits, two or three hours at most."""
    found = re.search(r"^(\d+) (\d+) \* \* 5 newsletter .* send --wait$", OPERATING, re.MULTILINE)
    assert found
    started = timedelta(hours=int(found[2]), minutes=int(found[1]))
    for number in (5, 26, 44, 48):
        opens = settings.send_window(Week(2026, number)).opens
        midnight = opens.replace(hour=0, minute=0)
        assert timedelta() < midnight + started - opens + timedelta(hours=3) < timedelta(hours=3)


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx here")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/var/log/nginx", str(tmp_path))
    (tmp_path / "site.conf").write_text(text, "utf-8")
    kept = " ".join(
        f"{kind}_temp_path {tmp_path}/t;" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"events {{}}\npid {tmp_path}/pid;\nhttp {{ {kept} include {tmp_path}/site.conf; }}\n", "utf-8"
    )
    command = [
        "nginx",
        "-t",
        "-q",
        "-p",
        str(tmp_path),
        "-c",
        str(tmp_path / "nginx.conf"),
        "-e",
        str(tmp_path / "log"),
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="no Caddy here")
def test_caddy_takes_its_configuration(tmp_path: Path) -> None:
    for command in ("validate", "fmt"):
        more = ["--adapter", "caddyfile", "--config"] if command == "validate" else ["--diff"]
        found = subprocess.run(
            ["caddy", command, *more, str(DEPLOY / "Caddyfile")],
            capture_output=True,
            text=True,
            check=False,
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
        assert found.returncode == 0, found.stderr
        assert "warn" not in found.stderr
        assert not re.search(r"^[-+]", found.stdout, re.MULTILINE), found.stdout


def test_proxies_tell_the_truth_about_clients() -> None:
    """What a client says of its own address is dropped, and no address of a page with a token reaches a log."""
    nginx, caddy = ((DEPLOY / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx
    assert "proxy_set_header Host $host;" in nginx
    assert "access_log off;" in nginx
    assert not re.search(r"^\s*log( |$)(?!default)", caddy, re.MULTILINE)
    assert "exclude http.log.error" in caddy
    assert "trusted_proxies" not in caddy


def test_the_container_takes_nothing_private_along() -> None:
    """It copies what it names, runs as nobody, and its build is never shown the list."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = [
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for word in line.split()[:-1]
    ]
    folders = {Path(word).parts[0] for word in copied}
    assert not {".", "var", ".git", "site", "build"} & set(copied)
    assert all((ROOT / name).exists() for name in copied)
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert text.index("USER 10001") < text.index("ENTRYPOINT")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert ignored[0] == "*"
    assert {name.removeprefix("!") for name in ignored[1:] if name.startswith("!")} == folders
