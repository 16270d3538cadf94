"""Links."""

from tests.check.examples import Edit, Example


def put(text: str) -> tuple[Edit, ...]:
    """Another sentence in the letter."""
    return (Edit("Geen idee. ", f"Geen idee. {text} "),)


EXAMPLES = {
    "dead-link": Example(
        bad=put("Lees [het idee](https://example.org/certainties/relaties/)."),
        at="relaties",
        good=put("Lees [het idee](https://example.org/certainties/relations/#rel-1)."),
    ),
    "shortener": Example(bad=put("Zie [de studie](https://bit.ly/3xyz)."), at="bit.ly"),
    "tracking": Example(
        bad=put("Zie [de studie](https://example.com/a?page=2&utm_source=letter)."),
        at="utm_source",
        good=put("Zie [de studie](https://example.com/a?page=2&source=letter)."),
    ),
    "insecure-link": Example(bad=put("Zie [de studie](http://example.com/)."), at="http://example.com/"),
    "link-text": Example(
        bad=put("Voor de studie: [Klik hier](https://example.com/)."),
        at="Klik hier",
        good=put("Lees [hier ligt de grens](https://example.com/)."),
    ),
    "bare-address": Example(
        bad=put("Zie www.example.com."),
        at="www.example.com",
        good=put("Zie <https://example.com/>, of schrijf naar <post@example.org>, niet `a@example.org`."),
    ),
    "mailto": Example(
        bad=put("Schrijf [ons](mailto:post@example.org?subject=Vraag&bcc=a@example.org)."),
        at="bcc",
        good=put("Schrijf [ons](mailto:post@example.org?subject=Een%20vraag)."),
    ),
}
