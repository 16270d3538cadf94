"""A course for the sample, which has none: `generate course` writes it."""

from pathlib import Path

from click.testing import CliRunner, Result

from generator.cli.generate import main
from tests.clocks import STOPPED

FOLDER = "newsletter/course"


def write_course(root: Path) -> Result:
    """Write every lesson that is missing."""
    done = CliRunner().invoke(main, ["--root", str(root), "course"], obj=STOPPED, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done
