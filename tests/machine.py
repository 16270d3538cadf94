"""The programs of this machine that the tests use. As a script (`make test`) it installs those that are missing.

It installs only as root, on Debian and its children, and nothing that it installs starts by itself. The tests start
servers of their own, on loopback and in folders of their own: none that runs on this machine is touched.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path

import pytest

_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
"""Debian has servers where only root looks."""


def in_ci() -> bool:
    """In CI a missing program is a failure: a skipped test there would be a test that nobody runs."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


@dataclass(frozen=True)
class Part:
    """Programs that some tests cannot do without."""

    name: str
    packages: tuple[str, ...]
    """Debian's names."""
    find: Callable[[], object]
    """What the tests start; nothing when it is not here."""

    @property
    def missing(self) -> str:
        return f"{self.name} is missing: apt install {' '.join(self.packages)}"

    def need(self) -> None:
        """Skip the test when this part is not here, and fail it in CI."""
        if not self.find():
            (pytest.fail if in_ci() else pytest.skip)(self.missing)


def find_program(name: str) -> Path | None:
    """A program, wherever a server may be installed."""
    return Path(found) if (found := shutil.which(name, path=_PATH)) else None


# --- Chromium ---

FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
)
"""How we start Chromium: without a window, and able to reach this machine only."""

# The first is the same engine without windows, and takes half the time. Playwright's own browsers are a large download
# outside the lock files.
_BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_ON_A_MAC = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def find_chromium() -> Path | None:
    """A browser, and what Playwright needs to drive it. CHROMIUM names one."""
    if named := os.environ.get("CHROMIUM"):  # a wrong path is a mistake to show: no other browser is tried
        return find_program(named)
    if sys.platform == "linux" and not find_library("atomic"):  # Playwright's Node loads it
        return None
    found = (path for name in _BROWSERS if (path := find_program(name)))
    return next(found, None) or next(filter(Path.exists, _ON_A_MAC), None)


def may_have_sandbox() -> bool:
    """Chromium's sandbox refuses to run as root."""
    return os.geteuid() != 0


# --- Servers ---


def find_postgresql() -> Path | None:
    """The folder with initdb and postgres."""
    if found := shutil.which("initdb"):
        folder = Path(found).resolve().parent
        if (folder / "postgres").exists():
            return folder
    # Debian keeps them off the PATH, because several versions may be installed: take the newest.
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


def find_mail_programs() -> dict[str, Path]:
    """Postfix, Dovecot with its IMAP, and OpenDKIM; empty when one is missing."""
    found = {name: find_program(name) for name in ("postfix", "dovecot", "opendkim")}
    if not any(Path(folder, "dovecot/imap").exists() for folder in ("/usr/lib", "/usr/libexec")):
        return {}
    return {name: path for name, path in found.items() if path} if all(found.values()) else {}


NOT_ROOT = "Postfix starts only as root"


def find_root() -> list[str] | None:
    """What to put before a command that only root may run; None when we may not. Nobody is asked for a password."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if not in_ci() or not shutil.which("sudo"):  # on a desk, nothing is done as root unasked
        return None
    return sudo if subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0 else None


# --- Clock ---


def find_libfaketime() -> Path | None:
    """The library that gives a program another date."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def find_engine() -> Path | None:
    """Podman, or Docker when its daemon answers."""
    for name in ("podman", "docker"):
        program = find_program(name)
        if program and not subprocess.run([program, "info"], capture_output=True, check=False).returncode:
            return program
    return None


