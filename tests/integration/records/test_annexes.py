"""The annex registry: a key for ever, a label that may repeat, and a title that only its readers are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from records.errors import AccessDenied, Incomplete, NotFound
from records.models import Annex, Expediente, LedgerEvent
from records.selectors.annexes import AnnexRow, annex_choices, annex_rows, list_annexes
from records.services import filing
from records.services.annexes import list_annex
from records.services.registration import register_document
from records.vocabulary import Level
from tests import factories, lives


def listed(cast: dict[str, Any], expediente: Expediente, key: str = "A-1", **given: Any) -> Annex:
    return list_annex(actor=cast["archivista"], expediente=expediente, **{"key": key, "label": "Anexo 1", **given})


def rows(person: Any, expediente: Expediente) -> dict[str, AnnexRow]:
    return {row.key: row for row in annex_rows(person, list(list_annexes(person, expediente)))}


@pytest.mark.requirement("B8")
def test_two_different_annexes_called_annex_1_coexist(cast: dict[str, Any], expediente: Expediente) -> None:
    listed(cast, expediente, "SD-A1.1")
    listed(cast, expediente, "PI-A2.1")
    assert [(row.key, row.label) for row in rows(cast["archivista"], expediente).values()] == [
        ("PI-A2.1", "Anexo 1"), ("SD-A1.1", "Anexo 1"),
    ]  # fmt: skip
    with pytest.raises(Incomplete) as refusal:
        listed(cast, expediente, "SD-A1.1", label="Anexo 2")
    assert refusal.value.missing == ("annex_key_taken",)
    other = factories.make_expediente(cast["archivista"])
    assert listed(cast, other, "SD-A1.1").key == "SD-A1.1", "a key is of its expediente"


@pytest.mark.requirement("B8")
def test_a_key_never_changes_and_no_annex_is_deleted(cast: dict[str, Any], expediente: Expediente) -> None:
    annex = listed(cast, expediente)
    for act in (
        lambda: Annex.objects.filter(pk=annex.pk).update(key="B-1"),
        lambda: Annex.objects.filter(pk=annex.pk).update(label="Anexo 2"),
        lambda: Annex.objects.filter(pk=annex.pk).update(template_version="9"),
        annex.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_all_that_an_annex_lacks_is_told(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(Incomplete) as refusal:
        listed(cast, expediente, "año 1", label=" ", template="vii")
    assert refusal.value.missing == ("annex_key", "annex_label", "annex_template")
    with pytest.raises(Incomplete) as refusal:
        listed(cast, expediente, template_version="2026")
    assert refusal.value.missing == ("annex_template_named",)
    for login, expected in (("jefatura", AccessDenied), ("ajeno", NotFound)):
        with pytest.raises(expected):
            list_annex(actor=cast[login], expediente=expediente, key="A-1", label="Anexo 1")


@pytest.mark.requirement("B8")
def test_a_document_keeps_its_template_version_when_the_model_changes(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    listed(cast, expediente, template="iii", template_version="2026-1")
    first, second = lives.classified(cast, expediente), lives.classified(cast, expediente)
    register_document(actor=cast["archivista"], document=first, annex="A-1")
    register_document(actor=cast["archivista"], document=second, annex="A-1", template_version="2027-1")
    pieces = rows(cast["archivista"], expediente)["A-1"].pieces
    assert [(piece.pk, piece.template_version) for piece in pieces] == [(first.pk, "2026-1"), (second.pk, "2027-1")]
    event = LedgerEvent.objects.get(action="document.registered", object_id=str(first.pk))
    assert '"template_version":"2026-1"' in event.payload


@pytest.mark.requirement("B8")
def test_filing_may_name_the_annex(cast: dict[str, Any], expediente: Expediente) -> None:
    annex = listed(cast, expediente)
    told = filing.FilingMetadata(tipo="anexo_del_convenio", date=factories.DAY, annex="A-1")
    receipt = filing.file_document(
        actor=cast["archivista"], expediente=expediente, upload=factories.upload(), metadata=told
    )
    assert annex.documents.get().pk == receipt.document


@pytest.mark.requirement("B8", "I4")
@pytest.mark.rule("A6")
def test_a_title_is_told_to_who_reads_a_piece_or_while_there_is_none(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    annex = listed(cast, expediente, title="Mezcla secreta del motor")
    assert rows(cast["archivista"], expediente)["A-1"].title == "Mezcla secreta del motor"
    lives.piece(cast, expediente, Level.RESERVED, annex=annex)
    hidden = rows(cast["archivista"], expediente)["A-1"]
    assert (hidden.label, hidden.title, hidden.pieces, hidden.hidden) == ("Anexo 1", "", [], 1)
    assert rows(cast["custodia"], expediente)["A-1"].title == "Mezcla secreta del motor"
    assert annex_choices(cast["archivista"], expediente) == [("A-1", "A-1 · Anexo 1")]
    assert "secreta" not in LedgerEvent.objects.get(action="annex.listed").payload


@pytest.mark.requirement("I8")
def test_who_is_not_staff_knows_only_the_annexes_she_reads(cast: dict[str, Any], expediente: Expediente) -> None:
    read, unread = listed(cast, expediente, "A-1"), listed(cast, expediente, "A-2")
    lives.piece(cast, expediente, Level.PUBLIC, annex=read)
    lives.piece(cast, expediente, Level.RESERVED, annex=read)
    lives.piece(cast, expediente, Level.RESTRICTED, annex=unread)
    listed(cast, expediente, "A-3")
    told = rows(cast["revisora"], expediente)
    assert set(told) == {"A-1"}
    assert (len(told["A-1"].pieces), told["A-1"].hidden) == (1, 0), "not even that there is another"


def test_the_registry_costs_the_same_for_many(cast: dict[str, Any], expediente: Expediente) -> None:
    def cost(count: int) -> int:
        for number in range(count):
            annex = listed(cast, expediente, f"N-{expediente.annexes.count()}-{number}")
            lives.piece(cast, expediente, annex=annex)
        with CaptureQueriesContext(connection) as captured:
            rows(cast["archivista"], expediente)
        return len(captured)

    assert cost(2) == cost(12)
