"""Kinds of pieces the demo shows: a message with its attachment, a signed file, a correction, and paper."""

from __future__ import annotations

import pytest

from cms.demo.stage import Stage
from records.models import Annulment, Part, PhysicalPlace, SignatureReport
from records.vocabulary import DocumentState, ExpedienteFormat

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A7")]


@pytest.mark.rule("C6")
def test_a_message_tells_its_parts(stage: Stage) -> None:
    piece = stage.document("cd002.correo")
    assert piece.original_name.endswith(".eml")
    parts = list(Part.objects.filter(document=piece).order_by("index").values_list("media_type", flat=True))
    assert parts[-1] == "application/pdf"


@pytest.mark.rule("C7")
def test_a_signed_file_has_its_report(stage: Stage) -> None:
    report = SignatureReport.objects.filter(document=stage.document("cd002.acreditacion.a2.3")).latest("validated_at")
    assert "Sara Hipot" in str([field.value_from_object(report) for field in report._meta.fields])


@pytest.mark.requirement("B10")
def test_a_wrong_piece_was_annulled_and_replaced(stage: Stage) -> None:
    wrong, right = stage.document("cd002.equipos"), stage.document("cd002.equipos.corregida")
    assert wrong.state == DocumentState.ANNULLED
    assert right.state == DocumentState.REGISTERED
    assert Annulment.objects.get(document=wrong).replaced_by_id == right.pk


@pytest.mark.rule("C10")
def test_an_expediente_is_partly_on_paper_and_a_piece_says_where(stage: Stage) -> None:
    piece = stage.document("ad.clausula")
    assert piece.expediente.format == ExpedienteFormat.HYBRID
    assert piece.expediente.physical_place
    assert PhysicalPlace.objects.get(document=piece).box == "12"
