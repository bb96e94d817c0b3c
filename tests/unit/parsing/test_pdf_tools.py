"""PDFs made of PDFs: joined with a bookmark to each, and without what they tell of their makers (requirement K4)."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image

from records import parsing
from records.parsing import front_tools
from tests.security.threats.pdf_writing import CATALOG, simple, updated
from tests.unit.parsing import makers

pytestmark = pytest.mark.requirement("K4")
CANARY = "autoracanaria"


@pytest.fixture
def saved(tmp_path):
    return lambda name, data: makers.saved(tmp_path, name, data)


def opened(made):
    assert made.fault == "", made
    return pikepdf.open(io.BytesIO(made.data))


def texts(tmp_path, made):
    reading = parsing.read(makers.saved(tmp_path, "hecho", made.data), "application/pdf")
    return [page.text.strip() for page in reading.pages]


# -- one of many ---------------------------------------------------------------------------------------------------


def test_many_pdfs_become_one_with_a_bookmark_to_each(tmp_path, saved):
    paths = [saved(name, makers.text_pdf(*name)) for name in ("ab", "c", "def")]
    made = parsing.merge_pdfs(paths, ["Acta", "Anexo «técnico» 1", "Minuta"])
    assert made.pages == 6
    assert texts(tmp_path, made) == list("abcdef")
    with opened(made) as pdf, pdf.open_outline() as outline:
        found = [(item.title, pdf.pages.index(pikepdf.Page(item.destination[0]))) for item in outline.root]
    assert found == [("Acta", 0), ("Anexo «técnico» 1", 2), ("Minuta", 3)]


def test_bookmarks_are_numbers_where_no_titles_are_given(saved):
    with opened(parsing.merge_pdfs([saved("a", makers.text_pdf("a"))] * 2)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["1", "2"]


def test_forms_of_the_sources_stay_forms(saved):
    def form(pdf):
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([9, 9, 99, 99]), FT=Name.Tx, T="campo")
        pdf.pages[0].Annots = Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].Annots)

    with opened(parsing.merge_pdfs([saved("a", makers.changed_pdf(form))] * 2)) as pdf:
        assert len(pdf.Root.AcroForm.Fields) == 2


def test_the_same_sources_make_the_same_bytes(saved):
    paths = [saved(name, makers.text_pdf(name)) for name in "abc"]
    assert parsing.merge_pdfs(paths) == parsing.merge_pdfs(paths)


BAD = {
    "damaged": makers.text_pdf("x" * 3_000)[:1_500],
    "encrypted": makers.encrypted_pdf("clave"),
    "active": makers.changed_pdf(makers.REFUSED_PDFS["JavaScript as OpenAction"][0]),
    "limits": makers.nested_flate_pdf(),
}


@pytest.mark.criterion(16)
@pytest.mark.parametrize("fault", BAD)
def test_a_source_that_may_not_be_worked_on_is_named(saved, fault):
    whole = saved("a", makers.text_pdf("a"))
    made = parsing.merge_pdfs([whole, saved("mal", BAD[fault]), whole])
    assert made == parsing.Made(fault=fault, at=1)
    assert parsing.without_metadata(saved("mal", BAD[fault])).fault == fault


def test_what_is_not_there_or_no_pdf_or_too_much_is_refused(saved, tmp_path, monkeypatch):
    whole = saved("a", makers.text_pdf("a"))
    assert parsing.merge_pdfs([whole, tmp_path / "no"]).fault == "unreachable"
    assert parsing.merge_pdfs([whole, saved("t", b"texto")]) == parsing.Made(fault="damaged", at=1)
    assert parsing.merge_pdfs([]).fault == "limits"
    with pytest.raises(ValueError, match="title"):
        parsing.merge_pdfs([whole], ["uno", "dos"])
    monkeypatch.setattr(front_tools, "MAX_BYTES", 1_000)
    assert parsing.merge_pdfs([whole] * 3).fault == "limits"


def test_hundreds_of_sources_with_long_titles_fit_in_one_question(saved):
    path = saved("a", makers.changed_pdf(lambda pdf: None))
    assert parsing.merge_pdfs([path] * 300, ["ñ" * 400] * 300).pages == 300


# -- what is told of its makers ------------------------------------------------------------------------------------


def photograph():
    """A JPEG that tells who made it, in Exif and in a comment."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = CANARY
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif, comment=CANARY.encode())
    return out.getvalue()


