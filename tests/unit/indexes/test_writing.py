"""The XML of an index: any text is only text, and each defect seen in the public code of others is refused."""

from __future__ import annotations

import dataclasses
import datetime
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from records.indexes.checking import Checked, IndexFault, check_index
from records.indexes.copies import write_copy
from records.indexes.writing import ELEMENTS, LONGEST, UNWRITABLE, write_index
from records.selectors.expedientes import DocumentRow
from records.vocabulary import DocumentState, Level

BOGOTA = datetime.timezone(datetime.timedelta(hours=-5))


def row(order: int, first: int, last: int, **fields: Any) -> DocumentRow:
    told: dict[str, Any] = {
        "document": uuid.UUID(int=order, version=4), "title": f"Pieza {order}", "tipo": "Acta", "digest": "a" * 64,
        "date": datetime.date(2026, 6, 10), "entered": datetime.datetime(2026, 6, 11, 8, order, tzinfo=BOGOTA),
        "size": 10, "extension": "pdf", "origin": "Electrónico",
    }  # fmt: skip
    return DocumentRow(order, first, last, Level.PUBLIC, **{**told, **fields})


THREE = (row(1, 1, 3), row(2, 4, 4, state=DocumentState.ANNULLED), row(3, 5, 9))


def written(*rows: DocumentRow) -> bytes:
    sink = io.BytesIO()
    write_index(sink, rows)
    return sink.getvalue()


def checked(data: bytes, *, whole: bool = True) -> Checked:
    return check_index(io.BytesIO(data), whole=whole)


@pytest.mark.rule("E3")
@settings(max_examples=150, deadline=None)
@given(title=st.text(min_size=1, max_size=380), tipo=st.text(min_size=1, max_size=200))
def test_any_text_comes_back_as_it_went_in(title: str, tipo: str) -> None:
    data = written(row(1, 1, 1, title=title, tipo=tipo))
    assert checked(data).documents == 1
    entry = etree.fromstring(data)[0]
    assert [child.tag for child in entry] == list(ELEMENTS)
    assert entry.findtext("Nombre_Documento") == UNWRITABLE.sub("\ufffd", title)
    assert entry.findtext("Tipologia_Documental") == UNWRITABLE.sub("\ufffd", tipo)


@pytest.mark.rule("E3")
def test_a_title_of_any_length_keeps_its_mark_of_annulled() -> None:
    data = written(row(1, 1, 1, title="x" * 2000, state=DocumentState.ANNULLED))
    name = etree.fromstring(data)[0].findtext("Nombre_Documento")
    assert name.endswith("x (anulado)")
    assert len(name) == LONGEST
    assert checked(data).documents == 1


