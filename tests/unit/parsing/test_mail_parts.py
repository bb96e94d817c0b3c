"""A message as one unit: headers, bodies and attachments, each with the digest of what it really holds."""

from __future__ import annotations

import base64
import hashlib
from email.message import EmailMessage

import pytest

from records import parsing
from records.parsing import cell, front
from records.parsing.limits import CellLimits
from tests.unit.parsing import makers

EML = "message/rfc822"
PDF = makers.text_pdf("Factura de cobro")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def message(**headers):
    letter = EmailMessage()
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    return letter


def attach(letter, name, data, kind="application/octet-stream"):
    main, sub = kind.split("/")
    letter.add_attachment(data, maintype=main, subtype=sub, filename=name)


@pytest.fixture
def mailed(tmp_path):
    """What the cell says of a message, and its bytes: ``mailed(data)``."""

    def give(data):
        path = makers.saved(tmp_path, "correo.eml", data)
        return parsing.mail(path), path

    return give


def ordinary():
    letter = message(
        From="Señora Peña <pena@proveedor.example>", To="contratos@entidad.example", Subject="Remisión de anexos"
    )
    letter["Date"] = "Tue, 10 Nov 2026 08:15:00 -0500"
    letter["Message-ID"] = "<1@proveedor.example>"
    letter.set_content("Adjunto los anexos.\n")
    letter.add_alternative("<p>Adjunto los anexos.</p>", subtype="html")
    attach(letter, "Factura año 2026.pdf", PDF, "application/pdf")
    attach(letter, "datos.csv", b"a;b\n1;2\n", "text/csv")
    return letter


@pytest.mark.rule("C6")
def test_every_part_of_a_message_has_its_role_name_type_size_and_digest(mailed):
    data = ordinary().as_bytes()
    found, _ = mailed(data)
    assert found.fault == ""
    assert [(part.role, part.name, part.media_type) for part in found.parts] == [
        ("headers", "", "text/rfc822-headers"),
        ("body", "", "text/plain"),
        ("body", "", "text/html"),
        ("attachment", "Factura año 2026.pdf", "application/pdf"),
        ("attachment", "datos.csv", "text/csv"),
    ]
    block = data[: data.index(b"\n\n")]
    held = [block, b"Adjunto los anexos.\n", b"<p>Adjunto los anexos.</p>\n", PDF, b"a;b\n1;2\n"]
    assert [part.digest for part in found.parts] == [digest(each) for each in held]
    assert [part.size for part in found.parts] == [len(each) for each in held]


@pytest.mark.rule("C6")
def test_the_bytes_given_of_a_part_are_those_of_its_digest(mailed):
    found, path = mailed(ordinary().as_bytes())
    for part in found.parts:
        assert digest(parsing.part_bytes(path, EML, part.index)) == part.digest
    with pytest.raises(parsing.PartUnavailable) as refusal:
        parsing.part_bytes(path, EML, len(found.parts))
    assert refusal.value.code == "no_such_part"


@pytest.mark.rule("C6")
def test_headers_are_decoded_one_line_each(mailed):
    found, _ = mailed(ordinary().as_bytes())
    assert found.headers == (
        ("From", "Señora Peña <pena@proveedor.example>"),
        ("To", "contratos@entidad.example"),
        ("Subject", "Remisión de anexos"),
        ("Date", "Tue, 10 Nov 2026 08:15:00 -0500"),
        ("Message-ID", "<1@proveedor.example>"),
    )


@pytest.mark.rule("C6")
@pytest.mark.parametrize("ending", [b"\r\n", b"\n"])
def test_the_line_ends_of_the_sender_change_no_attachment(mailed, ending):
    data = ordinary().as_bytes().replace(b"\r\n", b"\n").replace(b"\n", ending)
    found, _ = mailed(data)
    assert found.parts[3].digest == digest(PDF)


def test_attachments_of_a_message_are_the_same_parts(mailed):
    found, path = mailed(ordinary().as_bytes())
    assert parsing.attachments(path, EML) == parsing.Attachments(found.parts[3:])


@pytest.mark.parametrize(
    ("name", "data", "flags", "refusals"),
    [
        ("a.exe", b"MZ" + bytes(300), (), ("executable",)),
        ("factura.pdf", b"MZ" + bytes(300), (), ("executable", "extension_mismatch")),
        ("factura.pdf", makers.changed_pdf(lambda pdf: None)[:300], ("damaged",), ()),
        ("nota.docx", makers.docx(more={"word/vbaProject.bin": ("vbaProject", "x")}), (), ("macros",)),
        ("página.html", b"<html><script>x</script></html>", (), ("html",)),
        ("foto\u202egpj.txt", b"hola", ("bidi_in_name",), ()),
    ],
)
def test_an_attachment_is_judged_by_the_same_table_as_any_file(mailed, name, data, flags, refusals):
    letter = message(Subject="x")
    letter.set_content("x")
    attach(letter, name, data)
    found, _ = mailed(letter.as_bytes())
    assert (found.parts[2].flags, found.parts[2].refusals) == (flags, refusals)


