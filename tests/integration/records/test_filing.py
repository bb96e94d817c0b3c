"""Filing through the service: what a receipt promises, what is refused, and what is left behind."""

from __future__ import annotations

import datetime
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from records import clock, storage
from records.errors import (
    AccessDenied,
    ClosedExpediente,
    DuplicateFiling,
    Incomplete,
    NotFound,
    RejectedUpload,
    StoreUnavailable,
)
from records.models import Blob, Document, Expediente, LedgerEvent, RadicadoCounter
from records.sentences import sentence_for
from records.services import filing
from records.vocabulary import ExpedienteState, Level
from tests import factories

CONTENT = "Acta de recibo a satisfacción del equipo.\n".encode()


def file(cast: dict[str, Any], expediente: Expediente, **given: Any) -> filing.FilingReceipt:
    return filing.file_document(
        actor=given.pop("actor", cast["archivista"]),
        expediente=expediente,
        upload=given.pop("upload", factories.upload(CONTENT, "acta.txt")),
        metadata=given.pop("metadata", factories.metadata()),
        **given,
    )


@pytest.mark.rule("C2")
@pytest.mark.requirement("B5")
def test_receipt_tells_the_digest_of_the_received_bytes(cast: dict[str, Any], expediente: Expediente) -> None:
    receipt = file(cast, expediente)
    assert receipt.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert receipt.bytes == len(CONTENT)
    assert storage.store().open(receipt.sha256).read() == CONTENT


def test_radicado_carries_the_year_and_has_no_gaps(cast: dict[str, Any], expediente: Expediente) -> None:
    first = file(cast, expediente)
    with pytest.raises(Incomplete):
        file(cast, expediente, metadata=factories.metadata(tipo="no_existe"))
    second = file(cast, expediente, upload=factories.upload())
    year = clock.today().year
    assert [first.radicado, second.radicado] == [f"{year}-000001", f"{year}-000002"]


@pytest.mark.rule("E2")
def test_order_and_folios_are_continuous(cast: dict[str, Any], expediente: Expediente) -> None:
    receipts = [file(cast, expediente, upload=factories.upload()) for _time in range(3)]
    assert [receipt.order for receipt in receipts] == [1, 2, 3]
    assert [(r.folio_first, r.folio_last) for r in receipts] == [(1, 1), (2, 2), (3, 3)]


def test_a_filed_piece_has_no_level_yet(cast: dict[str, Any], expediente: Expediente) -> None:
    receipt = file(cast, expediente)
    assert Document.objects.get(pk=receipt.document).level == Level.UNCLASSIFIED


@pytest.mark.rule("U1")
def test_the_filing_leaves_its_event_without_the_title(cast: dict[str, Any], expediente: Expediente) -> None:
    receipt = file(cast, expediente, metadata=factories.metadata(title="Título secreto"))
    event = LedgerEvent.objects.get(action="document.filed")
    assert event.object_id == str(receipt.document)
    assert receipt.sha256 in event.payload
    assert "secreto" not in event.payload


@pytest.mark.requirement("K6")
def test_a_refused_file_leaves_nothing_but_its_event(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(RejectedUpload) as refusal:
        file(cast, expediente, upload=factories.upload(b"\x7fELF" + b"\0" * 100, "informe.pdf"))
    assert "executable" in refusal.value.reasons
    assert sentence_for(refusal.value).startswith("No se radicó.")
    assert not Document.objects.exists()
    assert not Blob.objects.exists()
    assert LedgerEvent.objects.filter(action="document.refused").count() == 1
    assert litter() == []


def litter() -> list[str]:
    root = Path(settings.RECORDS["STORE"]["OPTIONS"]["root"])
    return sorted(path.name for path in (root / "incoming").iterdir())


def test_an_empty_file_is_refused(cast: dict[str, Any], expediente: Expediente) -> None:
    with pytest.raises(RejectedUpload) as refusal:
        file(cast, expediente, upload=filing.Upload("vacio.pdf", io.BytesIO(b"")))
    assert refusal.value.reasons == ("empty",)


def test_an_oversize_file_is_refused_before_it_fills_the_disk(
    cast: dict[str, Any], expediente: Expediente, settings: Any
) -> None:
    settings.RECORDS = {**settings.RECORDS, "MAX_UPLOAD_BYTES": 10}
    with pytest.raises(RejectedUpload) as refusal:
        file(cast, expediente)
    assert refusal.value.reasons == ("too_large",)
    assert litter() == []


@pytest.mark.rule("C1")
def test_every_fault_of_the_metadata_is_told_at_once(cast: dict[str, Any], expediente: Expediente) -> None:
    factories.make_tipo("acta_de_comite", kinds=("session",))
    tomorrow = clock.today() + datetime.timedelta(days=1)
    with pytest.raises(Incomplete) as refusal:
        file(cast, expediente, metadata=factories.metadata(tipo="acta_de_comite", date=tomorrow))
    assert refusal.value.missing == ("tipo_not_in_expediente", "date_in_future")
    assert "Acta de comite no va en Convenio derivado" in sentence_for(refusal.value)


def test_a_closed_expediente_takes_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    expediente.refresh_from_db()
    with pytest.raises(ClosedExpediente):
        file(cast, expediente)


def test_an_expediente_closed_meanwhile_takes_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_DEFINITIVE)
    with pytest.raises(ClosedExpediente):
        file(cast, expediente)
    assert not Document.objects.exists()
    assert RadicadoCounter.objects.count() == 0


