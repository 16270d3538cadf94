"""What is shown where somebody shares a page, as those who show it find it."""

from urllib.parse import urljoin

from PIL import Image


def test_every_page_names_a_picture_that_is_there(site):
    seen = set()
    for address, page in site.pages.items():
        if address.endswith("404.html"):
            assert not page.xpath("//meta[starts-with(@property, 'og:')]")
            continue
        (url,) = page.xpath("//meta[@property='og:image']/@content")
        base = f"{site.url}en/" if page.get("lang") == "en" else site.url
        assert url.startswith(f"{base}assets/cards/")
        with Image.open(site.folder / url.removeprefix(site.url)) as picture:
            size = [str(side) for side in picture.size]
        assert (
            page.xpath("//meta[@property='og:image:width' or @property='og:image:height']/@content") == size
        )
        (alt,) = page.xpath("//meta[@property='og:image:alt']/@content")
        assert alt.strip()
        assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
        seen.add(url)
    assert f"{site.url}assets/cards/referral.png" in seen
    assert f"{site.url}en/assets/cards/site.png" in seen
    assert any("/assets/cards/2026-W" in url for url in seen)


def test_no_picture_is_made_in_vain(site):
    named = {
        urljoin(address, url)
        for address, page in site.pages.items()
        for url in page.xpath("//meta[@property='og:image']/@content")
    }
    made = {
        site.url + path.relative_to(site.folder).as_posix() for path in site.folder.glob("**/assets/cards/*")
    }
    assert made == named
