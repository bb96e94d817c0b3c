"""Correction: annulment, replacement and versions; order, folios, bytes and readers stay, and nothing is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.utils import DatabaseError

from records import permissions, storage
from records.errors import (
    AccessDenied,
    ClosedExpediente,
    DuplicateFiling,
    Incomplete,
    NotFound,
    RejectedUpload,
    RuleViolation,
)
from records.models import Annulment, Document, Expediente, LedgerEvent
from records.selectors.lives import life_of
from records.services import closing, filing
from records.services.annexes import list_annex
from records.services.correction import annul_document, file_version, replace_document
from records.vocabulary import Action, DocumentState, Level
from tests import factories, lives

CONTENT = b"El acta que estaba mal.\n"


@pytest.fixture
def piece(cast: dict[str, Any], expediente: Expediente) -> Document:
    return factories.file_piece(cast["archivista"], expediente, CONTENT)


@pytest.mark.requirement("B10")
@pytest.mark.parametrize("state", [DocumentState.FILED, DocumentState.CLASSIFIED, DocumentState.REGISTERED])
def test_what_is_annulled_keeps_its_place_its_bytes_and_its_readers(
    cast: dict[str, Any], expediente: Expediente, state: str
) -> None:
    piece = lives.piece(cast, expediente, Level.RESTRICTED, state=state)
    before = Document.objects.filter(pk=piece.pk).values().get()
    annul_document(actor=cast["archivista"], document=piece, reason=" Llegó repetida ")
    after = Document.objects.filter(pk=piece.pk).values().get()
    assert after == {**before, "state": "annulled"}
    assert storage.store().open(piece.blob_id).read()
    assert permissions.allows(cast["jefatura"], Action.VIEW, Document.objects.get(pk=piece.pk))
    noted = Annulment.objects.get()
    assert (noted.reason, noted.annulled_by, noted.replaced_by) == ("Llegó repetida", cast["archivista"], None)
    event = LedgerEvent.objects.get(action="document.annulled")
    assert "repetida" not in event.payload
    following = factories.file_piece(cast["archivista"], expediente)
    assert following.order == piece.order + 1, "an order is never used again"


@pytest.mark.requirement("B10")
def test_an_annulment_says_why_and_is_done_once(cast: dict[str, Any], piece: Document) -> None:
    with pytest.raises(Incomplete) as refusal:
        annul_document(actor=cast["archivista"], document=piece, reason=" ")
    assert refusal.value.missing == ("reason",)
    annul_document(actor=cast["archivista"], document=piece, reason="Repetida")
    with pytest.raises(RuleViolation) as again:
        annul_document(actor=cast["archivista"], document=piece, reason="Repetida")
    assert again.value.code == "wrong_state"


@pytest.mark.requirement("B10")
def test_who_may_annul(cast: dict[str, Any], expediente: Expediente) -> None:
    restricted, reserved = (
        lives.piece(cast, expediente, Level.RESTRICTED),
        lives.piece(cast, expediente, Level.RESERVED),
    )
    rows = (
        ("jefatura", restricted, AccessDenied), ("revisora", restricted, NotFound), ("archivista", reserved, NotFound),
        ("inactivo", restricted, NotFound),
    )  # fmt: skip
    for login, about, expected in rows:
        with pytest.raises(expected):
            annul_document(actor=cast[login], document=about, reason="x")
    assert not Annulment.objects.exists()
    annul_document(actor=cast["custodia"], document=reserved, reason="x")


@pytest.mark.requirement("B10")
def test_what_replaces_lies_beside_it_and_counts(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    elsewhere = lives.piece(cast, factories.make_expediente(cast["archivista"]))
    fallen = lives.piece(cast, expediente, state=DocumentState.ANNULLED)
    for other in (elsewhere, fallen, piece):
        with pytest.raises(RuleViolation) as refusal:
            annul_document(actor=cast["archivista"], document=piece, reason="x", replaced_by=other)
        assert refusal.value.code == "no_replacement"
    good = lives.piece(cast, expediente)
    annul_document(actor=cast["archivista"], document=piece, reason="x", replaced_by=good)
    assert Annulment.objects.get().replaced_by == good


@pytest.mark.requirement("B10")
def test_a_replacement_is_filed_and_the_other_annulled_together(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    receipt = replace_document(
        actor=cast["archivista"], document=piece, upload=factories.upload(), metadata=factories.metadata(), reason="Mal"
    )
    new = Document.objects.get(pk=receipt.document)
    piece.refresh_from_db()
    assert (piece.state, new.state, new.order) == ("annulled", "filed", piece.order + 1)
    assert Annulment.objects.get(document=piece).replaced_by == new
    assert life_of(cast["archivista"], new).replaced == [piece]
    assert life_of(cast["archivista"], piece).replacement == new


@pytest.mark.requirement("B10")
def test_a_replacement_that_cannot_be_filed_annuls_nothing(
    cast: dict[str, Any], expediente: Expediente, piece: Document
) -> None:
    faults: list[tuple[type[Exception], dict[str, Any]]] = [
        (RejectedUpload, {"upload": factories.upload(b"\x7fELF" + bytes(99), "acta.pdf")}),
        (DuplicateFiling, {"upload": factories.upload(CONTENT)}),
        (Incomplete, {"metadata": factories.metadata(tipo="no_existe")}),
        (Incomplete, {"reason": ""}),
    ]
    usual = {"upload": factories.upload(), "metadata": factories.metadata(), "reason": "Mal"}
    for expected, given in faults:
        with pytest.raises(expected):
            replace_document(actor=cast["archivista"], document=piece, **{**usual, **given})
    piece.refresh_from_db()
    assert piece.state == DocumentState.FILED
    assert expediente.documents.count() == 1
    assert LedgerEvent.objects.filter(action="document.refused").count() == 1, "the refusal itself is told"


@pytest.mark.requirement("B10")
def test_an_annulment_that_fails_files_nothing(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    """Somebody else annuls the piece while the file of its replacement arrives."""

    class Slow(filing.Upload):
        def stage(self) -> Any:
            annul_document(actor=cast["custodia"], document=piece, reason="Antes")
            return super().stage()

    late = factories.upload()
    with pytest.raises(RuleViolation) as refusal:
        replace_document(actor=cast["archivista"], document=piece, upload=Slow(late.name, late.stream),
                         metadata=factories.metadata(), reason="Mal")  # fmt: skip
    assert refusal.value.code == "wrong_state"
    assert expediente.documents.count() == 1
    expediente.refresh_from_db()
    assert expediente.last_order == 1


@pytest.mark.requirement("B10", "B8")
def test_a_version_is_a_new_record_of_the_same_document(cast: dict[str, Any], expediente: Expediente) -> None:
    list_annex(actor=cast["archivista"], expediente=expediente, key="A-1", label="Anexo 1")
    told = filing.FilingMetadata(tipo="anexo_del_convenio", date=factories.DAY, annex="A-1")
    first = filing.file_document(actor=cast["archivista"], expediente=expediente, upload=factories.upload(),
                                 metadata=told)  # fmt: skip
    one = Document.objects.get(pk=first.document)
    two = Document.objects.get(pk=version_of(cast, one).document)
    three = Document.objects.get(pk=version_of(cast, two).document)
    assert [piece.version for piece in (one, two, three)] == [1, 2, 3]
    assert three.previous == two
    assert two.annex is not None
    assert two.annex.key == "A-1", "a version stays in the annex of the one before"
    assert life_of(cast["archivista"], one).versions == [three, two, one], "the newest first"
    assert life_of(cast["jefatura"], one).versions == [], "none of them has a level she reads"
    with pytest.raises(RuleViolation) as refusal:
        version_of(cast, one)
    assert refusal.value.code == "has_next_version"
    annul_document(actor=cast["archivista"], document=three, reason="x")
    with pytest.raises(RuleViolation) as annulled:
        version_of(cast, Document.objects.get(pk=three.pk))
    assert annulled.value.code == "version_of_annulled"


def version_of(cast: dict[str, Any], document: Document, **given: Any) -> filing.FilingReceipt:
    usual = {"upload": factories.upload(), "metadata": factories.metadata()}
    return file_version(actor=cast["archivista"], document=document, **{**usual, **given})


@pytest.mark.requirement("B10")
def test_a_version_is_of_the_same_tipo(cast: dict[str, Any], piece: Document) -> None:
    factories.make_tipo("otro_tipo")
    with pytest.raises(Incomplete) as refusal:
        version_of(cast, piece, metadata=factories.metadata(tipo="otro_tipo"))
    assert refusal.value.missing == ("tipo_of_version",)


@pytest.mark.requirement("B10")
def test_the_database_takes_one_next_version(cast: dict[str, Any], expediente: Expediente, piece: Document) -> None:
    lives.piece(cast, expediente, previous=piece, version=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        lives.piece(cast, expediente, previous=piece, version=2)


@pytest.mark.requirement("B10")
def test_a_sealed_piece_is_corrected_only_after_the_reopening(cast: dict[str, Any], expediente: Expediente) -> None:
    sealed = lives.registered(cast, expediente)
    closing.close_expediente(actor=cast["custodia"], expediente=expediente, reason="Fin")
    sealed.refresh_from_db()
    for act in (
        lambda: annul_document(actor=cast["archivista"], document=sealed, reason="x"),
        lambda: version_of(cast, sealed),
        lambda: replace_document(actor=cast["archivista"], document=sealed, upload=factories.upload(),
                                 metadata=factories.metadata(), reason="x"),
    ):  # fmt: skip
        with pytest.raises(ClosedExpediente):
            act()
    closing.reopen_expediente(actor=cast["jefatura"], expediente=expediente, cause="Fallo")
    assert annul_document(actor=cast["archivista"], document=sealed, reason="x").state == DocumentState.ANNULLED


@pytest.mark.requirement("B10")
@pytest.mark.rule("C3", "K4")
def test_nobody_deletes_and_identity_never_changes(cast: dict[str, Any], piece: Document) -> None:
    """No person holds Django's right, no act of the house deletes, and the database refuses whoever tries."""
    right = Permission.objects.get(content_type__app_label="records", codename="delete_document")
    cast["archivista"].user_permissions.add(right)
    assert not any("delete" in action or "borrar" in str(action.label) for action in Action)
    held = ("id", "radicado", "filed_at", "order", "folio_first", "folio_last", "blob_id", "date", "version")
    with pytest.raises(DatabaseError), transaction.atomic():
        piece.delete()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM records_document")
    for column in held:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_document SET {column} = {column}")  # fmt: skip
    annul_document(actor=cast["archivista"], document=piece, reason="x")
    for row in (Annulment.objects.get(), Document.objects.get(pk=piece.pk)):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Annulment.objects.update(reason="otra")
