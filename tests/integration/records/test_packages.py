"""Packages with a manifest: whole or not at all, and everything that is wrong told by row (C9)."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from records import conf, signing, storage
from records.errors import AccessDenied, NotFound, StoreUnavailable
from records.models import Blob, Document, Expediente, LedgerEvent
from records.sentences import sentence_for
from records.services import packages
from records.services.filing import Upload
from records.services.manifests import UnreadableManifest
from records.services.packages import RefusedPackage, file_package, matched, read_manifest
from records.services.receipts import batch_proof_of
from records.services.receiving import DuplicateDecision
from records.vocabulary import ExpedienteState
from tests import factories

Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def _own_store(settings: Any, tmp_path: Path) -> None:
    """A store of this test's own: what it leaves can be counted."""
    store = {**settings.RECORDS["STORE"], "OPTIONS": {"root": tmp_path / "store"}}
    settings.RECORDS = {**settings.RECORDS, "STORE": store}


HEADERS = ["path", "sha256", "tipo", "date", "title"]


def files(count: int = 3) -> Files:
    return {f"anexos/anexo {number:02}.txt": f"Anexo número {number}\n".encode() for number in range(count)}


def rows_for(given: Files, **changes: str) -> list[dict[str, str]]:
    common = {"tipo": "anexo_del_convenio", "date": "2026-06-10", **changes}
    return [
        {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "title": f"Anexo {number}", **common}
        for number, (path, content) in enumerate(given.items(), 1)
    ]


def as_csv(rows: list[dict[str, str]], headers: list[str] | None = None, encoding: str = "utf-8") -> Upload:
    names = headers or HEADERS
    lines = [";".join(names), *(";".join(row.get(name, "") for name in HEADERS) for row in rows)]
    return Upload("manifiesto.csv", io.BytesIO("\n".join(lines).encode(encoding)))


def as_xlsx(rows: list[dict[str, str]]) -> Upload:
    book = openpyxl.Workbook()
    book.active.append(["Ruta", "Huella SHA-256", "Tipo documental", "Fecha", "Título"])
    for row in rows:
        day = datetime.date.fromisoformat(row["date"])
        book.active.append([row["path"], row["sha256"].upper(), "Anexo del convenio", day, row["title"]])
    sheet = io.BytesIO()
    book.save(sheet)
    return Upload("manifiesto.xlsx", io.BytesIO(sheet.getvalue()))


def as_json(rows: Any) -> Upload:
    return Upload("manifiesto.json", io.BytesIO(json.dumps(rows, ensure_ascii=False).encode()))


def as_counted_json(rows: list[dict[str, str]]) -> Upload:
    return as_json({"count": len(rows), "files": rows})


def uploads(given: Files) -> dict[str, Upload]:
    return {path: Upload(path.rpartition("/")[2], io.BytesIO(content)) for path, content in given.items()}


def send(cast: dict[str, Any], expediente: Expediente, manifest: Upload, given: Files, **options: Any) -> Any:
    told = read_manifest(expediente, manifest)
    return file_package(
        actor=cast["archivista"], expediente=expediente, manifest=told, uploads=uploads(given), **options
    )


def refused(cast: dict[str, Any], expediente: Expediente, manifest: Upload, given: Files) -> set[tuple[int, str, str]]:
    """(row, path, what is wrong) of everything told; nothing was filed, kept or left behind."""
    documents, blobs, kept = Document.objects.count(), Blob.objects.count(), stored()
    with pytest.raises(RefusedPackage) as refusal:
        send(cast, expediente, manifest, given)
    expediente.refresh_from_db()
    assert (Document.objects.count(), Blob.objects.count(), stored()) == (documents, blobs, kept)
    assert expediente.last_order == documents
    assert all(sentence_for(fault.error) for fault in refusal.value.faults)
    return {
        (fault.row, fault.path, code)
        for fault in refusal.value.faults
        for code in getattr(fault.error, "missing", None) or getattr(fault.error, "reasons", None) or [fault.error.code]
    }


def stored() -> list[str]:
    root = Path(conf.setting("STORE")["OPTIONS"]["root"])
    return sorted(name for _folder, _folders, names in os.walk(root) for name in names)


