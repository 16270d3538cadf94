"""The preview of a letter for its editor: served on this machine while they write, or written to files."""

from generator.preview.application import Preview, digest_files, find_week, list_weeks
from generator.preview.files import write_preview
from generator.preview.guard import FOLDER, HOST, guard, mount
from generator.preview.server import Server, is_previewed, open_server

__all__ = [
    "FOLDER",
    "HOST",
    "Preview",
    "Server",
    "digest_files",
    "find_week",
    "guard",
    "is_previewed",
    "list_weeks",
    "mount",
    "open_server",
    "write_preview",
]
