"""What is refused is set apart, told to its sender and to whoever attends to it, and never given to anybody (C5)."""

from __future__ import annotations

import datetime
import io
import json
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError

from records import clock, conf, storage
from records.errors import AccessDenied, Incomplete, NotFound, QuarantinedUpload, RejectedUpload, RuleViolation
from records.models import Blob, Document, Expediente, LedgerEvent, Quarantined
from records.selectors.quarantine import get_quarantined_for, list_quarantined_for
from records.services import filing, quarantine
from records.services.receiving import Upload
from tests import factories
from tests.people import make_cast

pytestmark = pytest.mark.django_db
PROGRAM = b"MZ\x90\x00" + b"\0" * 80


@pytest.fixture
def cast() -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    return factories.make_expediente(cast["archivista"])


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.RECORDS = {**settings.RECORDS, "QUARANTINE": tmp_path / "cuarentena"}


def refuse(cast: Any, expediente: Expediente, content: bytes = PROGRAM, name: str = "programa.exe") -> RejectedUpload:
    with pytest.raises(RejectedUpload) as refusal:
        factories.file_piece(cast["archivista"], expediente, content, name)
    return refusal.value


def incoming() -> list[str]:
    """What lies in the store's own folder of things under way."""
    folder = storage.store().path_of("00").parent.parent / "incoming"
    return [file.name for file in folder.iterdir()] if folder.is_dir() else []


@pytest.mark.rule("C5")
@pytest.mark.requirement("K6")
def test_a_refused_file_is_set_apart_with_every_reason(cast: dict[str, Any], expediente: Expediente) -> None:
    before = incoming()
    refusal = refuse(cast, expediente, name="acta\u202efdp.exe")
    row = Quarantined.objects.get()
    assert row.reasons == list(refusal.reasons)
    assert (row.person, row.expediente, row.size, row.kept) == (cast["archivista"], expediente, len(PROGRAM), True)
    assert row.original_name == "acta\u202efdp.exe"
    kept = conf.quarantine() / str(row.pk)
    assert kept.read_bytes() == PROGRAM
    assert kept.stat().st_mode & 0o777 == 0o400
    assert kept.parent.stat().st_mode & 0o777 == 0o700
    assert incoming() == before
    event = LedgerEvent.objects.get(action="document.refused")
    facts = json.loads(event.payload)["facts"]
    assert (facts["reasons"], facts["sha256"]) == (row.reasons, row.digest)
    assert "acta" not in event.payload


@pytest.mark.rule("C5")
@pytest.mark.criterion(22)
def test_what_is_set_apart_is_no_piece_and_no_known_bytes(cast: dict[str, Any], expediente: Expediente) -> None:
    """The same bytes, later filed as what they are, are new to custody; nothing of them was in the store."""
    content = b"Un texto que se llama PDF.\n"
    refuse(cast, expediente, content, "acta.pdf")
    row = Quarantined.objects.get()
    assert not Document.objects.exists()
    assert not Blob.objects.filter(pk=row.digest).exists()
    assert not storage.store().path_of(row.digest).exists()
    piece = factories.file_piece(cast["archivista"], expediente, content, "acta.txt")
    assert piece.blob_id == row.digest


@pytest.mark.rule("C5")
def test_beyond_its_room_only_the_digest_and_the_reasons_are_kept(
    cast: dict[str, Any], expediente: Expediente, settings: Any
) -> None:
    settings.RECORDS = {**settings.RECORDS, "QUARANTINE_BYTES": len(PROGRAM) + 10}
    refuse(cast, expediente)
    refuse(cast, expediente, PROGRAM + b"\0" * 20)
    kept = list(Quarantined.objects.order_by("size").values_list("kept", flat=True))
    assert kept == [True, False]
    assert all(Quarantined.objects.values_list("digest", flat=True))
    assert len(list(conf.quarantine().iterdir())) == 1
    quarantine.settle(actor=cast["custodia"], quarantined=Quarantined.objects.get(kept=True), reason="Visto")
    refuse(cast, expediente, PROGRAM + b"\0")  # there is room again
    assert Quarantined.objects.filter(kept=True).count() == 1


