"""The files that a PDF embeds, by whatever road they hang from it, each with its digest and judged by the table."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from records import parsing
from tests.unit.parsing import makers

PDF = "application/pdf"
HELD = b"a;b\n1;2\n" * 50


def digest(data):
    return hashlib.sha256(data).hexdigest()


def embedded(pdf, name="datos.csv", data=HELD, **more):
    stream = pdf.make_stream(data, Type=Name.EmbeddedFile, **more)
    return Dictionary(Type=Name.Filespec, F=String(name), UF=String(name), EF=Dictionary(F=stream))


def by_name_tree(pdf):
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("datos.csv"), embedded(pdf)])))


def by_annotation(pdf):
    note = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]), FS=embedded(pdf))
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])


def by_association(pdf):
    pdf.pages[0].obj.AF = Array([pdf.make_indirect(embedded(pdf))])


def by_rendition(pdf):
    clip = Dictionary(S=Name.MCD, CT=String("video/mp4"), D=embedded(pdf))
    action = Dictionary(S=Name.Rendition, R=Dictionary(S=Name.MR, C=pdf.make_indirect(clip)))
    pdf.Root.OpenAction = pdf.make_indirect(action)


def by_nothing_at_all(pdf):
    pdf.Root.Nadie = pdf.make_stream(HELD, Type=Name.EmbeddedFile)


@pytest.fixture
def listed(tmp_path):
    """What the cell lists of a PDF after a change, and its path: ``listed(change)``."""

    def give(change, **save):
        path = makers.saved(tmp_path, "a.pdf", makers.changed_pdf(change, **save))
        return parsing.attachments(path, PDF), path

    return give


ROADS = [by_name_tree, by_annotation, by_association, by_rendition, by_nothing_at_all]


@pytest.mark.rule("C5")
@pytest.mark.parametrize("change", ROADS)
def test_an_embedded_file_is_found_by_whatever_road_it_hangs(listed, change):
    found, path = listed(change)
    assert (found.fault, [part.digest for part in found.parts]) == ("", [digest(HELD)])
    assert parsing.part_bytes(path, PDF, 0) == HELD


@pytest.mark.rule("C5")
@pytest.mark.parametrize("change", ROADS[:4])
def test_a_compressed_file_in_a_compressed_structure_is_found_too(listed, change):
    found, path = listed(change, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    assert parsing.part_bytes(path, PDF, 0) == HELD
    assert found.parts[0].name == "datos.csv"


def test_two_files_under_one_name_are_two(listed):
    def change(pdf):
        specification = embedded(pdf)
        specification.EF.UF = pdf.make_stream(b"MZ" + bytes(300))
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("x"), specification])))

    found, _ = listed(change)
    assert [part.refusals for part in found.parts] == [(), ("executable", "extension_mismatch")]


def test_one_file_that_hangs_twice_is_one(listed):
    def change(pdf):
        shared = pdf.make_indirect(embedded(pdf))
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("x"), shared])))
        pdf.Root.AF = Array([shared])

    assert len(listed(change)[0].parts) == 1


def test_a_file_that_would_grow_beyond_the_limit_is_listed_unopened(listed):
    def change(pdf):
        packed = makers._flate(bytes(1_000_000), 300)
        bomb = pikepdf.Stream(pdf, packed, Type=Name.EmbeddedFile, Filter=Name.FlateDecode)
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("a"), embedded(pdf)])))
        pdf.Root.Bomba = pdf.make_indirect(bomb)

    found, path = listed(change, compress_streams=False)
    assert [(part.flags, part.size) for part in found.parts] == [((), len(HELD)), (("limits",), 0)]
    with pytest.raises(parsing.PartUnavailable) as refusal:
        parsing.part_bytes(path, PDF, 1)
    assert refusal.value.code == "limits"


def test_filters_that_cannot_be_undone_give_the_file_as_stored(listed):
    def change(pdf):
        odd = pikepdf.Stream(pdf, b"no es flate", Type=Name.EmbeddedFile, Filter=Name.JBIG2Decode)
        pdf.Root.Raro = pdf.make_indirect(odd)

    found, _ = listed(change)
    assert "bad_encoding" in found.parts[0].flags
    assert found.parts[0].digest == digest(b"no es flate")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (makers.text_pdf("x"), ""),
        (makers.encrypted_pdf("clave"), "encrypted"),
        (b"", "damaged"),
        (b"hola", "damaged"),
        (makers.deep_pdf(), ""),
    ],
)
def test_a_file_that_brings_nothing_or_cannot_be_opened_says_which(tmp_path, data, fault):
    found = parsing.attachments(makers.saved(tmp_path, "a.pdf", data), PDF)
    assert found.parts == ()
    assert found.fault == fault or (not fault and found.fault in ("", "damaged", "limits"))


def test_a_format_that_brings_no_files_brings_none(tmp_path):
    path = makers.saved(tmp_path, "a.txt", b"hola")
    assert parsing.attachments(path, "text/plain") == parsing.Attachments()
    with pytest.raises(parsing.PartUnavailable):
        parsing.part_bytes(path, "text/plain", 0)


def test_a_portfolio_of_many_files_is_listed_whole(listed):
    def change(pdf):
        names = [item for number in range(300) for item in (String(f"{number:04}"), embedded(pdf, f"{number}.csv"))]
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(names)))

    assert len(listed(change)[0].parts) == 300


def test_what_was_embedded_by_a_common_library_is_found(tmp_path):
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.attachments["año.csv"] = HELD
    out = io.BytesIO()
    pdf.save(out)
    found = parsing.attachments(makers.saved(tmp_path, "a.pdf", out.getvalue()), PDF)
    assert [(part.name, part.digest, part.media_type) for part in found.parts] == [
        ("año.csv", digest(HELD), "text/csv")
    ]