def test_a_stranger_learns_nothing_and_a_reader_that_the_act_is_not_hers(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    with pytest.raises(NotFound):
        file(cast, expediente, actor=cast["ajeno"])
    with pytest.raises(NotFound):
        file(cast, expediente, actor=cast["inactivo"])
    with pytest.raises(AccessDenied):
        file(cast, expediente, actor=cast["jefatura"])


@pytest.mark.rule("C8")
def test_the_same_bytes_ask_for_a_decision(cast: dict[str, Any], expediente: Expediente) -> None:
    first = file(cast, expediente)
    with pytest.raises(DuplicateFiling):
        file(cast, expediente)
    with pytest.raises(Incomplete):
        file(cast, expediente, duplicate=filing.DuplicateDecision("keep"))
    kept = file(cast, expediente, duplicate=filing.DuplicateDecision("keep", "llegó dos veces"))
    linked = file(cast, expediente, duplicate=filing.DuplicateDecision("link"))
    assert Document.objects.get(pk=linked.document).duplicate_of_id == first.document
    assert Document.objects.get(pk=kept.document).duplicate_reason == "llegó dos veces"
    assert Blob.objects.count() == 1


@pytest.mark.criterion(22)
def test_bytes_filed_where_the_filer_may_not_see_raise_no_question(
    cast: dict[str, Any], expediente: Expediente
) -> None:
    hidden = factories.file_piece(cast["archivista"], expediente, CONTENT)
    Document.objects.filter(pk=hidden.pk).update(level=Level.RESERVED)
    receipt = file(cast, expediente)
    assert receipt.sha256 == hidden.blob_id


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "C:\\docs\\acta.txt", "acta\u202etxt.exe.txt", "a" * 300 + ".txt", 'un "nombre".txt'],
)
def test_hostile_names_are_kept_as_data_and_shown_safely(
    cast: dict[str, Any], expediente: Expediente, name: str
) -> None:
    receipt = file(cast, expediente, upload=factories.upload(CONTENT, name))
    document = Document.objects.get(pk=receipt.document)
    assert document.original_name == name
    assert not set("/\\\u202e") & set(document.title)
    assert len(document.title) <= 300


@pytest.mark.criterion(11)
def test_a_store_that_refuses_acknowledges_nothing(
    cast: dict[str, Any], expediente: Expediente, settings: Any, tmp_path: Path
) -> None:
    blocked = tmp_path / "not-a-folder"
    blocked.write_text("un archivo donde debía haber una carpeta")
    store = {"BACKEND": "records.storage.filesystem.FilesystemStore", "OPTIONS": {"root": blocked}}
    settings.RECORDS = {**settings.RECORDS, "STORE": store}
    with pytest.raises(StoreUnavailable) as refusal:
        file(cast, expediente)
    assert "No se radicó nada" in sentence_for(refusal.value)
    assert not Document.objects.exists()


@pytest.mark.rule("K8")
def test_a_failing_transaction_leaves_no_row(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("corte")

    monkeypatch.setattr("records.services.filing.announce", fail)
    with pytest.raises(RuntimeError):
        file(cast, expediente)
    expediente.refresh_from_db()
    assert (expediente.last_order, expediente.last_folio) == (0, 0)
    assert not Document.objects.exists()
    assert not LedgerEvent.objects.filter(action="document.filed").exists()
