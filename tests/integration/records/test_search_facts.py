"""What search may narrow by is told with each piece, and told again when it changes."""

from __future__ import annotations

from typing import Any

import pytest

from records.convenios.api import note_convenio
from records.models import Document, Expediente
from records.search_source import entries
from records.services.expedientes import advance_stage
from records.vocabulary import Role
from search.models import OutboxEntry
from tests import factories, lives

pytestmark = pytest.mark.requirement("J3")


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    """Filed in the expediente of a convenio; nothing waits to be indexed."""
    made = lives.piece(cast, expediente)
    OutboxEntry.objects.all().delete()
    return made


def facts_of(piece: Document) -> dict[str, str]:
    (entry,) = entries([str(piece.pk)])
    return dict(entry.facets)


def waiting() -> set[str]:
    return set(OutboxEntry.objects.values_list("key", flat=True))


def test_a_piece_tells_its_office_and_its_phase(piece: Document) -> None:
    facts = facts_of(piece)
    assert (facts["phase"], facts["proveedor"]) == ("Estudios previos y minuta", "")
    assert facts["office"] == str(Role(piece.expediente.office).label)
    assert set(facts) == {"tipo", "convenio", "expediente", "proveedor", "phase", "year", "office", "level"}


def test_a_step_of_the_expediente_is_told_of_its_pieces_alone(cast: dict[str, Any], piece: Document) -> None:
    lives.piece(cast, factories.make_expediente(cast["archivista"], "GC-130-CD-2026-777"))
    OutboxEntry.objects.all().delete()
    advance_stage(actor=cast["archivista"], expediente=piece.expediente, stage="clearance", reason="Minuta lista")
    assert waiting() == {str(piece.pk)}
    assert facts_of(piece)["phase"] == "Vistos buenos"


def test_the_supplier_is_that_of_the_convenio_and_follows_it(cast: dict[str, Any], piece: Document) -> None:
    framework = factories.make_expediente(cast["archivista"], "GC-130-CM-2026-778")
    for supplier in ("Aerolíneas del Sur", "Aerolíneas del Norte"):
        note_convenio(number="CD-2026-001", title="Objeto", expediente=framework, supplier=supplier)
        assert waiting() == {str(piece.pk)}
        assert facts_of(piece)["proveedor"] == supplier
        OutboxEntry.objects.all().delete()
