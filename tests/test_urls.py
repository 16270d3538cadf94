"""Web addresses that only look right, and right ones that look odd."""

import pytest

from generator.urls import explain_url

WRONG = {
    "https://": "is not a complete address like https://example.org/",
    "https:///path": "is not a complete address like https://example.org/",
    "ftp://example.org/": "is not a complete address like https://example.org/",
    "https://exa mple.org/": "contains a space; delete it, or write %20",
    "https://example.org/a b": "contains a space; delete it, or write %20",
    "https://example.org/a\N{NO-BREAK SPACE}b": "contains a space; delete it, or write %20",
    "https://exa\u200bmple.org/": "contains the invisible character U+200B; delete it",
    "https://example.org/\u202egpj.x": "contains the invisible character U+202E; delete it",
    "https://exam\u00adple.org/": "contains the invisible character U+00AD; delete it",
    "https://https://example.org/": "begins twice with https://; delete one of the two",
    "https://HTTP://example.org/": "begins twice with https://; delete one of the two",
    "https://example.org:99999/": "has the port “99999”; expected a number from 1 to 65535, or none",
    "https://example.org:0/": "has the port “0”; expected a number from 1 to 65535, or none",
    "https://example.org:abc/": "has the port “abc”; expected a number from 1 to 65535, or none",
    "https://example.org:/": "has the port “”; expected a number from 1 to 65535, or none",
    "https://example.org:٣/": "has the port “٣”; expected a number from 1 to 65535, or none",
    "https://:::/": "is not a complete address like https://example.org/",
    "https://exa%20mple.org/": "has the host “exa%20mple.org”, which is not a name",
    "https://example..org/": "has the host “example..org”, which is not a name",
    "https://.example.org/": "has the host “.example.org”, which is not a name",
    "https://-example.org/": "has the host “-example.org”, which is not a name",
    "https://exam!ple.org/": "has the host “exam!ple.org”, which is not a name",
    f"https://{'a' * 64}.org/": f"has the host “{'a' * 64}.org”, which is not a name",
    f"https://{'a.' * 127}org/": f"has the host “{'a.' * 127}org”, which is not a name",
    "https://[::1/": "has the host “[::1”, which is not a name",
    "https://[::z]/": "has the host “[::z]”, which is not an IPv6 address",
    "https://exаmple.org/": (
        "has letters of the Cyrillic alphabet and the Latin alphabet in “exаmple”, one of which only looks right; "
        "type it anew"
    ),
    "https://bank.example@example.org/": "has a name and an @ before its host, as in a fraud; delete them",
    'https://example.org/?q="x"': 'contains "; write %22',
    "https://example.org/a\\b": "contains \\; write %5C",
    "https://example.org/{week}": "contains {; write %7B",
}
RIGHT = (
    "https://example.org",
    "HTTPS://EXAMPLE.ORG/",
    "http://example.org:8080/a/b.html?c=d&e=%20#f",
    "https://a_b.example.org/",
    "https://example.org./",
    "https://192.0.2.1/",
    "https://[2001:db8::1]:8443/",
    "https://münchen.example/straße?für=dich",
    "https://пример.example/",
    "https://example.org/@name/o'reilly_(x)?a[]=1;b=~2",
)


@pytest.mark.parametrize("url", WRONG)
def test_what_is_wrong_is_said(url):
    assert explain_url(url) == WRONG[url]


@pytest.mark.parametrize("url", RIGHT)
def test_what_a_browser_a_mail_program_and_a_feed_reader_open_alike_is_right(url):
    assert explain_url(url) is None
