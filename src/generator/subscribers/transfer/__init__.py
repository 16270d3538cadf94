"""The list as a file: import, export, and the exports of other services."""
