"""Lines of an expediente for its electronic index: all of them, in order, a few at a time.

What is archived names everything, whoever asks for it; what a reader gets of it is for `selectors.indexes`.
"""

from __future__ import annotations

from collections.abc import Iterator

from records.models import Document, Expediente, Placement
from records.selectors.expedientes import RELATED, DocumentRow, whole_row
from records.vocabulary import Role

AT_ONCE = 500


def all_rows(expediente: Expediente) -> Iterator[DocumentRow]:
    """Every line with all that is told of its piece, for the issue that is archived and nothing else."""
    last = Expediente.objects.values_list("last_order", flat=True).get(pk=expediente.pk)
    for first in range(1, last + 1, AT_ONCE):
        yield from some_rows(expediente, first, first + AT_ONCE - 1)


def some_rows(expediente: Expediente, first: int, last: int) -> list[DocumentRow]:
    filed = Document.objects.filter(expediente=expediente, order__range=(first, last)).select_related(*RELATED)
    placed = Placement.objects.filter(expediente=expediente, order__range=(first, last)).select_related(
        *(f"document__{name}" for name in (*RELATED, "expediente"))
    )
    rows = [*map(whole_row, filed), *map(whole_row, placed)]
    return sorted(rows, key=lambda row: row.order)


def office_of(expediente: Expediente) -> str:
    office = expediente.office
    return str(Role(office).label) if office in Role.values else office


def trd_code_of(expediente: Expediente) -> str:
    """Office, serie and subserie as the schedule codes them (CCD); what there is of them."""
    subserie, trd = expediente.subserie, expediente.trd
    if subserie is None:
        return (trd.office_code if trd else "") or "sin código"
    serie = subserie.serie.code
    tail = subserie.code if subserie.code.startswith(f"{serie}.") else f"{serie}.{subserie.code}"
    return ".".join(part for part in (trd.office_code if trd else "", tail) if part)
