"""The `newsletter` command as a process that dies at a step of which it is told.

    python -m tests.proof.victim '{"step": "advance:after", "count": 17}' --root … resume 2026-W46
    python -m tests.proof.victim

The second reads orders from its input and forks a process for each, which saves the second of loading the program.

Nothing of the program is replaced: its methods are called as they stand, and before or after one of them the process
kills itself as the system would (SIGKILL: no handler, no `finally`, no flush).
"""

import argparse
import contextlib
import functools
import importlib
import json
import os
import pickle
import resource
import signal
import socket
import sqlite3
import sys
import time
import traceback
from collections import Counter
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Lock
from typing import Any, NoReturn

import psycopg

ORDER: dict[str, Any] = {}
"""`step` and `count` (the how many-th time); `hurry`: constants to shorten, {"module:name": value}, or the default of
an argument, {"module:function.name": value}; `buffer`: bytes that the system takes from a sender before it has to wait;
`largest`: bytes that a file may have; `at`: what time it is when the command begins; `kept`: a folder where a letter or
course stays once it was prepared, for later commands with the same folder; `hold`: a step where it stands still for a
moment."""

PLACES = {
    "generator.subscribers.ledger.mailings": ("freeze", "finish"),
    "generator.subscribers.ledger.senders": ("settle_dead", "enlist"),
    "generator.subscribers.ledger.courses": ("plan",),
    "generator.subscribers.ledger.firsts": ("plan",),
    "generator.recovery.restore": ("stage", "open_staged", "replay", "replace_list"),
    "generator.subscribers.store.restoring": ("_examine", "mark", "_put_aside", "_mark_aside", "keep_names"),
    "generator.subscribers.ledger.ledger:Ledger": (
        *("reserve", "advance", "give_back", "next_due", "close"),
        *("claim_batch", "adopt", "release"),
    ),
}
"""Whose steps they are. `freeze:after` is before its commit, which belongs to the caller."""

LOADED = (
    "generator.cli.newsletter",
    "generator.mailing.lessons",
    "generator.mailing.send",
    "generator.mailing.resume",
    "generator.mailing.status",
    "generator.recovery.restored",
)
"""Modules that a command would load when it is called."""

HOLD = 0.5
"""Seconds that it stands still."""

COUNTED: Counter[str] = Counter()
LOCK = Lock()


# --- Dying ---


def reach(step: str) -> None:
    """Die here if this is the step, and it is the time; stand still before that, if this is where to."""
    if step == ORDER.get("hold"):
        time.sleep(HOLD)
    if step != ORDER.get("step"):
        return
    with LOCK:
        COUNTED[step] += 1
        if COUNTED[step] == ORDER.get("count", 1):
            os.kill(os.getpid(), signal.SIGKILL)


def watch(owner: object, name: str) -> None:
    """Have a function or method pass two steps."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def watched(*arguments: Any, **named: Any) -> Any:
        reach(f"{name}:before")
        result = original(*arguments, **named)
        reach(f"{name}:after")
        return result

    setattr(owner, name, watched)


def watch_wire() -> None:
    """Die with half a letter written, or with all of it."""
    original = socket.socket.send

    def send(self: socket.socket, data: Any, *flags: int) -> int:
        whole = bytes(data)
        ends = len(whole) if whole.startswith(b'[{"from"') else whole.find(b"\r\n.\r\n")
        if ends > 0 and ORDER.get("step") == "letter:half":
            with LOCK:
                COUNTED["letters"] += 1
                if COUNTED["letters"] == ORDER.get("count", 1):
                    original(self, whole[: ends // 2])
                    os.kill(os.getpid(), signal.SIGKILL)
        result = original(self, data, *flags)
        if ends > 0:
            reach("letter:after")
        return result

    socket.socket.send = send  # type: ignore[assignment, method-assign]


def watch_commits() -> None:
    """Die with everything written, and the commit not yet asked for."""
    original = sqlite3.connect

    def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = original(*arguments, **named)
        if ORDER.get("step") == "commit:before":
            connection.set_trace_callback(lambda text: reach("commit:before") if text == "COMMIT" else None)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]
    sqlite3.dbapi2.connect = connect  # type: ignore[attr-defined]
    commit = psycopg.Connection.commit

    def committed(self: psycopg.Connection[Any]) -> None:
        reach("commit:before")
        commit(self)

    psycopg.Connection.commit = committed  # type: ignore[method-assign]


# --- Trouble of other kinds ---


def narrow() -> None:
    """Have the system take a few bytes at a time, as it does when the way is long and slow."""
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ORDER["buffer"])
        original(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


def limit() -> None:
    """Let no file grow beyond so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ORDER["largest"],) * 2)