def test_an_attached_message_is_looked_into_and_one_within_it_is_only_named(mailed):
    deepest = message(Subject="el de más adentro")
    attach(deepest, "a.exe", b"MZ" + bytes(300))
    inner = message(Subject="dentro")
    inner.set_content("x")
    attach(inner, "b.csv", b"a;b")
    inner.add_attachment(deepest)
    letter = message(Subject="fuera")
    letter.set_content("x")
    letter.add_attachment(inner)
    found, path = mailed(letter.as_bytes())
    assert [(part.media_type, part.flags) for part in found.parts[2:]] == [
        (EML, ("attachments",)),
        ("text/csv", ("within_message",)),
        (EML, ("within_message", "nested_message", "attachments")),
    ]
    assert parsing.part_bytes(path, EML, 3) == b"a;b"


def test_an_attached_message_in_base64_is_looked_into_all_the_same(mailed):
    inner = message(Subject="dentro")
    attach(inner, "a.exe", b"MZ" + bytes(300))
    data = b"Subject: x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
        inner.as_bytes()
    )
    found, _ = mailed(data)
    assert found.parts[2].refusals == ("executable",)


# -- malformed -----------------------------------------------------------------------------------------------------


def multipart(*parts, head=b"", boundary=b"limite", tail=b""):
    opening = b'Subject: x\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\n' + head + b"\n"
    body = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return opening + body + b"--" + boundary + b"--\n" + tail


TEXT = b"Content-Type: text/plain\n\nhola"


@pytest.mark.rule("C6")
def test_a_part_nobody_closed_is_a_part(mailed):
    data = multipart(TEXT, b"Content-Type: application/pdf\n\n" + PDF)
    found, _ = mailed(data[: data.rindex(b"\n--limite--")])
    assert [part.role for part in found.parts] == ["headers", "body", "attachment"]
    assert found.parts[2].digest == digest(PDF)


@pytest.mark.parametrize(
    "kind", [b"multipart/mixed", b"multipart/mixed; boundary=", b'multipart/mixed; boundary="nunca"', b"multipart/\xff"]
)
def test_parts_that_cannot_be_told_apart_are_one_opaque_part(mailed, kind):
    data = b"Subject: x\nContent-Type: " + kind + b"\n\n--limite\n" + TEXT + b"\n--limite--\n"
    found, path = mailed(data)
    assert found.fault == ""
    assert len(found.parts) == 2
    assert parsing.part_bytes(path, EML, 1) == data[data.index(b"\n\n") + 2 :]


def test_nesting_a_hundred_deep_is_beyond_the_limits(mailed):
    data = TEXT
    for depth in range(100):
        data = multipart(data, boundary=b"limite%d" % depth)
    found, _ = mailed(data)
    assert found.fault == "limits"


def test_nesting_that_people_use_is_followed(mailed):
    data = TEXT
    for depth in range(10):
        data = multipart(data, boundary=b"limite%d" % depth)
    found, _ = mailed(data)
    assert (found.fault, [part.role for part in found.parts]) == ("", ["headers", "body"])


def test_ten_thousand_parts_are_beyond_the_limits(mailed):
    assert mailed(multipart(*[b"\nx"] * 10_000))[0].fault == "limits"


def test_many_parts_are_all_listed(mailed):
    found, _ = mailed(multipart(*[TEXT] * 1_000))
    assert (found.fault, len(found.parts)) == ("", 1_001)


@pytest.mark.parametrize(
    ("declared", "body"),
    [(b"utf-8", b"a\xf1o"), (b"klingon", b"hola"), (b"utf-16", b"hol"), (b"us-ascii", b"\xff")],
)
def test_a_charset_that_lies_is_said(mailed, declared, body):
    found, path = mailed(b"Subject: x\nContent-Type: text/plain; charset=" + declared + b"\n\n" + body)
    assert found.parts[1].flags == ("bad_charset",)
    assert parsing.part_bytes(path, EML, 1) == body


@pytest.mark.parametrize("raw", [b"QUJD*RA==", b"QUJD=RA=", b"QUJDR", b"QUJD\nRA"])
def test_base64_that_readers_take_differently_is_said(mailed, raw):
    found, _ = mailed(b"Subject: x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + raw)
    assert "bad_encoding" in found.parts[1].flags


def test_a_transfer_encoding_that_is_not_undone_is_said(mailed):
    found, path = mailed(b"Subject: x\nContent-Type: image/png\nContent-Transfer-Encoding: x-uuencode\n\nbegin")
    assert "unknown_encoding" in found.parts[1].flags
    assert parsing.part_bytes(path, EML, 1) == b"begin"


def test_what_stands_outside_the_parts_is_said(mailed):
    hidden = b"x" * 5_000
    assert mailed(multipart(TEXT, tail=hidden))[0].parts[0].flags == ("text_outside_parts",)
    assert mailed(multipart(TEXT, tail=b"\n-- \nfirma\n"))[0].parts[0].flags == ()


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?q?uno=0D=0ABcc:_otro@malo.example?=",
        b"uno\n Bcc: otro@malo.example",
        b"=?utf-8?b?dW5vCkJjYzogb3Ryb0BtYWxvLmV4YW1wbGU=?=",
        "uno Bcc: \u202eotro\u200b@malo.example".encode(),
    ],
)
def test_a_header_cannot_bring_another_nor_hide_what_it_says(mailed, subject):
    found, _ = mailed(b"From: a@b.example\nSubject: " + subject + b"\n\nx")
    names = [name for name, _ in found.headers]
    assert names == ["From", "Subject"]
    assert "".join(dict(found.headers)["Subject"].split()) in (
        "unoBcc:otro@malo.example",
        "=?utf-8?b?dW5vCkJjYzogb3Ryb0BtYWxvLmV4YW1wbGU=?=",
    )


