"""One record in several expedientes: its own place in each, the same bytes, and the same readers as before."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records import clock
from records.errors import AccessDenied, Incomplete, NotFound, RuleViolation
from records.models import Blob, Document, Expediente, LedgerEvent, Placement
from records.rendering.control_sheet import control_sheet
from records.selectors.expedientes import DocumentRow, lines_for, list_rows_for, summary_of
from records.selectors.history import list_expediente_history
from records.selectors.lives import life_of
from records.services.correction import annul_document
from records.services.placements import place_document
from records.vocabulary import ExpedienteKind, Level
from tests import factories, lives


@pytest.fixture
def settlement(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    """Where the pieces of the convenio are incorporated when it is settled."""
    return factories.make_expediente(cast["archivista"], kind=ExpedienteKind.SETTLEMENT, parent=expediente)


def place(cast: dict[str, Any], document: Document, expediente: Expediente, by: str = "archivista") -> Placement:
    return place_document(actor=cast[by], document=document, expediente=expediente, reason="Soporte de liquidación")


@pytest.mark.rule("E10")
def test_a_piece_lies_in_two_expedientes_with_its_own_place_in_each(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    lives.piece(cast, settlement, pages=4)
    document = lives.piece(cast, expediente, pages=3)
    blobs = Blob.objects.count()
    placed = place(cast, document, settlement)
    after = lives.piece(cast, settlement)
    assert (document.order, document.folio_first, document.folio_last) == (1, 1, 3)
    assert (placed.order, placed.folio_first, placed.folio_last) == (2, 5, 7)
    assert (after.order, after.folio_first) == (3, 8)
    assert Blob.objects.count() == blobs + 1, "of the piece filed afterwards: incorporating copies no bytes"
    rows = list_rows_for(cast["archivista"], settlement)
    assert [(row.order, row.folio_first, row.folio_last, row.home) for row in rows] == [
        (1, 1, 4, ""), (2, 5, 7, expediente.code), (3, 8, 8, ""),
    ]  # fmt: skip
    assert rows[1].document == document.pk
    assert rows[1].digest == document.blob_id


@pytest.mark.rule("E10")
def test_where_a_piece_may_not_be_incorporated(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    document = lives.piece(cast, expediente)
    fallen = lives.piece(cast, expediente, state="annulled")
    place(cast, document, settlement)
    rows = ((document, expediente, "placed_at_home"), (document, settlement, "already_placed"),
            (fallen, settlement, "placed_annulled"))  # fmt: skip
    for piece, target, code in rows:
        with pytest.raises(RuleViolation) as refusal:
            place(cast, piece, target)
        assert refusal.value.code == code
    with pytest.raises(Incomplete):
        place_document(actor=cast["archivista"], document=document, expediente=settlement, reason=" ")
    settlement.refresh_from_db()
    assert settlement.last_order == 1, "a refusal takes no place"


@pytest.mark.rule("E10")
def test_who_incorporates_reads_the_piece_and_files_in_the_other(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    reserved, restricted = (
        lives.piece(cast, expediente, Level.RESERVED),
        lives.piece(cast, expediente, Level.RESTRICTED),
    )
    for login, piece, expected in (
        ("archivista", reserved, NotFound), ("jefatura", restricted, AccessDenied), ("ajeno", restricted, NotFound)
    ):  # fmt: skip
        with pytest.raises(expected):
            place(cast, piece, settlement, by=login)
    assert place(cast, reserved, settlement, by="custodia").order == 1


@pytest.mark.rule("E10")
@pytest.mark.requirement("I4")
def test_who_does_not_read_the_piece_sees_the_row_of_any_hidden_one(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    secret = lives.piece(cast, expediente, Level.RESERVED, title="Secreto del motor", pages=2)
    place(cast, secret, settlement, by="custodia")
    (row,) = list_rows_for(cast["archivista"], settlement)
    assert row == DocumentRow(1, 1, 2, Level.RESERVED)
    assert list_rows_for(cast["supervisor.cd001"], settlement) == [], "who is not of the expediente sees no row at all"
    (read,) = list_rows_for(cast["custodia"], settlement)
    assert (read.title, read.home) == ("Secreto del motor", expediente.code)


@pytest.mark.rule("E10")
def test_what_is_annulled_at_home_is_annulled_everywhere(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    document = lives.piece(cast, expediente)
    place(cast, document, settlement)
    annul_document(actor=cast["archivista"], document=document, reason="Mal")
    for shelf in (expediente, settlement):
        (row,) = list_rows_for(cast["archivista"], shelf)
        assert row.annulled
        assert summary_of(cast["archivista"], shelf).states == {"annulled": 1}
    assert any("nulado" in cell for cell in sheet(cast, settlement)[1])


def sheet(cast: dict[str, Any], expediente: Expediente) -> list[list[str]]:
    rows = list_rows_for(cast["archivista"], expediente)
    paper = docx.Document(io.BytesIO(control_sheet(expediente, rows, at=clock.now())))
    return [[cell.text for cell in row.cells] for row in paper.tables[0].rows]


@pytest.mark.rule("E10", "E8")
def test_the_control_sheet_and_the_history_tell_where_it_comes_from(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    document = lives.piece(cast, expediente, title="Acta de recibo")
    place(cast, document, settlement)
    line = sheet(cast, settlement)[1]
    assert line[0] == "001"
    assert "Acta de recibo" in line[3]
    assert any(expediente.code in cell for cell in line)
    told = {event.action for event in list_expediente_history(cast["archivista"], settlement)}
    assert "expediente.received" in told
    event = LedgerEvent.objects.get(action="document.placed")
    assert event.object_id == str(document.pk)
    assert "Soporte" not in event.payload
    assert [one.expediente for one in life_of(cast["archivista"], document).placements] == [settlement]


@pytest.mark.rule("E10")
@pytest.mark.requirement("I8")
def test_a_reader_of_the_piece_learns_of_no_expediente_she_does_not_know(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    document = lives.piece(cast, expediente, Level.PUBLIC)
    place(cast, document, settlement)
    assert life_of(cast["revisora"], document).placements == []
    told = {event.action for event in list_expediente_history(cast["revisora"], expediente)}
    assert "document.placed" not in told


@pytest.mark.rule("E10", "E2")
def test_pages_of_lines_hold_both_kinds_in_order(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    for number in range(12):
        if number % 3:
            lives.piece(cast, settlement)
        else:
            place(cast, lives.piece(cast, expediente), settlement)
    met, asked = [], lines_for(cast["archivista"], settlement, size=5)
    pages = [asked]
    while asked.next:
        asked = lines_for(cast["archivista"], settlement, from_order(asked.next), size=5)
        pages.append(asked)
    for page in pages:
        met += [row.order for row in page.rows]
    assert met == list(range(1, 13))
    assert [page.previous for page in pages] == [None, 1, 6]
    only_read = from_order(0, tipo="anexo_del_convenio")
    assert len(lines_for(cast["archivista"], settlement, only_read).rows) == 12


def from_order(order: int, **narrower: str) -> Any:
    from records.selectors.expedientes import Asked

    return Asked(order, **narrower)


@pytest.mark.requirement("I4")
def test_filtering_by_tipo_finds_nothing_of_what_is_hidden(cast: dict[str, Any], expediente: Expediente) -> None:
    tipo = factories.make_tipo("contrato_secreto")
    lives.piece(cast, expediente, Level.RESERVED, tipo=tipo)
    lives.piece(cast, expediente, Level.PUBLIC)
    assert lines_for(cast["archivista"], expediente, from_order(0, tipo="contrato_secreto")).rows == []
    assert len(lines_for(cast["custodia"], expediente, from_order(0, tipo="contrato_secreto")).rows) == 1
    assert len(lines_for(cast["archivista"], expediente, from_order(0, state="filed")).rows) == 2


@pytest.mark.rule("E10")
def test_a_page_costs_the_same_for_any_number_of_lines(
    cast: dict[str, Any], expediente: Expediente, settlement: Expediente
) -> None:
    def cost() -> int:
        for _number in range(6):
            place(cast, lives.piece(cast, expediente), settlement)
            lives.piece(cast, settlement)
        with CaptureQueriesContext(connection) as captured:
            lines_for(cast["archivista"], settlement)
            summary_of(cast["archivista"], settlement)
        return len(captured)

    assert cost() == cost()