CHROMIUM = Part("Chromium", ("chromium-headless-shell", "fonts-dejavu-core", "libatomic1"), find_chromium)
POSTGRESQL = Part("PostgreSQL", ("postgresql",), find_postgresql)
MAIL = Part("Postfix, Dovecot or OpenDKIM", ("postfix", "dovecot-imapd", "opendkim"), find_mail_programs)
NGINX = Part("nginx", ("nginx-light",), lambda: find_program("nginx"))
CADDY = Part("Caddy", ("caddy",), lambda: find_program("caddy"))
SYSTEMD = Part("systemd", ("systemd",), lambda: find_program("systemd-analyze"))
FAKETIME = Part("libfaketime", ("faketime",), find_libfaketime)
OPENSSL = Part("openssl", ("openssl",), lambda: find_program("openssl"))
RSYNC = Part("rsync", ("rsync",), lambda: find_program("rsync"))

ENGINE = Part("a container engine", ("podman",), find_engine)
"""Not installed by itself: it changes more of a machine than a test should, and fetches images."""

PARTS = (CHROMIUM, POSTGRESQL, MAIL, NGINX, CADDY, SYSTEMD, FAKETIME, OPENSSL, RSYNC)


# --- Installing ---

_POLICY = Path("/usr/sbin/policy-rc.d")
_CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")
_ANSWERS = "postfix postfix/main_mailer_type select No configuration\n"


def _install(parts: list[Part]) -> None:
    root = find_root()
    if not shutil.which("apt-get") or root is None:
        return
    if MAIL in parts and not find_program("postfix") and find_program("sendmail"):
        parts = [
            part for part in parts if part is not MAIL
        ]  # Debian would remove the mail server that is there
    packages = [name for part in parts for name in part.packages]
    if not packages:
        return
    print(f"Installing {', '.join(part.name for part in parts)} (once, about two minutes)…", flush=True)
    as_root = [*root, "env", "DEBIAN_FRONTEND=noninteractive"]
    keep = ["-o", "Dpkg::Options::=--force-confold"]
    before = _find_enabled()
    with _starting_nothing(root):
        if POSTGRESQL in parts and not _CREATECLUSTER.exists():
            _write(root, _CREATECLUSTER, "create_main_cluster = false\n")
        for command, told in (
            (["apt-get", "update", "-qq"], ""),
            (["debconf-set-selections"], _ANSWERS if MAIL in parts else ""),
            (["apt-get", "install", "-qq", "--no-install-recommends", *keep, *packages], ""),
        ):
            done = subprocess.run(
                [*as_root, *command], input=told, capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(done.stderr.strip())  # why; whether it matters is for the caller to see
    if shutil.which("systemctl"):
        for unit in _find_enabled() - before:  # nor at the next start of this machine
            subprocess.run([*root, "systemctl", "disable", unit], capture_output=True, check=False)


def _find_enabled() -> set[str]:
    """The servers of ours that systemd would start with this machine."""
    units = ("nginx", "caddy", "postgresql", "postfix", "dovecot", "opendkim")
    return {name for name in units if list(Path("/etc/systemd/system").glob(f"*.wants/{name}.service"))}


@contextmanager
def _starting_nothing(root: list[str]) -> Iterator[None]:
    """Debian starts what it installs, unless this file says no."""
    if _POLICY.exists():  # somebody's own rule, which is kept
        yield
        return
    _write(root, _POLICY, "#!/bin/sh\nexit 101\n")
    subprocess.run([*root, "chmod", "755", _POLICY], check=True)
    try:
        yield
    finally:
        subprocess.run([*root, "rm", "--force", _POLICY], check=True)


def _write(root: list[str], path: Path, text: str) -> None:
    subprocess.run([*root, "mkdir", "-p", path.parent], check=True)
    subprocess.run([*root, "tee", path], input=text, text=True, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Exit 0 when everything is here or may be missing, 1 when something is missing in CI."""
    argparse.ArgumentParser(prog="python -m tests.machine", description=__doc__).parse_args()
    if missing := [part for part in PARTS if not part.find()]:
        _install(missing)
    missing = [part for part in PARTS if not part.find()]
    for part in missing:
        print(f"{part.missing}{'.' if in_ci() else '; its tests will be skipped.'}")
    if not missing:
        print(", ".join(part.name for part in PARTS))
    return 1 if missing and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