Change = Callable[[str], str]
#: What public implementations were seen to do, each on a good index.
DEFECTS: dict[str, tuple[Change, str]] = {
    "MD5 written as the function": (lambda xml: xml.replace("SHA-256", "MD5", 1), "schema"),
    "the function taken from a date": (lambda xml: xml.replace("SHA-256", "2026-06-10", 1), "schema"),
    "an MD5 digest under SHA-256": (lambda xml: xml.replace("a" * 64, "a" * 32, 1), "schema"),
    "a digest not as long as its function says": (lambda xml: xml.replace("SHA-256", "SHA-512", 1), "digest_function"),
    "a digest in capitals": (lambda xml: xml.replace("a" * 64, "A" * 64, 1), "schema"),
    "pages that are always 0": (lambda xml: xml.replace("<Pagina_Inicio>1<", "<Pagina_Inicio>0<"), "pages"),
    "every document beginning at page 1": (lambda xml: xml.replace("<Pagina_Inicio>4<", "<Pagina_Inicio>1<"), "pages"),
    "an end before its beginning": (lambda xml: xml.replace("<Pagina_Fin>9<", "<Pagina_Fin>4<"), "pages"),
    "the first page in another element": (
        lambda xml: xml.replace("<Pagina_Inicio>4</Pagina_Inicio>", "<Pagina_Fin>4</Pagina_Fin>"), "schema"),
    "ID for Id": (lambda xml: xml.replace("<Id>", "<ID>").replace("</Id>", "</ID>"), "schema"),
    "id for Id": (lambda xml: xml.replace("<Id>", "<id>").replace("</Id>", "</id>"), "schema"),
    "a stray bracket": (lambda xml: xml.replace("Pieza 3", "Pieza < 3"), "schema"),
    "an unescaped ampersand": (lambda xml: xml.replace("Pieza 3", "A & B"), "schema"),
    "a size in megabytes": (lambda xml: xml.replace("<Tamano>10<", "<Tamano>0.1 MB<", 1), "schema"),
    "a size in kilobytes": (lambda xml: xml.replace("<Tamano>10<", "<Tamano>10 KB<", 1), "schema"),
    "a fraction of a size": (lambda xml: xml.replace("<Tamano>10<", "<Tamano>10.5<", 1), "schema"),
    "a date without its offset": (lambda xml: xml.replace("T00:00:00-05:00", "T00:00:00", 1), "schema"),
    "a date alone": (lambda xml: xml.replace("2026-06-10T00:00:00-05:00", "2026-06-10", 1), "schema"),
    "an origin of its own": (lambda xml: xml.replace("Electrónico", "Nativo", 1), "schema"),
    "a missing element": (lambda xml: xml.replace("<Origen>Electrónico</Origen>", "", 1), "schema"),
    "an element too many": (lambda xml: xml.replace("</Origen>", "</Origen><Firma>x</Firma>", 1), "schema"),
    "an entry left out": (lambda xml: xml.replace(entry_of(xml, 1), ""), "order"),
    "an entry twice": (lambda xml: xml.replace(entry_of(xml, 1), entry_of(xml, 1) * 2), "order"),
    "two entries exchanged": (
        lambda xml: "\n".join([*xml.split("\n")[:2], entry_of(xml, 1), entry_of(xml, 0), *xml.split("\n")[4:]]),
        "order"),
    "an order that begins at 0": (lambda xml: xml.replace("Expediente>1<", "Expediente>0<"), "schema"),
    "another root": (lambda xml: xml.replace("TipoDocumentoFoliado", "Indice"), "schema"),
    "a document type": (lambda xml: xml.replace("?>", "?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", 1)
                        .replace("Pieza 3", "&e;"), "schema"),
    "an index cut short": (lambda xml: xml[: len(xml) // 2], "schema"),
}  # fmt: skip


def entry_of(xml: str, place: int) -> str:
    return xml.split("\n")[place + 2]


@pytest.mark.rule("E3")
@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_refused(name: str) -> None:
    change, code = DEFECTS[name]
    good = written(*THREE).decode()
    bad = change(good)
    assert bad != good
    with pytest.raises(IndexFault) as fault:
        checked(bad.encode())
    assert fault.value.code == code


@pytest.mark.rule("E3")
def test_a_good_index_holds_and_tells_what_it_has() -> None:
    told = checked(written(*THREE))
    assert (told.documents, told.folios, told.untimely) == (3, 9, 0)
    assert checked(written()).documents == 0


@pytest.mark.rule("E3")
def test_dates_that_do_not_follow_are_told() -> None:
    before = datetime.datetime(2026, 6, 9, tzinfo=BOGOTA)
    rows = (row(1, 1, 1), row(2, 2, 2, entered=before))
    assert checked(written(*rows)).untimely == 1
    copied = dataclasses.replace(rows[0], date=datetime.date(2027, 1, 1))
    assert checked(written(copied)).untimely == 1


@pytest.mark.rule("A8", "E3")
def test_what_a_reader_may_not_know_is_withheld_whole() -> None:
    """The same entries, orders and folios; of the unread nothing else, and no archive takes the copy for an index."""
    whole, sink = written(*THREE), io.BytesIO()
    unread = {str(THREE[0].document): Level.RESERVED, str(THREE[1].document): Level.RESTRICTED}
    write_copy(io.BytesIO(whole), sink, unread)
    copy = sink.getvalue()
    assert checked(copy, whole=False).folios == 9
    with pytest.raises(IndexFault) as fault:
        checked(copy)
    assert fault.value.code == "withheld"
    first, second, third = etree.fromstring(copy)
    assert [child.text for child in third] == [child.text for child in etree.fromstring(whole)[2]]
    assert [child.tag for child in first] == list(ELEMENTS)
    assert first.findtext("Nombre_Documento") == "Documento en reserva"
    assert second.findtext("Nombre_Documento") == "Documento que usted no lee (anulado)"
    told = {child.tag for child in first if child.text}
    assert told == {"Nombre_Documento", "Orden_Documento_Expediente", "Pagina_Inicio", "Pagina_Fin"}
    hidden = etree.tostring(first) + etree.tostring(second)
    for secret in (b"Pieza", b"Acta", b"aaaa", b"2026", str(THREE[0].document).encode()):
        assert secret not in hidden
