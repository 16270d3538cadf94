"""Mirrors src/generator, bottom to top. `make test` runs all; `.venv/bin/pytest tests/render` a part."""
