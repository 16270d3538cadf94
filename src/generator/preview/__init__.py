"""The page of a letter for its editor: served on this machine while somebody writes, or kept as files."""

from generator.preview.application import Preview, find_week, list_weeks, watch
from generator.preview.files import write_preview
from generator.preview.guard import FOLDER, HOST, guard, mount
from generator.preview.server import Server, is_previewed, open_server

__all__ = [
    "FOLDER",
    "HOST",
    "Preview",
    "Server",
    "find_week",
    "guard",
    "is_previewed",
    "list_weeks",
    "mount",
    "open_server",
    "watch",
    "write_preview",
]
