"""A picture is read before it is kept; a fact and a link are found by their words."""

import json
import zlib
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from PIL import Image

from tests.writing.conftest import THOUGHT, WEEK, letter

KIND = "application/octet-stream"


def make(form: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, form, **more)
    return made.getvalue()


def upload(editor, content: bytes, name: str = "Foto.png", alt: str = "Twee%20stippen", text: str = WEEK):
    return editor.post(f"picture?text={text}&alt={alt}", content, KIND, HTTP_X_NAME=name)


def show(editor, insert: str) -> str:
    """The body of the letter with something more in it."""
    body: str = editor.open()["body"]
    return body.replace("## Food for action", f"{insert}\n\n## Food for action")


def list_pictures(root: Path) -> list[str]:
    return sorted(path.name for path in letter(root).parent.iterdir() if path.suffix != ".md")


def test_a_picture_stands_beside_its_letter_and_can_be_shown(editor):
    kept = upload(editor, make(), "Mijn%20Foto%20(1).PNG")
    assert kept.status == 200
    assert kept.data == {"name": "mijn-foto-1.png", "insert": "![Twee stippen](mijn-foto-1.png)"}
    with Image.open(letter(editor.root).parent / "mijn-foto-1.png") as picture:
        assert picture.size == (40, 30)
    assert editor.save(body=show(editor, kept.data["insert"])).status == 200
    remarks = editor.call("check", text=WEEK).data["remarks"]
    assert not [one for one in remarks if one["language"] == "nl" and "mijn-foto" in one["message"]]
    frame = editor.get(f"{WEEK}/frames/nl/letter-light.html")
    assert frame.content.count(b"data:image/png") >= 2


@pytest.mark.parametrize(
    "name, expected",
    [
        ("", "picture.png"),
        ("..%2F..%2F..%2Fsettings.toml", "settings.png"),
        ("..", "picture.png"),
        ("nl.md", "nl.png"),
        ("C%3A%5CUsers%5Cme%5Cfoto.png", "foto.png"),
        ("con.png", "picture-con.png"),
        ("%00.png", "picture.png"),
        ("a%0d%0ab.png", "a-b.png"),
        (".htaccess", "htaccess.png"),
        ("%F0%9F%98%80.png", "picture.png"),
        ("Caf%C3%A9.png", "cafe.png"),
        ("x" * 300 + ".png", "x" * 40 + ".png"),
        ("a%20b.png.html", "a-b-png.png"),
    ],
)
def test_a_name_is_made_safe(editor, name, expected):
    before = list_pictures(editor.root)
    kept = upload(editor, make(), name)
    assert kept.status == 200
    assert kept.data["name"] == expected or kept.data["name"].startswith("picture")
    assert sorted([*before, kept.data["name"]]) == list_pictures(editor.root)


def test_a_picture_never_replaces_another(editor):
    names = [upload(editor, make(), "Foto.png").data["name"] for _ in range(3)]
    assert names == ["foto.png", "foto-2.png", "foto-3.png"]
    (letter(editor.root).parent / "BLOEM.PNG").write_bytes(b"x")
    assert upload(editor, make(), "bloem.png").data["name"] == "bloem-2.png"


def test_the_kind_is_read_and_not_believed(editor):
    assert upload(editor, make("JPEG"), "foto.png").data["name"] == "foto.jpg"
    assert upload(editor, make("GIF", mode="P"), "foto.exe").data["name"] == "foto.gif"


def test_a_photo_loses_where_it_was_taken_and_becomes_small(editor):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    kept = upload(editor, make("JPEG", (4000, 3000), exif=exif), "IMG_1.JPG")
    assert kept.status == 200
    with Image.open(letter(editor.root).parent / kept.data["name"]) as picture:
        assert picture.height > picture.width
        assert max(picture.size) <= 1600 * 4
        assert picture.width <= 1600
        assert not picture.getexif()


def test_a_picture_can_be_tried_before_anything_is_written(editor):
    before = list_pictures(editor.root)
    tried = editor.post(f"picture?text={WEEK}&try=1", make(), KIND)
    assert (tried.status, tried.data) == (200, {})
    assert editor.post(f"picture?text={WEEK}&try=1", b"no picture", KIND).status == 400
    assert list_pictures(editor.root) == before


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_that_is_too_large_can_be_made_smaller(editor, mode):
    made = BytesIO()
    Image.effect_noise((1000, 700), 90).convert(mode).save(made, "PNG")
    assert upload(editor, made.getvalue()).status == 413
    kept = editor.post(f"picture?text={WEEK}&alt=x&shrink=1", made.getvalue(), KIND, HTTP_X_NAME="Ruis.png")
    path = letter(editor.root).parent / kept.data["name"]
    assert path.suffix == ".jpg"
    assert path.stat().st_size <= 1_000_000
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("JPEG", "RGB")


