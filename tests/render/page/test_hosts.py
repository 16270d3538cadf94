"""_headers and _redirects. That both say the same as nginx and Caddy is seen in tests/site/test_proxies.py."""

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from generator.content import Newsletter
from generator.render.page.hosts import render_host_files

ROOT = Path(__file__).parents[3]
HASHED = "assets/stylesheets/main.618322db.min.css"
FILES = (
    HASHED,
    "assets/site.0a1b2c3d.css",
    "assets/javascripts/main.js",
    "assets/min.css",
    "archive/1234abcd.js",
)


def write(newsletter: Newsletter, **changes: str) -> dict[str, str]:
    settings = replace(newsletter.settings, **changes)  # type: ignore[arg-type]
    made = render_host_files(ROOT, settings, map(PurePosixPath, FILES))
    return {str(one.path): one.content.decode() for one in made}  # type: ignore[union-attr]


def read(text: str) -> dict[str, dict[str, str]]:
    """The headers of each pattern. As the hosts read it: a path, and lines that are indented."""
    rules: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        assert len(line) < 2000  # Cloudflare leaves out what is longer
        if line.startswith("/"):
            assert line not in rules
            rule = rules[line] = {}
        elif not line.startswith("#"):
            name, value = re.fullmatch(r"  ([\w-]+): (.+)", line).groups()  # type: ignore[union-attr]
            assert name not in rule
            rule[name] = value
    return rules


def test_each_file_has_one_lifetime_since_hosts_join_what_two_rules_say(newsletter):
    rules = read(write(newsletter)["_headers"])
    assert len(rules) <= 100  # Cloudflare reads no more
    assert "Cache-Control" not in rules["/*"]
    timed = {path for path, rule in rules.items() if "Cache-Control" in rule}
    assert {path for path in timed if not path.endswith("*")} == {f"/{file}" for file in FILES[:2]}
    for path in timed:
        assert path.count("*") <= 1  # Cloudflare allows one
        others = [other for other in timed - {path} if other.endswith("*")]
        assert not any(path.startswith(other.removesuffix("*")) for other in others)


def test_forms_may_go_to_the_service_and_nowhere_else(newsletter):
    for service, expected in (
        ("https://letter.example.org/", "'self' https://letter.example.org"),
        ("https://example.org:8443/letter/", "'self' https://example.org:8443"),
        ("", "'self'"),
    ):
        policy = read(write(newsletter, service_url=service)["_headers"])["/*"]["Content-Security-Policy"]
        assert f"; form-action {expected}; " in policy


def test_what_is_not_there_is_told_in_its_language(newsletter):
    lines = write(newsletter)["_redirects"].splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["/en/* /en/404.html 404"]


def test_a_site_in_a_folder_has_neither(newsletter):
    assert write(newsletter, site_url="https://example.org/playbook/") == {}
