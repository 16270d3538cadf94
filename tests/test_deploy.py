"""What deploy/ puts on a server is accepted there, and its documents say what is true."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from generator.delivery.engines import sqs
from generator.delivery.incoming import mailboxes
from generator.delivery.incoming.hooks.relays import RELAYS
from generator.delivery.outgoing import signing, transports
from generator.model import Week
from generator.settings import Settings, load_settings
from generator.subscribers.store import database, keys, log
from generator.watch import channels
from generator.watch.findings import Kind
from generator.web import insiders
from tests.documents.test_documents import look_at
from tests.machine import CADDY, ENGINE, SYSTEMD, find_engine

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SET_UP = (DEPLOY / "SET-UP.md").read_text("utf-8")
RUN = (DEPLOY / "RUN.md").read_text("utf-8")
DUTIES = (ROOT / "newsletter/DUTIES.md").read_text("utf-8")
VARIABLES = {module.VARIABLE for module in (database, keys, log, mailboxes, signing, sqs, transports)}
VARIABLES |= {mailboxes.TOKEN_VARIABLE, transports.FALLBACK, insiders.VARIABLE}
VARIABLES |= {channels.HOOK, channels.PING, signing.SECOND}
VARIABLES |= {relay.variable for relay in RELAYS}
SITE = "newsletter-site.service"
UNITS = sorted(path.name for path in DEPLOY.glob("newsletter*.service"))


# --- What the documents say ---


def test_every_command_in_the_units_exists() -> None:
    """Those in the documents are tests/documents' work; these stand in units and in the comments above them."""
    commands = [
        command
        for path in DEPLOY.iterdir()
        if path.suffix != ".md"
        for command in re.findall(
            r"(?:^#  .*?|\.venv/bin/)((?:generate|newsletter) [a-z][^'\n<>]+)",
            path.read_text("utf-8"),
            re.MULTILINE,
        )
    ]
    assert len(commands) > 5
    for command in commands:
        look_at(command, whole=True)


def test_every_variable_exists_and_is_explained() -> None:
    texts = [DUTIES, *(path.read_text("utf-8") for path in DEPLOY.iterdir())]
    assert {name for text in texts for name in re.findall(r"NEWSLETTER_[A-Z0-9_]+", text)} == VARIABLES
    rows = re.findall(r"^\| `(NEWSLETTER_[A-Z0-9_]+)` \|", SET_UP, re.MULTILINE)
    assert set(rows) == VARIABLES


def test_every_setting_exists() -> None:
    import tomllib  # noqa: PLC0415 (only here)

    text = (ROOT / "newsletter/settings.toml").read_text("utf-8")
    # What most do not need stands there behind a #.
    settings = tomllib.loads(re.sub(r'^# (?=\[[\w.]+\]$|"?[\w.*]+"? = )', "", text, flags=re.MULTILINE))
    names = re.findall(
        r"`((?:site|service|sender|publisher|letter|send|dkim|alerts|backup)\.[a-z_]+)`",
        SET_UP + RUN + DUTIES,
    )
    assert names
    for name in names:
        table, key = name.split(".")
        assert key in settings[table], name


def test_every_unit_that_is_named_exists() -> None:
    for name in re.findall(r"(?<![\w/])deploy/[A-Za-z@.-]+", SET_UP + RUN + DUTIES):
        assert (ROOT / name.rstrip(".")).exists(), name


def test_sentences_to_look_up_are_said() -> None:
    """The table of what the programs say quotes them; an ellipsis stands for what differs."""
    table = RUN.partition("## Messages")[2].partition("## The list")[0]
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


@pytest.mark.needs(SYSTEMD)
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


def test_a_unit_that_fails_tells_the_operator() -> None:
    """All but the two that tell."""
    tells = {"newsletter-check.service", "newsletter-failed@.service"}
    for name in UNITS:
        said = "OnFailure=newsletter-failed@%n.service\n" in (DEPLOY / name).read_text("utf-8")
        assert said is (name not in tells), name
    assert "--failed %i\n" in (DEPLOY / "newsletter-failed@.service").read_text("utf-8")
    for name in tells:
        assert "SuccessExitStatus=1 2\n" in (DEPLOY / name).read_text("utf-8")


