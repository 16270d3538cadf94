"""From the playbook to the Friday letter: Markdown in git becomes a site, feeds and email.

docs/{nl,en}/ ─────────────┐                  ┌─▶ publish ─▶ build/ (generate issue), site/ (generate site)
newsletter/thoughts/ ──────┼─▶ content ─▶ model ─▶ render ─▶ artifacts ─▶ MkDocs, through mkdocs_hooks
newsletter/issues/<week>/ ─┤        ▲                └─▶ emails ─▶ check
newsletter/settings.toml ──┘    assemble

An issue is a Markdown folder. We read it into frozen values. From those values we render artifacts (bytes with a path)
and emails. Everything left of publish is a pure function of files: the clock is read in the command line only.
"""

from __future__ import annotations


def generate() -> None:
    """Run `generate`. Always raises SystemExit."""
    _run("generate")


def newsletter() -> None:
    """Run `newsletter`. Always raises SystemExit."""
    _run("newsletter")


def _run(program: str) -> None:
    """Import a program and run it. Nothing is imported before this, so that Ctrl-C stops it without a traceback.

    Whoever started us may have held Ctrl-C back until now: src/launchers does.
    """
    try:
        import signal  # noqa: PLC0415 (see above)
        from importlib import import_module  # noqa: PLC0415 (see above)

        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        import_module(f"generator.cli.{program}").main(prog_name=program)
    except KeyboardInterrupt:
        _stop()
    except Exception as error:
        if _was_stopped(error):
            _stop()
        raise


def _was_stopped(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an exception: what makes a class or a model takes it for a mistake in that."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or "KeyboardInterrupt" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _stop() -> None:
    """Say that it was stopped, and end. Raises SystemExit with the code of Ctrl-C; a second one ends it at once."""
    import signal  # noqa: PLC0415 (see above)
    import sys  # noqa: PLC0415 (see above)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.stderr is not None:
        sys.stderr.write("Stopped.\n")
    raise SystemExit(130) from None