# Accepted ----------------------------------------------------------------------------------------
@pytest.mark.rule("C9", "C2")
@pytest.mark.requirement("B12")
@pytest.mark.parametrize(
    "written", [as_csv, as_xlsx, as_json, lambda rows: as_json({"count": len(rows), "files": rows})]
)
def test_a_package_is_filed_whole_with_one_receipt(
    cast: dict[str, Any], expediente: Expediente, written: Callable[[Any], Upload]
) -> None:
    given = files()
    receipts = send(cast, expediente, written(rows_for(given)), given)
    assert [receipt.sha256 for receipt in receipts] == [row["sha256"] for row in rows_for(given)]
    assert [receipt.title for receipt in receipts] == ["Anexo 1", "Anexo 2", "Anexo 3"]
    assert [receipt.order for receipt in receipts] == [1, 2, 3]
    (batch,) = Document.objects.order_by().values_list("batch", flat=True).distinct()
    assert batch is not None
    pieces = list(Document.objects.filter(batch=batch).order_by("order"))
    proof = batch_proof_of(batch, pieces)
    assert proof["receipt"]["count"] == 3
    assert signing.is_signed(proof["receipt"], proof["signature"], proof["public_keys"][proof["key"]])
    event = LedgerEvent.objects.get(action="batch.filed")
    facts = json.loads(event.payload)["facts"]
    assert (facts["batch"], facts["count"], len(facts["manifest"])) == (str(batch), 3, 64)