@pytest.mark.needs(SYSTEMD)
def test_a_check_that_was_missed_is_made_when_the_machine_comes_up() -> None:
    timer = (DEPLOY / "newsletter-check.timer").read_text("utf-8")
    assert "Persistent=true\n" in timer
    assert "newsletter-check.timer" in SET_UP
    calendar = re.search(r"^OnCalendar=(.+)$", timer, re.MULTILINE)
    assert calendar
    starts = next_starts(calendar[1], datetime(2026, 11, 27, tzinfo=UTC), 12)
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(minutes=10)}


def test_rules_and_dashboard_ask_for_numbers_that_exist() -> None:
    """Those of generator.watch.metrics, and every kind that can be wrong has its rule."""
    text = (ROOT / "src/generator/watch/metrics.py").read_text("utf-8")
    rules = (DEPLOY / "alerts.yml").read_text("utf-8")
    dashboard = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    names = set(re.findall(r"newsletter_[a-z_]+", " ".join([rules, *asked])))
    assert len(names) > 5
    for name in names - {"newsletter_letter"}:
        assert f'"{name}"' in text, name
    kinds = set(re.findall(r'kind="(\w+)"', rules))
    assert kinds == {kind.value for kind in Kind} - {"done", "unit"}
    for rule in yaml.safe_load(rules)["groups"][0]["rules"]:
        assert rule["annotations"].keys() == {"summary", "command"}


@pytest.mark.needs(SYSTEMD)
@pytest.mark.parametrize("unit", UNITS)
def test_what_speaks_with_the_network_is_shut_in(unit: str) -> None:
    """By systemd's own measure: below 2 of 10, and what speaks with nobody below 1."""
    subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            f"--threshold={10 if unit == SITE else 20}",
            str(DEPLOY / unit),
        ],
        check=True,
        capture_output=True,
    )


def test_units_agree_with_the_document() -> None:
    """One port, one folder, one account, wherever they are named."""
    texts = {path.name: path.read_text("utf-8") for path in DEPLOY.iterdir()}
    ports = {port for text in texts.values() for port in re.findall(r"(?:127\.0\.0\.1:|--port )(\d+)", text)}
    assert ports == {"8001"}
    assert "StateDirectory=newsletter\n" in texts["newsletter.service"]
    assert "/var/lib/newsletter var" in SET_UP
    for name in UNITS:
        account = SITE.removesuffix(".service") if name == SITE else "newsletter"
        assert f"User={account}\nGroup={account}\n" in texts[name]
        assert "WorkingDirectory=/opt/newsletter\n" in texts[name]
        assert "ProtectSystem=strict\n" in texts[name]
        assert "NoNewPrivileges=yes\n" in texts[name]


@pytest.fixture(scope="module")
def settings() -> Settings:
    found = load_settings(ROOT, [])
    assert found
    return found


def test_what_builds_the_site_owns_the_site_and_sees_nothing_of_the_list() -> None:
    text = (DEPLOY / SITE).read_text("utf-8")
    assert "StateDirectory=newsletter-site\nStateDirectoryMode=0755\nUMask=0022\n" in text
    assert "InaccessiblePaths=-/var/lib/newsletter\n" in text
    assert "PrivateNetwork=yes\n" in text
    timer = (DEPLOY / SITE).with_suffix(".timer").read_text("utf-8")
    commands = re.findall(r"/opt/newsletter(?:/| && )\.venv/bin/generate (.+)", text + timer)
    assert [shlex.split(command)[0] for command in commands] == ["site"] * 2
    assert "\n#   1,31 * * * * newsletter-site cd /opt/newsletter && " in timer


