"""Whether a browser would install the site, and what it reads of a letter in its head."""

import json

import pytest


@pytest.mark.parametrize("folder, name", [("", "De 7 zekerheden"), ("en/", "The 7 certainties")])
def test_a_browser_can_install_the_site_in_each_language(open_browser, site, folder, name):
    page = open_browser()
    page.goto(f"{site.url}{folder}certainties/referral/")
    protocol = page.context.new_cdp_session(page)
    found = protocol.send("Page.getAppManifest")
    assert found["url"] == f"{site.url}{folder}manifest.json"
    assert found["errors"] == []
    assert json.loads(found["data"])["name"] == name
    # A window of the test is private, where no browser installs anything; there is no other reason.
    reasons = {
        one["errorId"] for one in protocol.send("Page.getInstallabilityErrors")["installabilityErrors"]
    }
    assert reasons <= {"in-incognito"}


def test_a_letter_tells_search_engines_what_it_is_and_no_other_page_does(site):
    for address, page in site.pages.items():
        data = page.xpath("//script[@type='application/ld+json']/text()")
        path = address.removeprefix(site.url).removeprefix("en/")
        is_letter = path.startswith(("archive/2", "course/")) and path != "course/"
        assert len(data) == is_letter, address
        if data:
            article = json.loads(data[0])
            assert article["url"] == address
            assert article["headline"] == page.xpath("string(//meta[@property='og:title']/@content)")
            assert article["image"]["url"] == page.xpath("string(//meta[@property='og:image']/@content)")
