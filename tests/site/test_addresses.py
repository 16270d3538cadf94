"""What `generate check` takes for published is published."""

from urllib.parse import urlsplit

from generator.check.web.addresses import survey_site
from generator.content import load_newsletter
from tests.site.hosting import Site


def test_every_address_that_letters_may_lead_to_exists_with_its_anchors(site: Site) -> None:
    newsletter = load_newsletter(site.project)
    addresses = survey_site(newsletter)
    assert newsletter.settings.site_url == site.url
    assert set(addresses.pages) <= set(site.pages)
    anchors = 0
    for address in addresses.pages:
        ids = set(site.pages[address].xpath("//@id"))
        expected = set(addresses.anchors(address))
        assert expected <= ids, address
        anchors += len(expected)
    assert anchors > 200
    for address in addresses.files:
        path = urlsplit(address).path.removeprefix(urlsplit(site.url).path)
        assert (site.folder / path).is_file(), address


def test_no_page_is_missing_among_them(site: Site) -> None:
    addresses = survey_site(load_newsletter(site.project))
    assert {page for page in site.pages if page.endswith("/")} <= set(addresses.pages)