def test_what_has_no_bytes_leaves_its_reasons(cast: dict[str, Any], expediente: Expediente, settings: Any) -> None:
    """An empty file, and one that was not even received whole."""
    settings.RECORDS = {**settings.RECORDS, "MAX_UPLOAD_BYTES": 100}
    for stream in (io.BytesIO(), io.BytesIO(b"a" * 200)):
        with pytest.raises(RejectedUpload):
            filing.file_document(
                actor=cast["archivista"], expediente=expediente, upload=Upload("acta.txt", stream),
                metadata=factories.metadata(),
            )  # fmt: skip
    rows = Quarantined.objects.order_by("at").values_list("reasons", "size", "kept")
    assert list(rows) == [(["empty"], 0, False), (["too_large"], 0, False)]
    assert not conf.quarantine().exists()


@pytest.mark.rule("C5")
def test_a_folder_that_takes_nothing_still_tells_the_refusal(
    cast: dict[str, Any], expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "archivo").write_text("no es una carpeta")
    settings.RECORDS = {**settings.RECORDS, "QUARANTINE": tmp_path / "archivo"}
    assert "executable" in refuse(cast, expediente).reasons
    assert Quarantined.objects.get().kept is False
    assert incoming() == []


def test_another_file_system_gets_a_copy(cast: dict[str, Any], expediente: Expediente, settings: Any) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == storage.store().path_of("00").parent.parent.stat().st_dev:
        pytest.skip("there is no second file system here")
    place = shared / f"custodia-{uuid.uuid4().hex}"
    settings.RECORDS = {**settings.RECORDS, "QUARANTINE": place}
    try:
        refuse(cast, expediente)
        kept = place / str(Quarantined.objects.get().pk)
        assert kept.read_bytes() == PROGRAM
        assert kept.stat().st_mode & 0o777 == 0o400
        assert incoming() == []
    finally:
        for file in place.iterdir():
            file.unlink()
        place.rmdir()


@pytest.mark.rule("K8")
def test_a_row_that_cannot_be_written_leaves_no_bytes(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: Any
) -> None:
    def full(*_arguments: Any) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(quarantine, "write", full)
    with pytest.raises(OperationalError):
        factories.file_piece(cast["archivista"], expediente, PROGRAM, "programa.exe")
    assert list(conf.quarantine().iterdir()) == []
    assert incoming() == []


# Attending ------------------------------------------------------------------------------------------------


