"""robots.txt and security.txt: what programs look for at the root of a site."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from generator.content import Newsletter
from generator.render.page.well_known import ROBOTS, SECURITY, render_well_known
from generator.settings import Settings

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)


@pytest.fixture
def settings(newsletter: Newsletter) -> Settings:
    return replace(newsletter.settings, security="security@example.org")


def write(settings: Settings, moment: datetime = NOW) -> dict[str, str]:
    return {
        str(artifact.path): artifact.content.decode()  # type: ignore[union-attr]
        for artifact in render_well_known(settings, moment)
    }


def test_both_name_the_addresses_of_the_settings(settings: Settings) -> None:
    made = write(settings)
    assert made[str(ROBOTS)].splitlines()[-2:] == [
        "Sitemap: https://example.org/sitemap.xml",
        "Sitemap: https://example.org/en/sitemap.xml",
    ]
    assert made[str(SECURITY)] == (
        "Contact: mailto:security@example.org\n"
        "Expires: 2027-10-01T00:00:00Z\n"
        "Preferred-Languages: nl, en\n"
        "Canonical: https://example.org/.well-known/security.txt\n"
    )


def test_without_an_address_there_is_no_security_txt(settings: Settings) -> None:
    assert set(write(replace(settings, security=""))) == {str(ROBOTS)}


def test_a_site_in_a_folder_has_neither(settings: Settings) -> None:
    assert write(replace(settings, site_url="https://example.org/playbook/")) == {}


def test_it_counts_for_most_of_a_year_and_changes_once_a_month(settings: Settings) -> None:
    """So that an hourly build of the site finds nothing new."""
    found = set()
    for day in range(366):
        moment = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=day, hours=23)
        (line,) = (line for line in write(settings, moment)[str(SECURITY)].splitlines() if "Expires" in line)
        left = datetime.fromisoformat(line.removeprefix("Expires: ")) - moment
        assert timedelta(days=300) < left < timedelta(days=365)
        found.add(line)
    assert len(found) == 13
