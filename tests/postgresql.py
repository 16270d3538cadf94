"""A PostgreSQL for tests, on a socket in a folder of its own: no server that runs on this machine is touched."""

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def start_postgresql(folder_of_programs: Path, *, durable: bool = False) -> Iterator[str]:
    """A new server, of which nothing is left afterwards; yields its address, with {} for the name of a database.

    It need not survive a crash, and is fast; `durable`: it must, as one in use, with the settings of PostgreSQL itself.
    """
    with tempfile.TemporaryDirectory(
        prefix="pg"
    ) as name:  # short: the path of a socket has 107 characters at most
        folder = Path(name)
        who = _not_root(folder)
        data = folder / "data"
        said = folder / "said"
        with said.open("wb") as output:
            common = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "cwd": folder, **who}
            made = subprocess.run(
                [folder_of_programs / "initdb", "--pgdata", data, *_INITDB], check=False, **common
            )
            if made.returncode:
                raise RuntimeError(said.read_text())
            settings = {**_ALWAYS, **({} if durable else _FAST), "unix_socket_directories": str(folder)}
            server = subprocess.Popen(
                [folder_of_programs / "postgres", "-D", data]
                + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
                **common,
            )
            try:
                _wait_for(folder / "data" / "postmaster.pid", server, said)
                yield f"postgresql://list@/{{}}?host={folder}"
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: there is nothing to save
                server.wait()


_INITDB = ("--username=list", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")

_ALWAYS = {"listen_addresses": ""}
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "16MB",
    "autovacuum": "off",
}


def _not_root(folder: Path) -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait_for(pid_file: Path, server: subprocess.Popen[bytes], said: Path) -> None:
    """Its last line says `ready` when the server takes connections."""
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise RuntimeError(said.read_text())
