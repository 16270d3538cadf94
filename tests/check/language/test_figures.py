"""What is a figure, and what is only a number."""

import pytest

from generator.check.language.figures import find_figures, find_numbers, read_number
from generator.check.language.knowledge import KNOWLEDGE
from generator.model import Language
from tests.languages import EN, NL


@pytest.mark.parametrize(
    "language, text, found",
    [
        (NL, "van de inkopers doet 57% dat", "57%"),
        (NL, "57 procent doet dat", "57 procent"),
        (NL, "het verbeterde met 20 tot 25%", "20 tot 25%"),
        (NL, "dat kost € 50", "€ 50"),
        (NL, "dat kost 50 euro", "50 euro"),
        (NL, "ruim 15.500 interviews", "15.500"),
        (NL, "362 bedrijven", "362"),
        (NL, "in de EU 362 bedrijven", "362"),
        (NL, "drie keer zo vaak", "drie keer zo vaak"),
        (NL, "één op de zeven", "één op de zeven"),
        (NL, "1 op de 7", "1 op de 7"),
        (NL, "vijf procent van de klanten", "vijf procent van"),
        (NL, "driekwart van de kopers", "driekwart van"),
        (NL, "vijf miljoen dollar", "vijf miljoen"),
        (NL, "3× zo duur", "3×"),
        (NL, "20 of 25 procent", "20 of 25 procent"),
        (NL, "dubbel zo duur", "dubbel zo duur"),
        (NL, "1,5 keer meer", "1,5 keer meer"),
        (NL, "twee van de tien", "twee van de tien"),
        (EN, "57 per cent do", "57 per cent"),
        (EN, "one in seven", "one in seven"),
        (EN, "three times as likely", "three times as likely"),
        (EN, "16,000 customers", "16,000"),
        (EN, "two thirds of buyers", "two thirds of"),
        (EN, "a quarter of buyers", "a quarter of"),
        (EN, "$5 a head", "$5"),
        (EN, "1.5 times more", "1.5 times more"),
        (EN, "nine out of ten", "nine out of ten"),
        (EN, "grew by 20 to 25%", "20 to 25%"),
        (EN, "1,984 customers", "1,984"),
        (EN, "5 basis points", "5 basis point"),
        (EN, "twice as many", "twice as many"),
        (EN, "tenfold", "tenfold"),
        (EN, "five billion", "five billion"),
    ],
)
def test_a_figure(language: Language, text: str, found: str) -> None:
    assert [figure.text for figure in find_figures(text, language)] == [found]


@pytest.mark.parametrize(
    "language, text",
    [
        (NL, "30 tot 90 dagen na levering"),
        (NL, "binnen 180 dagen, of 365 dagen, in 300 woorden"),
        (NL, "op 27 november 2026 om 10.30 uur"),
        (NL, "tien procent korting, of nog vijf procent eraf"),
        (NL, "één op één spreken, kwart voor vijf"),
        (NL, "twee keer bellen, 3x per week, 1×"),
        (NL, "vijf van de zeven zekerheden"),
        (NL, "Voorbeeldstraat 112, 1000 AA Amsterdam, 020-1234567, bel 112"),
        (NL, "pagina 240, ISO 9001, artikel 101, een A4 en 24/7"),
        (NL, "de top 100, 360 graden rond"),
        (NL, "een creditnota van honderd euro"),
        (NL, "van 1.5.2026 en 2026-11-27"),
        (EN, "the 1980s, half an hour, a quarter of an hour, a third of the time"),
        (EN, "ring three times, one in 30 minutes"),
        (EN, "another five per cent and I’ll sign"),
        (EN, "in 2026, on 12-11-2026 at 16:45"),
        (EN, "page 362, art. 101, 362 days, a 300-word thought, in 1984"),
        (EN, "B2B, R2D2, MP3 and +31 20 123 4567"),
    ],
)
def test_no_figure(language: Language, text: str) -> None:
    assert [figure.text for figure in find_figures(text, language)] == []


@pytest.mark.parametrize(
    "language, digits, value",
    [
        (NL, "1,5", "1.5"),
        (EN, "1.5", "1.5"),
        (NL, "15.500", "15500"),
        (EN, "15,500", "15500"),
        (NL, "1.234.567,8", "1234567.8"),
        (NL, "0,71", "0.71"),
        (EN, "100", "100"),
    ],
)
def test_a_number_has_one_value_in_both_languages(language: Language, digits: str, value: str) -> None:
    assert read_number(digits, KNOWLEDGE[language]) == value


def test_numbers_leave_out_what_is_part_of_a_word() -> None:
    assert [value for value, _, _ in find_numbers("446 B2B relations in the 1980s, the 5th of 7", EN)] == [
        "446",
        "7",
    ]


def test_a_time_of_the_day_is_the_same_in_both_languages() -> None:
    """Dutch has a dot where English has a colon; without “uur” the dot is that of a number."""
    assert [value for value, _, _ in find_numbers("om 13.24 uur of 9:05 uur, 13.24 en 8", NL)] == [
        "13:24",
        "9:05",
        "13.24",
        "8",
    ]
    assert [value for value, _, _ in find_numbers("at 13:24, or 9:05 in the morning, 13.24 and 8", EN)] == [
        "13:24",
        "9:05",
        "13.24",
        "8",
    ]
