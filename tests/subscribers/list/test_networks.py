"""IP addresses: what may be known of one, and which are this machine."""

import pytest

from generator.subscribers.list.networks import find_networks, is_here, shorten_address


@pytest.mark.parametrize(
    "text, narrow, wide",
    [
        ("192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        (" 2001:db8:1:2:3:4:5:6 ", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("unix:", "", ""),
        ("", "", ""),
        ("None", "", ""),
        ("192.0.2.77\r\nX: y", "", ""),
    ],
)
def test_no_more_of_an_address_is_told_than_its_networks(text, narrow, wide):
    assert find_networks(text) == (narrow, wide)
    assert shorten_address(text) == wide


@pytest.mark.parametrize(
    "host, here",
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_addresses(host, here):
    assert is_here(host) is here