def test_git_ignores_the_links_that_a_server_has_in_the_project(tmp_path: Path) -> None:
    """A pattern that ends in a slash matches a folder and no link."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    for name in ("var", "site"):
        (tmp_path / name).symlink_to(tmp_path.parent)
    command = ["git", "-C", tmp_path, "status", "--porcelain"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "?? .gitignore\n"


@pytest.mark.needs(SYSTEMD)
@pytest.mark.parametrize("friday", ["2026-10-23", "2026-10-30", "2027-03-26", "2027-04-02"])
def test_the_site_is_built_the_moment_a_letter_is_out_and_within_each_hour(
    settings: Settings, friday: str
) -> None:
    """In the week before and after each change of the clocks, as systemd reckons it."""
    out = settings.send_time(Week.of(date.fromisoformat(friday)))
    timer = (DEPLOY / SITE).with_suffix(".timer").read_text("utf-8")
    on_friday, hourly = re.findall(r"^OnCalendar=(.+)$", timer, re.MULTILINE)
    assert next_starts(on_friday, out - timedelta(days=2), 1) == [out]
    starts = next_starts(hourly, out, 30)
    assert starts[0] - out < timedelta(hours=1)
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(hours=1)}
    assert "AccuracySec=1s" in timer
    assert "Persistent=yes" in timer  # a machine that was off at six builds when it is on again


def next_starts(calendar: str, base: datetime, count: int) -> list[datetime]:
    command = ["systemd-analyze", "calendar", f"--iterations={count}", calendar]
    command.insert(2, f"--base-time={base.astimezone(UTC):%Y-%m-%d %H:%M:%S UTC}")
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    found = re.findall(r"(?:Next elapse|Iter. #\d+): \w+ (\S+ \S+) UTC$", said, re.MULTILINE)
    return [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in found]


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
    found = re.search(r"^(\d+) (\d+) \* \* 5 newsletter .* send --wait$", SET_UP, re.MULTILINE)
    assert found
    started = timedelta(hours=int(found[2]), minutes=int(found[1]))
    for number in (5, 26, 44, 48):
        opens = settings.send_window(Week(2026, number)).opens
        midnight = opens.replace(hour=0, minute=0)
        assert timedelta() < midnight + started - opens + timedelta(hours=3) < timedelta(hours=3)


@pytest.mark.needs(CADDY)
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


def test_an_interpreter_that_the_account_cannot_run_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """One below /root or in somebody's home folder. Nothing is started then."""
    (tmp_path / "bin").mkdir()
    setpriv = tmp_path / "bin/setpriv"  # gives up no rights, so that the test needs none
    setpriv.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n')
    setpriv.chmod(0o755)
    programs = tmp_path / "opt/.venv/bin"
    programs.mkdir(parents=True)
    python = tmp_path / "python3.11"
    python.touch()
    (programs / "python").symlink_to(python)
    (programs / "newsletter").write_text('#!/bin/sh\necho "started $*"\n')
    (programs / "newsletter").chmod(0o755)
    script = (DEPLOY / "newsletter").read_text("utf-8").replace("/var/lib/newsletter", str(tmp_path))
    script = script.replace("/opt/newsletter/.venv", str(programs.parent))
    command = ["sh", "-c", script, "newsletter", "init"]
    environment = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    found = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.splitlines()[0] == f"The account newsletter cannot run {python}."
    python.chmod(0o755)
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert found.stdout == "started --root /opt/newsletter init\n"


def test_the_container_takes_nothing_private_along() -> None:
    """It copies the program and nothing else, runs as nobody, and its build is never shown the list."""
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
    assert not {"docs", "newsletter", "templates"} & folders, "a letter must not need another image"


