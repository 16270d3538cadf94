"""Each remark stands at its words, counted as a browser counts them."""

import json

import pytest

from tests.writing.conftest import THOUGHT, WEEK, Editor, letter


def cut(body: str, remark: dict) -> str:
    """The words of a remark, as JavaScript slices them."""
    return body.encode("utf-16-le")[2 * remark["from"] : 2 * remark["to"]].decode("utf-16-le")


def check(editor: Editor, text: str = WEEK) -> list[dict]:
    return editor.call("check", text=text).data["remarks"]


def put(editor: Editor, words: str, text: str = WEEK) -> str:
    """Save the text with words as its second paragraph, and give the body."""
    body = editor.open(text)["body"]
    first = next(line for line in body.split("\n") if line and not line.startswith("#"))
    body = body.replace(first, f"{first}\n\n{words}", 1)
    assert editor.save(text, body=body).status == 200
    return body


@pytest.mark.parametrize("text", [WEEK, THOUGHT])
@pytest.mark.parametrize("before", ["", "Een woord. ", "😀 𝒳 é e\u0301 “x” "])
def test_a_remark_covers_its_words(editor, text, before):
    body = put(editor, f"{before}Dat is een gesprekk over niets!", text)
    found = [one for one in check(editor, text) if one["language"] == "nl" and one["from"] is not None]
    covered = {(one["rule"], cut(body, one)) for one in found}
    assert ("spelling", "gesprekk") in covered
    assert ("exclamation", "!") in covered


def test_a_remark_on_a_windows_file_covers_its_words(editor):
    path = letter(editor.root)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    body = put(editor, "Dat is een gesprekk.")
    assert "gesprekk" in [cut(body, one) for one in check(editor) if one["rule"] == "spelling"]


def test_where_one_text_is_right_the_remark_has_it(editor):
    body = put(editor, "Dat is mooi!")
    remark = next(one for one in check(editor) if one["rule"] == "exclamation" and one["language"] == "nl")
    assert remark["cures"] == [{"label": ".", "replace": "."}]
    place = slice(remark["from"], remark["to"])
    assert editor.save(body=body[: place.start] + "." + body[place.stop :]).status == 200
    assert not [one for one in check(editor) if one["rule"] == "exclamation" and one["language"] == "nl"]


def test_a_word_that_may_have_been_meant_is_asked_for(attacked):
    found = attacked.call("suggest", language="nl", word="gesprekk").data["words"]
    assert "gesprek" in found
    assert len(found) <= 3
    for word in ("", " ", "\x00", "x" * 10_000, "😀", "a b"):
        assert attacked.call("suggest", language="nl", word=word).status == 200
    assert attacked.call("suggest", language="xx", word="gesprekk").data["words"] == []


@pytest.mark.parametrize("before", ["Wat een dag", "😀 “Zo’n: dag” is dit"])
def test_a_cure_in_a_field_changes_its_words_alone(editor, before):
    assert editor.save(summary=f"{before}! En dan volgt er nog van alles.").status == 200
    remark = next(one for one in check(editor) if one["rule"] == "exclamation" and one["field"] == "summary")
    start, end = remark["within"]
    summary = editor.open()["fields"]["summary"].encode("utf-16-le")
    assert summary[2 * start : 2 * end].decode("utf-16-le") == "!"
    assert remark["cures"]


def test_a_remark_on_a_field_names_it(editor):
    assert editor.save(title="T" * 90, summary="Een samenvatting!").status == 200
    found = {(one["field"], one["language"]) for one in check(editor) if one["from"] is None}
    assert ("title", "nl") in found
    assert ("summary", "nl") in found


