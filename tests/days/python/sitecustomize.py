"""Mends two faults of libfaketime 0.9.10 (Debian 12) in a Python program.

`time.sleep` fails: since Python 3.11 it names a moment of the monotonic clock, which libfaketime must leave alone here.

A thread that waits for its turn ends the process with a segmentation fault when another thread changes the environment:
libfaketime calls `getenv` in every such wait, and `setenv` may have freed what `getenv` reads. Here nothing is freed.
"""

import ctypes
import os
import select
import time

_libc = ctypes.PyDLL(None)
_libc.strdup.restype = _libc.calloc.restype = ctypes.c_void_p
_environ = ctypes.POINTER(ctypes.c_void_p).in_dll(_libc, "environ")
"""A list of addresses of texts like `NAME=value`; the last is null."""


def sleep(seconds: float) -> None:
    """Do the same by a call that takes a duration."""
    select.select([], [], [], seconds)


def putenv(name: bytes, value: bytes) -> None:
    """Point `environ` to a new list that has this variable."""
    _replace(name, _libc.strdup(name + b"=" + value))


def unsetenv(name: bytes) -> None:
    """Point `environ` to a new list without this variable."""
    _replace(name)


def _replace(name: bytes, *added: int) -> None:
    texts = []
    for text in _environ:
        if text is None:
            break
        if not ctypes.string_at(text).startswith(name + b"="):
            texts.append(text)
    texts += [*added, None]
    address = _libc.calloc(len(texts), ctypes.sizeof(ctypes.c_void_p))
    (ctypes.c_void_p * len(texts)).from_address(address)[:] = texts
    _environ.contents = ctypes.c_void_p.from_address(address)


time.sleep = sleep
os.putenv, os.unsetenv = putenv, unsetenv