def test_a_picture_that_no_text_uses_is_named_and_can_be_taken_away(editor):
    kept = upload(editor, make(), "Foto één.png").data
    loose = editor.call("check", text=WEEK).data["loose"]
    assert loose == [kept["name"]]
    editor.save(body=show(editor, kept["insert"]))
    assert editor.call("check", text=WEEK).data["loose"] == []
    assert editor.call("remove", text=WEEK, picture=kept["name"]).status == 400
    editor.save(body=editor.open()["body"].replace(kept["insert"], ""))
    for name in ("nl.md", "../2026-W46/nl.md", "", "nothing.png", "../../settings.toml"):
        assert editor.call("remove", text=WEEK, picture=name).status == 400
    assert editor.call("remove", text=WEEK, picture=kept["name"]).status == 200
    assert kept["name"] not in list_pictures(editor.root)
    assert list((editor.root / f"var/drafts/{WEEK}").glob(f"*-{kept['name']}"))


def bomb() -> bytes:
    """A small PNG of 30,000 × 30,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(3_751) * 30_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script>",
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        make()[:60],
        make("JPEG", (400, 300))[:400],
        make("BMP"),
        make("TIFF"),
        make("WEBP"),
        make("ICO"),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        pytest.param(bomb(), id="bomb"),
    ],
    ids=lambda content: None,
)
def test_what_is_no_picture_is_refused(editor, content):
    before = list_pictures(editor.root)
    refused = upload(editor, content, "foto.png")
    assert refused.status == 400
    assert refused.message
    assert list_pictures(editor.root) == before


def test_a_picture_that_is_too_large_is_refused(editor):
    before = list_pictures(editor.root)
    refused = upload(editor, make() + bytes(5_000_000))
    assert refused.status == 413
    assert refused.message
    assert list_pictures(editor.root) == before


def test_a_picture_has_a_text_and_a_letter(editor):
    assert upload(editor, make(), alt="%20").message
    assert upload(editor, make(), text=THOUGHT).message
    assert upload(editor, make(), text="2026-W99").status == 404
    assert upload(editor, make(), text="../../docs").status == 404
    assert editor.post(f"picture?text={WEEK}&alt=x", b"{}", "application/json").status == 415


def test_a_text_for_who_does_not_see_it_stays_inside_its_brackets(editor):
    kept = upload(editor, make(), alt="a%5D(x)%20%5B%0Ab%5C")
    insert = kept.data["insert"]
    assert insert.startswith("![")
    assert "\n" not in insert
    assert editor.save(body=show(editor, insert)).status == 200
    frame = editor.get(f"{WEEK}/frames/nl/letter-light.html").content.decode()
    assert 'alt="a](x) [ b\\"' in frame


def test_a_picture_that_cannot_be_written_is_one_sentence(editor, tmp_path):
    folder = letter(editor.root).parent
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    before = sorted((tmp_path / "elsewhere").iterdir())
    assert upload(editor, make()).message
    assert sorted((tmp_path / "elsewhere").iterdir()) == before


# --- Facts, links and thoughts ---


def test_a_fact_is_found_by_its_words_in_any_order(attacked):
    found = attacked.call("facts", query="kumar 2013", language="nl").data["facts"]
    assert "[^ref-kumar-2013]" in [one["insert"] for one in found]
    assert attacked.call("facts", query="KÚMAR", language="en").data["facts"]
    assert attacked.call("facts", query="nobody wrote this", language="nl").data["facts"] == []
    assert len(attacked.call("facts", query="", language="nl").data["facts"]) > 1


@pytest.mark.parametrize("text", [WEEK, THOUGHT])
def test_each_link_that_is_offered_leads_somewhere(editor, text):
    found = editor.call("links", query="", language="nl").data["links"]
    assert {one["kind"] for one in found} >= {"certainty", "letter"}
    body = editor.open(text)["body"]
    for one in found:
        saved = editor.save(text, body=f"{body}\nZie {one['insert']}.\n")
        assert saved.status == 200
        remarks = editor.call("check", text=text).data["remarks"]
        wrong = [r for r in remarks if r["rule"] in {"", "dead-link"} and r["severity"] == "error"]
        assert not wrong, (one, wrong)


def test_a_thought_is_offered_with_its_text(attacked):
    found = attacked.call("thoughts", query="introduceren", language="nl").data["thoughts"]
    assert [one["id"] for one in found] == [THOUGHT]
    assert "beste vriend" in found[0]["insert"]


def test_a_query_may_be_anything(attacked):
    for query in ("\\", "(", "*" * 5_000, "\x00", "😀", "'; --", "ſ", "İ"):
        for call in ("facts", "links", "thoughts"):
            answer = attacked.call(call, query=query, language="nl")
            assert answer.status == 200
            json.dumps(answer.data)
