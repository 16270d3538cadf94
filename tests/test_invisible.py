"""Characters that nobody sees are found, and those that a script or an emoji needs are not."""

import pytest

from generator.invisible import find_invisible, say_invisible
from tests.effort import assert_linear


@pytest.mark.parametrize(
    "text, places",
    [
        ("Een gewone zin", []),
        ("Één “zin” met € en …", []),
        ("Een\u200b zin met een\u200b paar woorden", [3, 16]),
        ("\ufeffbegin", [0]),
        ("klant\u00adtevreden", [5]),
        ("a\u200db \u200d", [1, 4]),
        ("a\u202eb\u202c", [1, 3]),
        ("a\u2066b\u2069", [1, 3]),
        ("a \u2067שלום\u2069 b", []),
        ("a \u2067שלום b", [2]),
        ("שלום\u200e!", []),
        ("שלום\n\u200e!", [5]),
        ("\u202bשלום\u202c", [0, 5]),
        ("a\U000e0041", [1]),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", []),
        ("👩\u200d👧 ❤️\u200d🔥 👩🏽\u200d💻 🏳️\u200d🌈", []),
        ("می\u200cخواهم क्\u200dष", []),
        ("\u2060\u2064\u206a", [0, 1, 2]),
        ("\u3164a", [0]),
    ],
)
def test_what_nobody_sees_is_found(text: str, places: list[int]) -> None:
    assert list(find_invisible(text)) == places


def test_it_is_named_by_its_number() -> None:
    assert say_invisible("\u200b") == "the invisible character U+200B"


@pytest.mark.parametrize("piece", ["a\u200e", "\u200b", "👩\u200d", "\U0001f3f4\U000e0067\U000e007f"])
def test_the_work_grows_with_the_text(piece: str) -> None:
    assert_linear(lambda size: list(find_invisible(piece * size)), 80_000)
