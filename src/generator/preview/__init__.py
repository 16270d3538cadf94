"""The preview of a letter for its editor: served on this machine beside the site, or written to files."""

from generator.preview.application import Preview, digest_files, find_week, list_weeks
from generator.preview.files import write_lesson_preview, write_preview
from generator.preview.guard import FOLDER, HOST, WRITING, guard, mount
from generator.preview.server import Server, fingerprint, is_written, open_server

__all__ = [
    "FOLDER",
    "HOST",
    "WRITING",
    "Preview",
    "Server",
    "digest_files",
    "find_week",
    "fingerprint",
    "guard",
    "is_written",
    "list_weeks",
    "mount",
    "open_server",
    "write_lesson_preview",
    "write_preview",
]
