"""The hoja de control: reopened with the library that made it, it says what its reader may know."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from records import clock
from records.models import Expediente
from records.rendering.control_sheet import control_sheet
from records.selectors.expedientes import list_rows_for
from records.vocabulary import Level
from tests import factories


def cells(person: Any, expediente: Expediente) -> list[list[str]]:
    paper = docx.Document(io.BytesIO(control_sheet(expediente, list_rows_for(person, expediente), at=clock.now())))
    return [[cell.text for cell in row.cells] for row in paper.tables[0].rows]


@pytest.mark.requirement("A2")
@pytest.mark.rule("E8")
def test_each_reader_gets_the_sheet_she_may_know(cast: dict[str, Any], expediente: Expediente) -> None:
    factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED, title="Convenio suscrito")
    factories.insert_piece(cast["archivista"], expediente, Level.RESERVED, title="Anexo secreto")
    archivist, custodian = cells(cast["archivista"], expediente), cells(cast["custodia"], expediente)
    assert [line[3] for line in archivist[1:]] == ["Convenio suscrito", "Documento en reserva"]
    assert [line[3] for line in custodian[1:]] == ["Convenio suscrito", "Anexo secreto"]
    assert archivist[0][0] == "Orden"
    assert len(cells(cast["ajeno"], expediente)) == 1