def test_the_container_file_is_made_as_it_should_be() -> None:
    """What a linter asks: named versions, locked packages, no cache left, an account by number, a check of health."""
    text = re.sub(r"\\\n", "", (DEPLOY / "Containerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    words = {line.split()[0] for line in lines}
    assert words == {
        "ARG",
        "FROM",
        "WORKDIR",
        "ENV",
        "COPY",
        "RUN",
        "USER",
        "VOLUME",
        "EXPOSE",
        "HEALTHCHECK",
        "ENTRYPOINT",
        "CMD",
    }
    for line in lines:
        match line.split(maxsplit=1):
            case ["FROM", image]:
                assert re.match(r"docker\.io/library/[\w-]+:\d[\w.-]+( AS \w+)?$", image)
            case ["RUN", command]:
                assert "sudo" not in command
                assert ("apt-get install" in command) == (
                    "rm --recursive --force /var/lib/apt/lists" in command
                )
                assert "pip install" not in command or "--no-deps" in command
                assert "-r requirements" not in command or "--require-hashes" in command
            case ["ENTRYPOINT" | "CMD", command]:
                assert json.loads(command)  # no shell around it, which would keep SIGTERM to itself
    assert lines[-1].startswith("CMD")
    assert "/alive" in next(line for line in lines if line.startswith("HEALTHCHECK"))


def test_containers_are_shut_in_and_reach_the_database() -> None:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = found["services"]
    assert set(services) == {"service", "send", "database"}
    for name in ("service", "send"):
        program = services[name]
        assert (program["read_only"], program["cap_drop"]) == (True, ["ALL"])
        assert program["security_opt"] == ["no-new-privileges:true"]
        assert "..:/project:ro" in program["volumes"]
        assert program["depends_on"]["database"]["condition"] == "service_healthy"
        assert (DEPLOY / program["build"]["context"] / program["build"]["dockerfile"]).is_file()
        assert "@database/" in program["environment"]["NEWSLETTER_DATABASE"]
    assert services["service"]["ports"] == ["127.0.0.1:8001:8001"], "the proxy is in front of it"
    assert "ports" not in services["database"]
    network = found["networks"]["default"]["ipam"]["config"][0]
    assert services["service"]["command"][-2:] == ["--proxy", network["gateway"]]
    assert ip_address(network["gateway"]) in ip_network(network["subnet"])
    look_at("newsletter " + " ".join(services["service"]["command"]), whole=True)


def test_a_container_that_is_stopped_lets_the_sender_finish(tmp_path: Path) -> None:
    """Killed in the middle, it would leave letters in doubt."""
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["send"]
    sender = tmp_path / "newsletter"
    sender.write_text('#!/bin/sh\ntrap "echo finished; exit 143" TERM\necho "$1"\nsleep 60 & wait\n')
    sender.chmod(0o755)
    *shell, script = service["entrypoint"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = [*shell, script.replace("$$", "$")]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stdout
        assert running.stdout.readline() == "send\n"
        running.terminate()
        assert running.stdout.readline() == "finished\n"
        running.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)  # the sleep of the sender


@pytest.mark.slow
def test_the_container_is_built_and_runs(tmp_path: Path) -> None:
    """As SET-UP has it, with this project mounted: it becomes healthy, and writes to var only."""
    if not ENGINE.find():  # in CI too: its images come from a registry of containers, which CI does not reach
        pytest.skip(ENGINE.missing)
    engine = str(find_engine())
    tag = f"newsletter-test-{os.getpid()}"

    def run(*words: str) -> str:
        return subprocess.run(
            [engine, *words], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout.strip()

    more = ["--format", "docker"] if engine.endswith("podman") else []
    run("build", *more, "--tag", tag, "--file", "deploy/Containerfile", ".")
    safe = ["--read-only", "--cap-drop", "all", "--security-opt", "no-new-privileges"]
    project = tmp_path / "project"
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(ROOT / name, project / name)
    (project / "var").mkdir()
    for path in (tmp_path, project):
        path.chmod(0o755)
    mounts = ["--volume", f"{project}:/project:ro", "--volume", f"{tag}:/project/var"]
    try:
        run("run", "--detach", "--name", tag, *safe, *mounts, tag)
        ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8001/health').read().decode())"
        for _ in range(60):
            found = subprocess.run(
                [engine, "exec", tag, "python3", "-c", ask], capture_output=True, text=True, check=False
            )
            if found.returncode == 0:
                break
            time.sleep(1)
        assert "ok" in found.stdout, found.stderr
        assert run("exec", tag, "id", "-u") == "10001"
        assert "nobody" in run("exec", tag, "newsletter", "subscribers", "list")
        assert subprocess.run(
            [engine, "exec", tag, "touch", "/project/x"], capture_output=True, check=False
        ).returncode
    finally:
        subprocess.run([engine, "rm", "--force", tag], capture_output=True, check=False)
        subprocess.run([engine, "volume", "rm", tag], capture_output=True, check=False)
        subprocess.run([engine, "rmi", tag], capture_output=True, check=False)