def test_optional_columns_are_kept(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files(1)
    factories.Annex.objects.create(
        expediente=expediente, key="A-1", label="Anexo 1", listed_by=cast["archivista"], listed_at=expediente.created_at
    )
    row = {**rows_for(given)[0], "annex": "A-1", "author": "Aeroservicios S.A.", "origin": "Digitalizado", "bytes": 15}
    row["bytes"] = len(next(iter(given.values())))
    send(cast, expediente, as_json([row]), given)
    piece = Document.objects.get()
    assert (piece.author, piece.origin) == ("Aeroservicios S.A.", "digitalizado")
    assert piece.annex is not None
    assert piece.annex.key == "A-1"


def test_an_old_spreadsheet_s_encoding_is_understood(cast: dict[str, Any], expediente: Expediente) -> None:
    given = {"diseño año.txt": b"uno\n"}
    send(cast, expediente, as_csv(rows_for(given), encoding="cp1252"), given)
    assert Document.objects.get().original_name == "diseño año.txt"


def test_formulas_are_only_text(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files(1)
    row = {**rows_for(given)[0], "title": "=cmd|' /C calc'!A0"}
    send(cast, expediente, as_csv([row]), given)
    assert Document.objects.get().title == "=cmd|' /C calc'!A0"


# Refused -----------------------------------------------------------------------------------------
def broken(rows: list[dict[str, str]], place: int, **cells: str) -> list[dict[str, str]]:
    return [{**row, **cells} if number == place else row for number, row in enumerate(rows)]


A, B, C = "anexos/anexo 00.txt", "anexos/anexo 01.txt", "anexos/anexo 02.txt"
FAULTS: Mapping[str, tuple[dict[str, str], set[str]]] = {
    "another digest": ({"sha256": "0" * 64}, {"digest_differs"}),
    "no digest": ({"sha256": ""}, {"sha256"}),
    "half a digest": ({"sha256": "abc"}, {"sha256"}),
    "unknown tipo": ({"tipo": "no_existe"}, {"unknown_tipo"}),
    "no tipo": ({"tipo": ""}, {"unknown_tipo"}),
    "tipo of another kind": ({"tipo": "acta_de_comite"}, {"tipo_not_in_expediente"}),
    "future date": ({"date": "2999-01-01"}, {"date_in_future"}),
    "no date": ({"date": ""}, {"day"}),
    "a date that is none": ({"date": "31/02/2026"}, {"day"}),
    "two at once": ({"sha256": "1" * 64, "date": "2999-01-01", "tipo": "no_existe"},
                    {"digest_differs", "date_in_future", "unknown_tipo"}),
}  # fmt: skip


@pytest.mark.rule("C9", "K8")
@pytest.mark.parametrize("what", FAULTS)
def test_one_wrong_row_and_nothing_is_filed(cast: dict[str, Any], expediente: Expediente, what: str) -> None:
    factories.make_tipo("acta_de_comite", ("session",))
    cells, codes = FAULTS[what]
    given = files()
    manifest = as_csv(broken(rows_for(given), 1, **cells))
    assert refused(cast, expediente, manifest, given) == {(3, B, code) for code in codes}


@pytest.mark.rule("C9")
def test_every_fault_of_every_row_is_told_at_once(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files()
    rows = broken(rows_for(given), 0, sha256="0" * 64)
    rows = broken(rows, 2, date="2999-01-01")
    rows.append({**rows[1]})
    rows.append({"path": "falta.txt", "sha256": "2" * 64, "tipo": "anexo_del_convenio", "date": "2026-06-10"})
    given |= {"sobra.txt": b"nadie lo anuncia\n", B: b"MZ\x90\x00" + b"\x00" * 100}
    assert refused(cast, expediente, as_csv(rows), given) == {
        (2, A, "digest_differs"),
        (3, B, "executable"),
        (3, B, "extension_mismatch"),
        (4, C, "date_in_future"),
        (5, B, "path_repeated"),
        (6, "falta.txt", "file_absent"),
        (0, "sobra.txt", "file_unannounced"),
    }
    event = json.loads(LedgerEvent.objects.get(action="batch.refused").payload)["facts"]
    assert event["faults"] == 6
    assert "anexo" not in json.dumps(event), "an event names no file"


def test_a_size_that_is_not_the_announced_one(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files(1)
    row = {**rows_for(given)[0], "bytes": 3}
    assert refused(cast, expediente, as_json([row]), given) == {(1, A, "bytes_differ")}


@pytest.mark.rule("C8", "C9")
def test_the_same_package_twice_asks_for_a_decision(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files()
    send(cast, expediente, as_csv(rows_for(given)), given)
    found = refused(cast, expediente, as_csv(rows_for(given)), given)
    assert found == {(2, A, "duplicate"), (3, B, "duplicate"), (4, C, "duplicate")}
    decided = DuplicateDecision("keep", "obra en dos trámites")
    assert len(send(cast, expediente, as_csv(rows_for(given)), given, duplicate=decided)) == 3


@pytest.mark.rule("C8", "C9")
def test_the_same_bytes_twice_in_one_package(cast: dict[str, Any], expediente: Expediente) -> None:
    given = {"uno.txt": b"igual\n", "dos.txt": b"igual\n"}
    assert refused(cast, expediente, as_csv(rows_for(given)), given) == {(3, "dos.txt", "duplicate")}


def test_a_closed_expediente_takes_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    expediente.refresh_from_db()
    given = files(1)
    assert refused(cast, expediente, as_csv(rows_for(given)), given) == {(2, A, "closed_expediente")}


@pytest.mark.rule("C9", "K8")
def test_an_expediente_that_closes_between_the_check_and_the_commit(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, keep_all = storage.store(), storage.store().keep_all

    def closing(staged: Any) -> None:
        Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
        keep_all(staged)

    monkeypatch.setattr(store, "keep_all", closing)
    given = files()
    with pytest.raises(RefusedPackage) as refusal:
        send(cast, expediente, as_csv(rows_for(given)), given)
    assert [(fault.row, fault.error.code) for fault in refusal.value.faults] == [(0, "closed_expediente")]
    assert not Document.objects.exists()
    assert not Blob.objects.exists()


@pytest.mark.rule("C9", "K8")
@pytest.mark.criterion(11)
@pytest.mark.parametrize("moment", ["stage", "keep_all"])
def test_a_disk_that_fills_in_the_middle_leaves_nothing(
    cast: dict[str, Any], expediente: Expediente, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    store, real, calls = storage.store(), getattr(storage.store(), moment), []

    def filling(*given: Any, **options: Any) -> Any:
        calls.append(given)
        if moment == "keep_all" or len(calls) == 5:  # the manifest is the first file staged
            raise StoreUnavailable(errno=28)
        return real(*given, **options)

    monkeypatch.setattr(store, moment, filling)
    given = files(8)
    with pytest.raises(StoreUnavailable):
        send(cast, expediente, as_csv(rows_for(given)), given)
    assert not Document.objects.exists()
    assert not Blob.objects.exists()
    assert stored() == []


def test_who_may_not_file_there_sends_nothing(cast: dict[str, Any], expediente: Expediente) -> None:
    given = files(1)
    manifest = read_manifest(expediente, as_csv(rows_for(given)))
    for login, kind in (("jefatura", AccessDenied), ("revisora", NotFound)):
        with pytest.raises(kind):
            file_package(actor=cast[login], expediente=expediente, manifest=manifest, uploads=uploads(given))
    assert stored() == []


# Manifests of which nothing can be made ----------------------------------------------------------
UNREADABLE: Mapping[str, tuple[str, bytes, str]] = {
    "empty": ("m.csv", b"", "manifest_unreadable"),
    "only headers": ("m.csv", b"path;sha256;tipo;date\n", "manifest_empty"),
    "no headers": ("m.csv", b"a.txt;0000\n", "manifest_headless"),
    "no digest column": ("m.csv", b"path;tipo;date\na.txt;x;2026-01-01\n", "column_missing"),
    "unknown column": ("m.csv", b"path;sha256;tipo;date;peso\na;b;c;d;e\n", "column_unknown"),
    "column twice": ("m.csv", b"path;sha256;tipo;date;fecha\na;b;c;d;e\n", "column_repeated"),
    "a program": ("m.xlsx", b"MZ\x90\x00" + b"\x00" * 100, "manifest_format"),
    "a torn workbook": ("m.xlsx", b"PK\x03\x04" + b"\x00" * 100, "manifest_format"),
    "broken JSON": ("m.json", b'[{"path": "a"', "manifest_unreadable"),
    "not UTF-8": ("m.json", '[{"path": "año"}]'.encode("utf-16"), "manifest_unreadable"),
    "JSON of another shape": ("m.json", b'{"a": 1}', "manifest_headless"),
    "nested JSON": ("m.json", b'[{"path": ["a"]}]', "manifest_not_text"),
    "JSON with another count": ("m.json", b'{"count": 2, "files": [{"path": "a"}]}', "manifest_count"),
    "no rows": ("m.json", b"[]", "manifest_empty"),
}  # fmt: skip


@pytest.mark.rule("C9")
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_manifest_of_which_nothing_can_be_made_is_told(expediente: Expediente, what: str) -> None:
    name, content, code = UNREADABLE[what]
    with pytest.raises(UnreadableManifest) as refusal:
        read_manifest(expediente, Upload(name, io.BytesIO(content)))
    assert refusal.value.code == code
    assert sentence_for(refusal.value)
    assert stored() == []


def test_a_manifest_of_ten_thousand_rows_is_told_to_be_divided(expediente: Expediente) -> None:
    rows = [
        {"path": f"{number}.txt", "sha256": "0" * 64, "tipo": "t", "date": "2026-01-01"} for number in range(10_000)
    ]
    with pytest.raises(UnreadableManifest) as refusal:
        read_manifest(expediente, as_csv(rows))
    assert refusal.value.code == "manifest_too_long"


def test_names_a_browser_sends_find_their_path(expediente: Expediente) -> None:
    paths = ["uno/a.txt", "dos/a.txt", "tres\\b.txt", "c.txt"]
    rows = [{"path": path, "sha256": "0" * 64, "tipo": "t", "date": "2026-01-01"} for path in paths]
    manifest = read_manifest(expediente, as_json(rows))
    assert matched(manifest, ["a.txt", "b.txt", "c.txt", "uno/a.txt", "otro.txt"]) == {
        "a.txt": "a.txt",  # two paths end so: it is none of them
        "b.txt": "tres\\b.txt",
        "c.txt": "c.txt",
        "uno/a.txt": "uno/a.txt",
        "otro.txt": "otro.txt",
    }
    assert packages.last_of("c:\\x\\y.pdf") == "y.pdf"