def telling_pdf():
    """A PDF that tells of its author in every place there is."""
    pdf = pikepdf.open(io.BytesIO(makers.text_pdf("Convenio de cooperación", "Anexo")))
    pdf.docinfo["/Author"] = CANARY
    pdf.docinfo["/Title"] = CANARY
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [CANARY]
    pdf.Root.PieceInfo = Dictionary(App=Dictionary(Private=CANARY))
    pdf.attachments["nota.txt"] = CANARY.encode()
    note: dict[str, Any] = {
        "Type": Name.Annot,
        "Rect": Array([9, 9, 99, 99]),
        "T": CANARY,
        "M": CANARY,
        "Contents": "se queda",
    }
    file = Dictionary(Type=Name.Filespec, F=CANARY, EF=Dictionary(F=pdf.make_stream(CANARY.encode())))
    pdf.pages[0].Annots = Array(
        [
            pdf.make_indirect(Dictionary(Subtype=Name.Text, **note)),
            pdf.make_indirect(Dictionary(Subtype=Name.FileAttachment, FS=file, **note)),
            pdf.make_indirect(Dictionary(Subtype=Name.Widget, FT=Name.Tx, **{**note, "T": "campo"})),
        ]
    )
    picture = pdf.make_stream(photograph(), Type=Name.XObject, Subtype=Name.Image, Width=40, Height=30)
    picture.update({"/Filter": Name.DCTDecode, "/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8})
    picture.Metadata = pdf.make_stream(CANARY.encode())
    pdf.pages[1].Resources.XObject = Dictionary(I=picture)
    pdf.pages[1].contents_add(b"q 40 0 0 30 9 9 cm /I Do Q")
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def all_of(data):
    """Every byte of a PDF, streams decoded where they can be, strings as text."""
    pdf = pikepdf.open(io.BytesIO(data))
    parts = [str(pdf.trailer), repr(pdf.docinfo)]
    for item in pdf.objects:
        parts.append(item.unparse(resolved=True).decode("latin-1") if not isinstance(item, pikepdf.Stream) else "")
        if isinstance(item, pikepdf.Stream):
            parts.append(item.unparse().decode("latin-1") + repr(dict(item.items())))
            raw = item.read_raw_bytes() if "/DCTDecode" in repr(item.get("/Filter")) else item.read_bytes()
            parts.append(raw.decode("latin-1"))
    return "".join(parts)


def test_nothing_is_told_of_its_makers_and_the_text_is_the_same(tmp_path, saved):
    data = telling_pdf()
    assert all_of(data).count(CANARY) >= 8, "the sample tells"
    path = saved("a", data)
    made = parsing.without_metadata(path)
    assert CANARY not in all_of(made.data)
    before = parsing.read(path, "application/pdf")
    assert texts(tmp_path, made) == [page.text.strip() for page in before.pages]
    with opened(made) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        assert len(pdf.attachments) == 0
        notes = [(str(note.Subtype), str(note.get("/T", ""))) for note in pdf.pages[0].Annots]
        assert notes == [("/Text", ""), ("/Widget", "campo")]
        assert str(pdf.pages[0].Annots[0].Contents) == "se queda"


def test_the_pages_look_the_same(saved):
    path = saved("a", telling_pdf())
    made = parsing.without_metadata(path)
    copy = saved("copia", made.data)
    for number in (1, 2):
        before, after = (parsing.render(each, "application/pdf", number, 60) for each in (path, copy))
        if number == 2:  # on the first an attached file was drawn
            assert before == after


def test_earlier_revisions_are_gone(saved):
    data = updated(simple(b"(" + CANARY.encode() + b")", catalog=CATALOG[:-2] + b"/Lang 4 0 R>>"), {1: CATALOG})
    assert CANARY.encode() in data
    assert CANARY.encode() not in parsing.without_metadata(saved("a", data)).data


def test_a_copy_that_says_anything_else_is_not_kept(saved, monkeypatch):
    monkeypatch.setattr(front_tools, "same_pages", lambda original, copy: False)
    assert parsing.without_metadata(saved("a", makers.text_pdf("a"))) == parsing.Made(fault="text_differs")


# -- counts, damage, passwords -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [1, 2, 37])
def test_pages_are_counted(saved, pages):
    assert parsing.inspect(saved("a", makers.text_pdf(*["x"] * pages)), "a.pdf").pages == pages


def test_damage_is_detected_and_a_password_refused(saved):
    damaged = parsing.inspect(saved("a", BAD["damaged"]), "a.pdf")
    assert (damaged.inspected, damaged.refusals) == (False, ())
    assert "damaged" in damaged.flags
    locked = parsing.inspect(saved("b", BAD["encrypted"]), "a.pdf")
    assert (locked.inspected, locked.refusals) == (False, ("encrypted",))
