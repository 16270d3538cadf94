"""Finds the Chromium that the browser tests use. As a script (`make test`) it also installs it, where it may.

Playwright's own browsers are a large download outside the lock files, so we use the system's.
"""

import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

MISSING = (
    "Chromium is missing: apt install chromium-headless-shell fonts-dejavu-core, or set CHROMIUM to its path"
)

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
"""How we start it: without a window, and able to reach this machine only."""

# The first is the same engine without the windows around it, and takes half the time.
_COMMANDS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_MAC = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def _named() -> str | None:
    return os.environ.get("PLAYWRIGHT_CHROMIUM") or os.environ.get("CHROMIUM")


def find_chromium() -> Path | None:
    if named := _named():  # a wrong path is a mistake to show, not a reason to take another browser
        return Path(found) if (found := shutil.which(named)) else None
    on_path = (Path(found) for name in _COMMANDS if (found := shutil.which(name)))
    in_applications = (path for path in _MAC if path.exists())
    return next(on_path, None) or next(in_applications, None)


def may_have_sandbox() -> bool:
    """Chromium's sandbox refuses to run as root."""
    return os.geteuid() != 0


def must_have_chromium() -> bool:
    """On a desk the browser tests are skipped; in CI a skipped test would be a test that nobody runs."""
    return os.environ.get("CI", "").lower() in {"true", "1"}


def _can_be_driven() -> bool:
    """Whether Playwright's own Node can start: it wants a library that a bare Debian has not."""
    return sys.platform != "linux" or find_library("atomic") is not None


def _install() -> None:
    """Only as root on Debian and its children, as in a container: nobody's machine is changed unasked."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests (once, about a minute)…", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said = ""
    for command in (
        ["apt-get", "update", "-qq"],
        [
            "apt-get",
            "install",
            "-qq",
            "--no-install-recommends",
            "chromium-headless-shell",
            "fonts-dejavu-core",
            "libatomic1",
        ],
        [
            "apt-get",
            "install",
            "-qq",
            "--no-install-recommends",
            "chromium",
            "fonts-dejavu-core",
            "libatomic1",
        ],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        said = done.stderr.strip() if done.returncode else said
        if find_chromium() and _can_be_driven():
            return
    print(said)  # why; whether it matters is for the caller to see


def main() -> int:
    if not _named() and not (find_chromium() and _can_be_driven()):
        _install()
    if chromium := find_chromium():
        print(chromium)
        return 0
    print(f"{MISSING}." if must_have_chromium() else f"{MISSING}. The browser tests will be skipped.")
    return 1 if must_have_chromium() else 0


if __name__ == "__main__":
    sys.exit(main())