@pytest.mark.rule("C5")
def test_attending_needs_a_reason_discards_the_bytes_and_leaves_its_event(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    refuse(cast, expediente)
    row = Quarantined.objects.get()
    with pytest.raises(Incomplete):
        quarantine.settle(actor=cast["custodia"], quarantined=row, reason="  ")
    quarantine.settle(actor=cast["custodia"], quarantined=row, reason="Se pidió un archivo limpio.")
    assert not (conf.quarantine() / str(row.pk)).exists()
    kept = Quarantined.objects.get()
    assert (kept.settled_by, kept.settlement, kept.kept) == (cast["custodia"], "Se pidió un archivo limpio.", False)
    assert kept.reasons
    event = LedgerEvent.objects.get(action="quarantine.settled")
    assert (event.actor, event.object_id) == ("custodia", str(row.pk))
    assert "limpio" not in event.payload
    with pytest.raises(RuleViolation) as twice:
        quarantine.settle(actor=cast["archivista"], quarantined=row, reason="Otra vez")
    assert twice.value.code == "already_settled"
    assert LedgerEvent.objects.filter(action="quarantine.settled").count() == 1


@pytest.mark.rule("C5")
@pytest.mark.parametrize(
    "login",
    ["jefatura", "secretaria.general", "revisora", "auditoria", "proveedor", "administracion", "ajeno", "inactivo"],
)
def test_nobody_else_learns_of_it(cast: dict[str, Any], expediente: Expediente, login: str) -> None:
    refuse(cast, expediente)
    row = Quarantined.objects.get()
    with pytest.raises(NotFound):
        get_quarantined_for(cast[login], row.pk)
    with pytest.raises(AccessDenied):
        list_quarantined_for(cast[login])
    with pytest.raises((NotFound, AccessDenied)):
        quarantine.settle(actor=cast[login], quarantined=row, reason="x")


def test_who_attends_sees_it(cast: dict[str, Any], expediente: Expediente) -> None:
    refuse(cast, expediente)
    row = Quarantined.objects.get()
    for login in ("archivista", "custodia"):
        assert list(list_quarantined_for(cast[login])) == [row]
        assert get_quarantined_for(cast[login], str(row.pk)) == row
    with pytest.raises(NotFound):
        get_quarantined_for(cast["custodia"], "nada")


# Its days -------------------------------------------------------------------------------------------------


@pytest.mark.rule("C5")
def test_what_nobody_attends_to_goes_when_its_days_are_over(
    cast: dict[str, Any], expediente: Expediente, settings: Any
) -> None:
    settings.RECORDS = {**settings.RECORDS, "QUARANTINE_DAYS": 30}
    refuse(cast, expediente)
    refuse(cast, expediente, PROGRAM + b"\0")
    old = Quarantined.objects.earliest("size")
    Quarantined.objects.filter(pk=old.pk).update(at=clock.now() - datetime.timedelta(days=31))
    assert quarantine.sweep() == 1
    old.refresh_from_db()
    assert (old.kept, old.settled_by, bool(old.settled_at)) == (False, None, True)
    assert "plazo" in old.settlement
    assert [file.name for file in conf.quarantine().iterdir()] == [str(Quarantined.objects.get(kept=True).pk)]
    assert LedgerEvent.objects.get(action="quarantine.settled").actor == ""
    assert quarantine.sweep() == 0


def test_files_of_interrupted_acts_are_removed_once_they_are_old(cast: dict[str, Any], expediente: Expediente) -> None:
    refuse(cast, expediente)
    held = conf.quarantine() / str(Quarantined.objects.get().pk)
    litter = conf.quarantine() / str(uuid.uuid4())
    litter.write_bytes(b"x")
    quarantine.sweep()
    assert litter.exists()  # somebody may be writing its row just now
    before, quarantine.LITTER_AGE = quarantine.LITTER_AGE, -1.0
    try:
        quarantine.sweep()
    finally:
        quarantine.LITTER_AGE = before
    assert not litter.exists()
    assert held.exists()


# Scanned --------------------------------------------------------------------------------------------------


@pytest.mark.rule("C5")
def test_a_scanner_that_is_away_loses_nothing_and_files_nothing(
    cast: dict[str, Any], expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    """What came as a stream is set apart; what still lies with its sender stays there."""
    from records.errors import ScannerUnavailable

    settings.RECORDS = {**settings.RECORDS, "SCANNER": f"unix:{tmp_path / 'nadie'}"}
    with pytest.raises(ScannerUnavailable):
        factories.file_piece(cast["archivista"], expediente)
    assert [row.reasons for row in Quarantined.objects.all()] == [["scanner_unavailable"]]
    arrived, lent = tmp_path / "llegado", storage.store().path_of("00").parent.parent / "incoming" / "prestado"
    arrived.write_bytes(b"un texto\n")
    os.link(arrived, lent) if arrived.stat().st_dev == lent.parent.stat().st_dev else lent.write_bytes(b"un texto\n")
    with pytest.raises(ScannerUnavailable):
        filing.file_document(
            actor=cast["archivista"], expediente=expediente, upload=Upload("acta.txt", path=lent),
            metadata=factories.metadata(),
        )  # fmt: skip
    assert Quarantined.objects.count() == 1
    assert arrived.read_bytes() == b"un texto\n"
    assert not Document.objects.exists()
    assert incoming() == []


def test_where_there_is_no_scanner_each_piece_says_so(cast: dict[str, Any], expediente: Expediente) -> None:
    assert "not_scanned" in factories.file_piece(cast["archivista"], expediente).flags


def test_a_found_signature_is_told_to_who_attends(cast: dict[str, Any], expediente: Expediente) -> None:
    refusal = QuarantinedUpload(["malware"], signature="Win.Test.EICAR_HDB-1", part="adjunto.pdf")
    quarantine.set_apart(
        actor=cast["archivista"], expediente=expediente, upload=factories.upload(), refusal=refusal, staged=None
    )
    assert Quarantined.objects.get().detail == "Win.Test.EICAR_HDB-1 · adjunto.pdf"
