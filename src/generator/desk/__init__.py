"""What an operator sees of the list as a whole: numbers on a page that answers this machine only."""

from generator.desk.page import open_desk, render_desk

__all__ = ["open_desk", "render_desk"]
