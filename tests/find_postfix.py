"""Finds Postfix, Dovecot and OpenDKIM for the chain test. As a script (`make test`) it also installs them, if it can.

The test starts its own, on ports of this machine and in a folder of its own: none that runs here is touched.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = "Postfix, Dovecot or OpenDKIM is missing: apt install postfix dovecot-imapd opendkim"
NOT_ROOT = "Postfix starts as root only"

_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
_PACKAGES = {"postfix": "postfix", "dovecot": "dovecot-imapd", "opendkim": "opendkim"}
"""Debian's, by program."""
_POLICY = Path("/usr/sbin/policy-rc.d")


def must_have() -> bool:
    """On a desk this test is skipped; in CI a skipped test would be a test that nobody runs."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def find_programs() -> dict[str, str]:
    """Where those of the three are that are there."""
    found = {name: shutil.which(name, path=_PATH) for name in _PACKAGES}
    if not any(Path(folder, "dovecot/imap").exists() for folder in ("/usr/lib", "/usr/libexec")):
        del found["dovecot"]  # without its IMAP it is of no use here
    return {name: path for name, path in found.items() if path}


def find_root() -> list[str] | None:
    """What to put before a command that only root may run; None when we may not. Nobody is asked for a password."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    if not must_have() or not shutil.which("sudo"):  # on a desk, nothing is done as root unasked
        return None
    return sudo if subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0 else None


def find_trouble() -> str:
    """Why the chain cannot be built here; empty when it can."""
    if len(find_programs()) < len(_PACKAGES):
        return MISSING
    return "" if find_root() is not None else NOT_ROOT


def _install() -> None:
    """Only where we are root on Debian and its children, as in a container; and nothing of it starts by itself."""
    root, there = find_root(), find_programs()
    if not shutil.which("apt-get") or root is None:
        return
    if "postfix" not in there and shutil.which("sendmail", path=_PATH):
        return  # Debian has one mail server at a time: ours would take away the one that somebody uses
    print("Installing Postfix, Dovecot and OpenDKIM for the chain test (once, about a minute)…", flush=True)
    missing = {name: package for name, package in _PACKAGES.items() if name not in there}
    environment = [*root, "env", "DEBIAN_FRONTEND=noninteractive"]
    keep = ["-o", "Dpkg::Options::=--force-confold"]
    answer = "postfix postfix/main_mailer_type select No configuration\n"
    with _starting_nothing(root):
        for command, told in (
            (["apt-get", "update", "-qq"], ""),
            (["debconf-set-selections"], answer if "postfix" in missing else ""),
            (["apt-get", "install", "-qq", "--no-install-recommends", *keep, *missing.values()], ""),
        ):
            done = subprocess.run(
                [*environment, *command], input=told, capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(done.stderr.strip())  # why; whether it matters is for the caller to see
    if shutil.which("systemctl"):
        for name in missing:  # nor at the next start of this machine
            subprocess.run([*root, "systemctl", "disable", name], capture_output=True, check=False)


@contextmanager
def _starting_nothing(root: list[str]) -> Iterator[None]:
    """Debian starts what it installs, unless this file says no."""
    if _POLICY.exists():  # somebody's own rule, which is kept
        yield
        return
    subprocess.run(
        [*root, "sh", "-c", f"printf '#!/bin/sh\\nexit 101\\n' > {_POLICY} && chmod 755 {_POLICY}"],
        check=True,
    )
    try:
        yield
    finally:
        subprocess.run([*root, "rm", "--force", str(_POLICY)], check=True)


def main() -> int:
    if find_trouble() == MISSING:
        _install()
    if not (trouble := find_trouble()):
        print(", ".join(find_programs().values()))
        return 0
    print(f"{trouble}." if must_have() else f"{trouble}. The test with a real mail server will be skipped.")
    return 1 if must_have() else 0


if __name__ == "__main__":
    sys.exit(main())