def set_clock() -> None:
    """Have the one place of the program that asks what time it is find another time, which goes on."""
    first, began = datetime.fromisoformat(ORDER["at"]), time.monotonic()

    class Elsewhen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return (first + timedelta(seconds=time.monotonic() - began)).astimezone(tz)

    importlib.import_module("generator.clock").datetime = Elsewhen  # type: ignore[attr-defined]


def keep() -> None:
    """Prepare a letter or the course for the first command only; the later ones take what it has prepared."""
    freezing: Any = importlib.import_module("generator.mailing.freeze")
    original = freezing._do_apart

    def prepare_once(do: Any, asked: Any) -> Any:
        place = Path(ORDER["kept"]) / f"{do.__name__}{getattr(asked, 'week', '')}"
        if not place.exists():
            new = place.with_suffix(f".{os.getpid()}")
            new.write_bytes(pickle.dumps(original(do, asked)))
            new.rename(place)
        return pickle.loads(place.read_bytes())  # noqa: S301 (we wrote it)

    freezing._do_apart = prepare_once


def hurry() -> None:
    """Wait shorter than the program would."""
    for place, value in ORDER.get("hurry", {}).items():
        module, _, path = place.partition(":")
        owner: Any = importlib.import_module(module)
        *way, name = path.split(".")
        for step in way:
            owner = getattr(owner, step)
        if callable(owner) and not isinstance(owner, type):
            _set_default(owner, name, value)
        else:
            setattr(owner, name, _as_before(getattr(owner, name), value))


def _set_default(function: Any, name: str, value: float) -> None:
    """Of an argument."""
    if name in (function.__kwdefaults__ or {}):
        function.__kwdefaults__[name] = _as_before(function.__kwdefaults__[name], value)
        return
    code = function.__code__
    names = code.co_varnames[: code.co_argcount][-len(function.__defaults__) :]
    known = dict(zip(names, function.__defaults__, strict=True))
    known[name] = _as_before(known[name], value)
    function.__defaults__ = tuple(known.values())


def _as_before(usual: object, value: float) -> object:
    return timedelta(seconds=value) if isinstance(usual, timedelta) else value


# --- Living ---


def load() -> Any:
    """The program, with the steps that it passes."""
    for place, names in PLACES.items():
        module, _, inside = place.partition(":")
        owner: Any = importlib.import_module(module)
        for name in names:
            watch(getattr(owner, inside) if inside else owner, name)
    watch_wire()
    watch_commits()
    for name in LOADED:
        importlib.import_module(name)
    return importlib.import_module("generator.cli.newsletter").main


def live(main: Any, order: dict[str, Any], arguments: list[str]) -> int:
    """Run a command; its exit code, if it comes so far."""
    ORDER.update(order)
    if "buffer" in ORDER:
        narrow()
    if "largest" in ORDER:
        limit()
    if "at" in ORDER:
        set_clock()
    if "kept" in ORDER:
        keep()
    hurry()
    try:
        main(arguments, prog_name="newsletter")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 (as Python itself would)
        traceback.print_exc()
        return 1
    return 0


def serve(main: Any) -> None:
    """Fork for each order on the input; see world.Nursery."""
    for line in sys.stdin:
        order = json.loads(line)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not os.fork():
            _watch_over(main, order)


def _watch_over(main: Any, order: dict[str, Any]) -> NoReturn:
    """Between the two: says who is born, and how they ended."""
    place = Path(order["place"])
    child = os.fork()
    if not child:
        _be_born(main, order)
    _write(place.with_suffix(".pid"), child)
    _write(place.with_suffix(".end"), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)


def _be_born(main: Any, order: dict[str, Any]) -> NoReturn:
    os.environ.clear()
    os.environ.update(order["environment"])
    output = os.open(order["place"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.chdir(Path(order["place"]).parent)
    code = live(main, order["order"], order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _write(path: Path, number: int) -> None:
    """Whole, or not at all."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(str(number))
    new.rename(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.proof.victim", description=__doc__.splitlines()[0])
    parser.add_argument(
        "order", nargs="?", type=json.loads, help="an order as JSON; default: read orders from standard input"
    )
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="arguments of the `newsletter` command")
    asked = parser.parse_args()
    if asked.order is None:
        serve(load())
    else:
        sys.exit(live(load(), asked.order, asked.arguments))