@pytest.mark.parametrize(
    "break_it",
    [
        lambda text: text.replace("title:", "title: ["),
        lambda text: text.replace("---\n", "", 1),
        lambda text: text.replace("certainty: referral", "certainty: nothing"),
        lambda text: text.replace("## Food for thought", "## Nothing"),
        lambda text: "",
        lambda text: "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n",
        lambda text: text + "\x00",
        lambda text: text + "[" * 5_000,
    ],
    ids=range(8),
)
def test_a_text_that_cannot_be_read_has_a_remark_and_stays_open(editor, break_it):
    path = letter(editor.root)
    path.write_text(break_it(path.read_text()))
    found = [one for one in check(editor) if one["language"] == "nl"]
    assert [one for one in found if one["severity"] == "error"]
    assert editor.open()["source"] == path.read_text()
    assert editor.get(f"{WEEK}/").status == 200
    assert (
        editor.get(f"{WEEK}/frames/nl/letter-light.html").status == 404
    )  # it could never be read in this run


def test_a_frame_stays_as_it_was_while_the_letter_cannot_be_read(editor):
    before = editor.get(f"{WEEK}/frames/nl/letter-light.html")
    assert before.status == 200
    opened = editor.open()
    assert editor.save(body="Niets van waarde.\n").status == 200
    assert editor.get(f"{WEEK}/frames/nl/letter-light.html").content == before.content
    assert editor.save(body=opened["body"].replace("Stel dat je beste", "Stel dat jouw beste")).status == 200
    assert b"Stel dat jouw beste" in editor.get(f"{WEEK}/frames/nl/letter-light.html").content


def test_settings_that_cannot_be_read_stop_no_one_from_writing(editor):
    settings = editor.root / "newsletter/settings.toml"
    settings.write_text(settings.read_text().replace("[letter]", "[letter"))
    assert check(editor)[0]["message"].startswith("newsletter/settings.toml")
    assert editor.save(body="\nEen zin.\n").status == 200
    assert letter(editor.root).read_text().endswith("\nEen zin.\n")
    for page in (f"{WEEK}/", "", "texts", "plan", "start", "problems"):
        assert editor.get(page).status in {200, 302}


def test_remarks_are_in_the_language_of_the_page(editor):
    put(editor, "Dat is een gesprekk over 9 van de 10 klanten!")
    assert editor.save(title="").status == 200
    said = {one["message"] for one in check(editor)}
    assert "“title” is leeg; schrijf de titel van de brief" in said
    english = editor.post("check?in=en", json.dumps({"text": WEEK}).encode()).data["remarks"]
    assert "“title” is empty; expected the title of the letter" in {one["message"] for one in english}
    assert editor.save(title="Een titel").status == 200
    said = {(one["message"], one["remedy"]) for one in check(editor)}
    assert ("“!” is een uitroepteken", "Zet er een punt.") in said
    assert "“9 van de 10” is een getal zonder bron" in {message for message, _ in said}


def test_what_other_programs_refuse_is_said_in_the_language_of_the_page(editor):
    found = editor.call("thought", certainty="referral", title="Een")
    assert found.message == "“een” is te kort of te lang; gebruik twee tot zes woorden"
    found = editor.call("assemble", week="2020-W10")
    assert "weken geleden" in found.message


def test_what_is_not_written_yet_is_still_to_do(editor):
    text = editor.call("thought", certainty="referral", title="Wie belt jou dan eigenlijk").data["text"]
    found = {(one["language"], one["field"], one["severity"]) for one in check(editor, text)}
    fields = {
        ("title", "en"),
        *((key, one) for key in ("summary", "action", "actions", None) for one in ("nl", "en")),
    }
    assert found == {(language, field, "open") for field, language in fields}


def test_all_that_is_wrong_is_said_at_once(editor):
    text = editor.call("thought", certainty="referral", title="Wie belt jou dan eigenlijk").data["text"]
    body = "## Kop\n\nDit is **een gesprekk. Het werkt! Zie [hier](x.md) en [^nergens].\n"
    assert editor.save(text, body=body, season=["lente"], actions=["ref-99"]).status == 200
    found = [one for one in check(editor, text) if one["language"] == "nl" and one["severity"] != "open"]
    assert {one["rule"] for one in found} >= {"spelling", "exclamation", "leftover-mark", "link-text", ""}
    said = " ".join(one["message"] for one in found)
    for part in (
        "geen koppen",
        "onbekende bron “nergens”",
        "“lente” is geen maand",
        "Onbekende actie “ref-99”",
    ):
        assert part.lower() in said.lower()
    assert (
        editor.save(title="", body=editor.open()["body"].replace("## Food for action", "## Eten")).status
        == 200
    )
    found = [one for one in check(editor) if one["language"] == "nl"]
    assert ("open", "title") in {(one["severity"], one["field"]) for one in found}
    assert any("“## Eten”" in one["message"] for one in found)


