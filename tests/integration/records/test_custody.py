"""Custody: bytes never change unseen, rows that are only added, reading that leaves its event first."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from django.db import DatabaseError, connection, transaction

from records import parsing, storage, triggers
from records.audit import UnknownAction, record
from records.convenios.models import Project, PublicationDecision
from records.errors import CellUnavailable, IntegrityFailure, LedgerUnavailable, NotFound
from records.ledger import checkpoints
from records.models import Blob, Document, Expediente, HeadStamp, LedgerEvent
from records.services import access, fixity, reading, viewing
from records.vocabulary import Level
from tests import factories
from tests.hands_in_the_database import take_out

CHANGES = ('DELETE FROM "{table}"', 'UPDATE "{table}" SET "{column}" = "{column}"')
FORBIDDEN = {
    "sqlite": (*CHANGES, 'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"'),
    "postgresql": (*CHANGES, 'TRUNCATE "{table}" CASCADE'),
}


def stored(document: Document) -> Path:
    return storage.store().path_of(document.blob_id)


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.rule("C8")
@pytest.mark.criterion(22)
def test_damaged_bytes_of_a_hidden_piece_refuse_nobody_who_files_the_same(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    elsewhere = factories.make_expediente(cast["custodia"])
    hidden = factories.file_piece(cast["custodia"], elsewhere, b"secreto compartido\n")
    Document.objects.filter(pk=hidden.pk).update(level=Level.RESERVED)
    with transaction.atomic():
        record("level.raised", actor=cast["custodia"], subject=hidden, level=Level.RESERVED)
    overwrite(stored(hidden), b"otra cosa\n")
    assert fixity.verify_custody().findings
    assert factories.file_piece(cast["archivista"], expediente, b"secreto compartido\n").order == 1
    report = fixity.verify_custody()
    assert (report.findings, report.set_aside) == ([], [hidden.blob_id])
    last = LedgerEvent.objects.filter(action="custody.verified").order_by("-index")[0]
    assert json.loads(last.payload)["facts"]["set_aside"] == [hidden.blob_id]


@pytest.mark.requirement("B5")
def test_an_altered_file_is_named_and_no_other(cast: dict[str, Any], expediente: Expediente) -> None:
    pieces = [factories.tell_filing(factories.insert_piece(cast["archivista"], expediente)) for _time in range(4)]
    overwrite(stored(pieces[2]), stored(pieces[2]).read_bytes()[:-1] + b"!")
    report = fixity.verify_custody(expediente.code)
    assert report.findings == [{"document": str(pieces[2].pk), "problem": "altered"}]
    assert report.checked == 4


@pytest.mark.requirement("B5")
def test_a_missing_file_is_named(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.tell_filing(factories.insert_piece(cast["archivista"], expediente))
    stored(piece).unlink()
    assert fixity.verify_custody().findings == [{"document": str(piece.pk), "problem": "missing"}]


@pytest.mark.requirement("B5")
@pytest.mark.criterion(12)
def test_a_piece_that_nobody_filed_and_a_level_that_nobody_gave_are_named(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    pieces = [factories.file_piece(cast["archivista"], expediente, f"Pieza {n}\n".encode()) for n in range(3)]
    for piece in pieces[:2]:
        factories.give_level(piece, Level.RESERVED, cast["custodia"], cast["jefatura"])
    assert fixity.verify_custody().findings == []
    Document.objects.filter(pk=pieces[0].pk).update(level=Level.PUBLIC)
    Document.objects.filter(pk=pieces[2].pk).update(level=Level.PUBLIC)
    false = factories.insert_piece(cast["archivista"], expediente)
    named = {finding["document"]: finding["problem"] for finding in fixity.verify_custody().findings}
    assert named == {str(false.pk): "unfiled", **{str(pieces[n].pk): "level_altered" for n in (0, 2)}}


@pytest.mark.requirement("B5")
@pytest.mark.criterion(12)
def test_a_piece_whose_row_was_taken_out_is_named(cast: dict[str, Any], expediente: Expediente) -> None:
    other = factories.make_expediente(cast["archivista"])
    factories.file_piece(cast["archivista"], other, b"Queda\n")
    gone = factories.file_piece(cast["archivista"], expediente, b"Se quita\n")
    assert fixity.verify_custody().findings == []
    take_out(gone)
    named = [{"document": str(gone.pk), "problem": "gone"}]
    assert fixity.verify_custody().findings == fixity.verify_custody(expediente.code).findings == named
    assert fixity.verify_custody(other.code).findings == []


def test_litter_of_an_interrupted_filing_is_no_finding(cast: dict[str, Any], expediente: Expediente) -> None:
    factories.tell_filing(factories.insert_piece(cast["archivista"], expediente))
    litter = factories.upload().stage()
    try:
        assert fixity.verify_custody().findings == []
    finally:
        storage.store().discard(litter)


@pytest.mark.criterion(15)
@pytest.mark.rule("K1")
def test_altered_bytes_are_never_served(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    overwrite(stored(piece), b"otra cosa")
    with pytest.raises(IntegrityFailure):
        viewing.open_original(actor=cast["archivista"], document=piece)
    assert not LedgerEvent.objects.filter(action="document.downloaded").exists()


@pytest.mark.requirement("I9")
@pytest.mark.criterion(14)
def test_no_byte_leaves_when_the_event_cannot_be_written(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESTRICTED)
    monkeypatch.setattr("records.audit.next_index", lambda: (_ for _ in ()).throw(DatabaseError("sin bitácora")))
    with pytest.raises(LedgerUnavailable):
        viewing.open_original(actor=cast["archivista"], document=piece)


def test_reading_leaves_its_event_and_public_pieces_none(cast: dict[str, Any], expediente: Expediente) -> None:
    for level in (Level.PUBLIC, Level.RESTRICTED):
        piece = factories.insert_piece(cast["archivista"], expediente, level)
        viewing.open_original(actor=cast["archivista"], document=piece).close()
    assert LedgerEvent.objects.filter(action="document.downloaded").count() == 1


def test_a_piece_that_may_not_be_seen_is_not_found(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, Level.RESERVED)
    for act in (viewing.open_original, viewing.view_document):
        with pytest.raises(NotFound):
            act(actor=cast["archivista"], document=piece)
    with pytest.raises(NotFound):
        viewing.page_image(actor=cast["archivista"], document=piece, number=1)


@pytest.mark.criterion(12)
@pytest.mark.parametrize("table", sorted(triggers.HELD))
def test_the_database_refuses_to_change_or_delete_what_is_held(
    cast: dict[str, Any], expediente: Expediente, table: str
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    factories.give_level(piece, Level.RESTRICTED, cast["custodia"], cast["jefatura"])
    made = access.grant_access(
        actor=cast["custodia"], target=piece, person=cast["revisora"], until=factories.FAR, reason="x"
    )
    access.revoke_grant(actor=cast["custodia"], grant=made)
    project = Project.objects.create(code="P-1", slug="p-1", name="p", phase="review", objective="o",
                                     offset_kind="direct", supplier="s", recipient="r")  # fmt: skip
    PublicationDecision.objects.create(
        project=project, published=True, reason="r", decided_by=cast["jefatura"], decided_at=made.granted_at
    )
    factories.insert_what_is_said_of(piece, cast["archivista"])
    head = checkpoints.placed(checkpoints.grown(None), checkpoints.REQUEST)
    HeadStamp.objects.create(checkpoint=head, at=head.at, token=b"x")
    connection.check_constraints()  # PostgreSQL truncates nothing while checks are pending
    column = triggers.held_columns(connection, table)[-1]
    for statement in FORBIDDEN[connection.vendor]:
        with pytest.raises(DatabaseError, match="custodia"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table=table, column=column))


def test_the_triggers_expected_are_those_installed(db: None) -> None:
    assert triggers.present(connection) == triggers.EXPECTED[connection.vendor]


@pytest.mark.rule("U2")
def test_an_event_is_canonical_and_hashed_as_a_leaf(cast: dict[str, Any]) -> None:
    event = record("search.run", actor=cast["archivista"], subject="custody", shown=["b", "a"])
    payload = event.payload.encode()
    assert rfc8785.dumps(json.loads(payload)) == payload
    assert event.leaf == hashlib.sha256(b"\x00" + payload).hexdigest()


def record_then_fail() -> None:
    record("search.run", actor=None, subject="custody")
    record("made.up", actor=None, subject="custody")


def test_events_are_numbered_without_gaps_and_undone_with_their_act(cast: dict[str, Any]) -> None:
    record("search.run", actor=None, subject="custody")
    with pytest.raises(UnknownAction), transaction.atomic():
        record_then_fail()
    record("search.run", actor=None, subject="custody")
    assert list(LedgerEvent.objects.values_list("index", flat=True)) == [0, 1]


def test_an_act_without_a_row_in_the_table_is_refused(db: None) -> None:
    with pytest.raises(UnknownAction):
        record("made.up", actor=None, subject="x")


@pytest.mark.requirement("J8")
def test_reading_stores_text_by_page_and_again_gives_the_same(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.file_piece(cast["archivista"], expediente, "Página única con acta".encode())
    for _time in range(2):
        assert reading.read_document(piece.pk) == "read"
        assert [page.text.strip() for page in piece.page_texts.all()] == ["Página única con acta"]


def test_bytes_lost_before_reading_are_unreadable_not_a_failure(cast: dict[str, Any], expediente: Expediente) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente)
    stored(piece).unlink()
    assert reading.read_document(piece.pk) == "unreadable"
    assert Blob.objects.filter(pk=piece.blob_id).exists()


def test_without_a_cell_the_piece_waits_and_is_tried_again(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = factories.file_piece(cast["archivista"], expediente)
    nothing = parsing.Reading("unreadable", engine="", engine_version="", pages=[], detail="cell_unavailable")
    monkeypatch.setattr(parsing, "read", lambda *_asked: nothing)
    with pytest.raises(CellUnavailable):
        reading.read_document(piece.pk)
    piece.refresh_from_db()
    assert piece.reading.state == "pending"
