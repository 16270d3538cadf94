"""From the playbook to the Friday letter: Markdown in git becomes a site, feeds and email.

docs/{nl,en}/ ─────────────┐                  ┌─▶ publish ─▶ build/ (generate issue), site/ (generate site)
newsletter/thoughts/ ──────┼─▶ content ─▶ model ─▶ render ─▶ artifacts ─▶ MkDocs, through mkdocs_hooks
newsletter/issues/<week>/ ─┤        ▲                └─▶ emails ─▶ check
newsletter/settings.toml ──┘    assemble

An issue is a Markdown folder. We read it into frozen values. From those values we render artifacts (bytes with a path)
and emails. Everything left of publish is a pure function of files: the clock is read in the command line only.
"""