def test_headers_in_raw_eight_bits_and_repeated_ones_are_all_shown(mailed):
    found, _ = mailed("From: Peña <a@b.example>\nFrom: otro@c.example\nSubject: ñandú\n\nx".encode())
    assert found.headers == (("From", "Peña <a@b.example>"), ("From", "otro@c.example"), ("Subject", "ñandú"))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "damaged"),
        (b"\x00\xff" * 500, "damaged"),
        (b"hola, esto no es un mensaje", "damaged"),
        (b"Subject: " + b"x" * 400_000 + b"\n\nx", "limits"),
        (b"Subject: x\n" + b"X-Otro: y\n" * 100_000 + b"\n", "limits"),
    ],
)
def test_what_is_no_message_is_said_so(mailed, data, fault):
    assert mailed(data)[0].fault == fault


def test_an_attachment_of_fifty_megabytes_is_within_the_limits(mailed):
    import random

    data = random.Random(1).randbytes(50_000_000)
    found, path = mailed(
        multipart(
            TEXT, b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(data)
        )
    )
    assert (found.fault, found.parts[2].size, found.parts[2].digest) == ("", len(data), digest(data))
    assert parsing.part_bytes(path, EML, 2) == data
    inspection = parsing.inspect(path, "correo.eml")
    assert (inspection.inspected, inspection.flags, inspection.refusals) == (True, ("attachments",), ())
    assert parsing.read(path, EML).outcome == "read"


def test_a_text_part_larger_than_any_text_that_is_read_is_beyond_the_limits(mailed):
    found, path = mailed(multipart(TEXT + b" " * 70_000_000))
    assert (found.fault, found.parts[1].size) == ("", 70_000_004)
    assert parsing.read(path, EML).detail == "limits"


def test_a_message_beyond_the_limit_is_not_opened(tmp_path):
    path = tmp_path / "grande"
    with path.open("wb") as file:
        file.write(b"Subject: x\n\n")
        file.truncate(170 * 1024 * 1024)
    assert parsing.mail(path).fault == "limits"


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert parsing.mail(tmp_path / "nada").fault == "unreachable"
    assert parsing.attachments(tmp_path / "nada", EML).fault == "unreachable"
    with pytest.raises(parsing.PartUnavailable) as refusal:
        parsing.part_bytes(tmp_path / "nada", EML, 0)
    assert refusal.value.code == "unreachable"


# -- parts that kill the child that looks into them -----------------------------------------------------------------


@pytest.mark.criterion(16)
def test_a_bomb_among_the_attachments_hides_no_other(mailed):
    letter = message(Subject="x")
    letter.set_content("x")
    attach(letter, "antes.pdf", PDF)
    attach(letter, "bomba.docx", makers.zip_bomb_docx(300_000_000))
    attach(letter, "bomba.pdf", makers.deep_pdf())
    attach(letter, "bomba.png", makers.flood_png())
    attach(letter, "despues.pdf", PDF)
    found, _ = mailed(letter.as_bytes())
    assert [part.name for part in found.parts[2:]] == [
        "antes.pdf",
        "bomba.docx",
        "bomba.pdf",
        "bomba.png",
        "despues.pdf",
    ]
    assert [bool({"limits", "damaged"} & set(part.flags)) for part in found.parts[2:]] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert found.fault == ""
    assert found.parts[6].digest == digest(PDF)


def endless_pdf():
    """A PDF that takes longer to look into than it may: hundreds of thousands of annotations on its page."""
    annotations = b"<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(x)>>>>" * 150_000
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[" + annotations + b"]>>"
    return makers.plain_pdf(page)


@pytest.mark.criterion(16)
def test_an_attachment_that_kills_who_looks_into_it_is_listed_unseen_and_the_others_are_seen(mailed, monkeypatch):
    limited = cell.Cell(CellLimits(cpu_seconds=1))
    monkeypatch.setattr(front, "_cell", limited)
    letter = message(Subject="x")
    letter.set_content("x")
    attach(letter, "antes.pdf", PDF)
    attach(letter, "eterno.pdf", endless_pdf())
    attach(letter, "despues.pdf", PDF)
    try:
        found, _ = mailed(letter.as_bytes())
    finally:
        limited.close()
    assert (found.fault, [part.name for part in found.parts[2:]]) == ("", ["antes.pdf", "eterno.pdf", "despues.pdf"])
    assert [part.digest for part in found.parts[2:]] == [digest(PDF), "", digest(PDF)]
    assert found.parts[3].flags == ("limits",)