def test_a_remark_covers_the_words_that_it_quotes_or_the_first_ones(editor):
    long = "Dit is een zin die maar doorgaat en doorgaat " + "en nog even doorgaat " * 12 + "tot het einde."
    body = put(editor, f"Zie [het stuk](weg.md) daarover.\n\n{long}")
    covered = {cut(body, one) for one in check(editor) if one["from"] is not None and one["language"] == "nl"}
    assert "weg.md" in covered
    assert "Dit is een" in covered
    assert long not in covered


def test_a_remark_that_may_stay_is_waived_with_a_reason(editor):
    put(editor, "Dat is mooi!")
    remark = next(one for one in check(editor) if one["rule"] == "exclamation" and one["language"] == "nl")
    assert remark["waivable"]

    def waive(reason: str, **given: str):
        base = given.pop("base", None) or editor.open()["digest"]
        return editor.call(
            "waive",
            **{
                "text": WEEK,
                "language": "nl",
                "base": base,
                "rule": "exclamation",
                "reason": reason,
                **given,
            },
        )

    assert waive("Zo zegt: “hij” het zelf # echt").status == 200
    assert editor.open()["fields"]["waive"]["exclamation"] == "Zo zegt: “hij” het zelf # echt"
    remark = next(one for one in check(editor) if one["rule"] == "exclamation" and one["language"] == "nl")
    assert (remark["severity"], remark["reason"]) == ("waived", "Zo zegt: “hij” het zelf # echt")
    assert waive("Toch anders").status == 200
    assert editor.open()["fields"]["waive"]["exclamation"] == "Toch anders"
    assert waive("").status == 200
    assert "exclamation" not in editor.open()["fields"]["waive"]
    assert "section-length" in editor.open()["fields"]["waive"]
    before = letter(editor.root).read_bytes()
    assert waive("x", base="0" * 32).status == 409
    for odd in ({"rule": "nothing"}, {"rule": "../x"}, {"language": "xx"}, {"text": THOUGHT}):
        assert waive("x", **odd).status == 400
    assert waive("x" * 201).status == 400
    assert letter(editor.root).read_bytes() == before


def test_a_new_word_goes_into_the_list_of_its_language_and_out_again(editor):
    path = editor.root / "newsletter/words.nl.txt"
    path.write_text("# Onze woorden.\n\naap\nzebra # dier\n")
    put(editor, "Dat is een gesprekk.")
    remark = next(one for one in check(editor) if one["word"] == "gesprekk")
    assert (remark["rule"], remark["language"]) == ("spelling", "nl")
    assert editor.call("word", language="nl", word="gesprekk", add=True).status == 200
    assert path.read_text() == "# Onze woorden.\n\naap\ngesprekk\nzebra # dier\n"
    assert "gesprekk" not in [one["word"] for one in check(editor)]
    assert editor.call("word", language="nl", word="gesprekk", add=True).status == 200
    assert editor.call("word", language="nl", word="gesprekk", add=False).status == 200
    assert path.read_text() == "# Onze woorden.\n\naap\nzebra # dier\n"
    for odd in ("", "twee woorden", "a,b", "x\ny", "#x", "\ud800x", "a" * 61):
        assert editor.call("word", language="nl", word=odd, add=True).status == 400
    assert editor.call("word", language="../x", word="woord", add=True).status == 400
    assert editor.call("word", language="nl", word="woord", add="yes").status == 400
    path.unlink()
    for add, there in ((True, True), (False, False)):
        assert editor.call("word", language="nl", word="woord", add=add).status == 200
        assert path.exists() == there
