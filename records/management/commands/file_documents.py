"""`file_documents PATH… --expediente CODE --as LOGIN --tipo CODE`: files one by one, each with its own answer."""

from __future__ import annotations

import datetime
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TextIO

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import clock, permissions
from records.commanding import JsonCommand, Outcome, Refused, a_date, person, read_json
from records.errors import RecordsError
from records.models import Expediente
from records.selectors.expedientes import get_expediente_by_code_for
from records.sentences import sentence_for
from records.services.filing import (
    DuplicateDecision,
    FilingMetadata,
    FilingReceipt,
    Upload,
    file_document,
)
from records.vocabulary import Action

Row = dict[str, Any]
#: What a row of the manifest may say of its path.
MANIFEST_KEYS = frozenset({"path", "tipo", "date", "title"})


@dataclass(frozen=True)
class Piece:
    """A file to be filed, as the command line and the manifest describe it."""

    path: str
    metadata: FilingMetadata


#: Why a path cannot be read, by the kind of fault the system reports.
FAULTS: tuple[tuple[type[Exception], Any], ...] = (
    (FileNotFoundError, gettext_lazy("no existe")),
    (IsADirectoryError, gettext_lazy("es una carpeta")),
    (PermissionError, gettext_lazy("no hay permiso de lectura")),
)


def unreadable(fault: Exception) -> str:
    cause = next((cause for kind, cause in FAULTS if isinstance(fault, kind)), _("el sistema no lo permite"))
    return str(_("No se puede leer el archivo: %(cause)s.")) % {"cause": cause}


class Command(JsonCommand):
    help = "Radica archivos en un expediente, con un resultado por cada uno."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="archivos que se radican")
        parser.add_argument("--expediente", required=True, metavar="CODE", help="código del expediente")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")
        parser.add_argument("--tipo", default="", metavar="CODE", help="código del tipo documental")
        parser.add_argument("--date", type=a_date, help="fecha del documento, AAAA-MM-DD")
        parser.add_argument("--title", default="", help="título; si falta, el nombre del archivo")
        parser.add_argument("--manifest", help="JSON: [{path, tipo, date, title}]; lo que diga gana sobre lo general")
        parser.add_argument("--receipts", help="archivo al que se agrega una línea JSON por pieza radicada")
        parser.add_argument("--duplicate", choices=("link", "keep"), help="si ya está: vincular o conservar ambos")
        parser.add_argument("--reason", default="", help="motivo para conservar ambos")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        pieces = self.pieces(options)
        self.check_usage(pieces, options)
        actor = person(options["login"])
        expediente = get_expediente_by_code_for(actor, options["expediente"])
        permissions.check(actor, Action.FILE, expediente)
        batch = Batch(actor, expediente, decision_of(options), uuid.uuid4())
        with receipts_to(options["receipts"]) as sink:
            rows = list(self.file_all(batch, pieces, sink))
        return Outcome(rows, tuple(line_of(row) for row in rows), fine=all(row["ok"] for row in rows))

    def file_all(self, batch: Batch, pieces: list[Piece], sink: Receipts) -> Iterator[Row]:
        progress = self.meter(_("Radicando"))
        for done, piece in enumerate(pieces, 1):
            row = batch.file(piece)
            sink.keep(row)
            progress(done, len(pieces))
            yield row

    def pieces(self, options: Mapping[str, Any]) -> list[Piece]:
        described = self.manifest(options)
        paths = options["paths"] or list(described)
        return [Piece(path, metadata_of(options, described.get(path, {}))) for path in paths]

    def manifest(self, options: Mapping[str, Any]) -> dict[str, Row]:
        if not options["manifest"]:
            return {}
        try:
            return {row["path"]: row for row in checked(read_json(options["manifest"]))}
        except (OSError, ValueError) as fault:
            self.usage(_("No sirve el manifiesto: %(fault)s") % {"fault": fault}, as_json=options["json"])

    def check_usage(self, pieces: list[Piece], options: Mapping[str, Any]) -> None:
        faults = []
        if not pieces:
            faults.append(_("Indique al menos un archivo."))
        if any(not piece.metadata.tipo for piece in pieces):
            faults.append(_("Falta --tipo."))
        if options["duplicate"] == "keep" and not options["reason"].strip():
            faults.append(_("--duplicate keep exige --reason."))
        if faults:
            self.usage(" ".join(faults), as_json=options["json"])


@dataclass(frozen=True)
class Batch:
    """Who files, where, and what to do with repeated bytes."""

    actor: Any
    expediente: Expediente
    duplicate: DuplicateDecision | None
    key: uuid.UUID

    def file(self, piece: Piece) -> Row:
        """File one path and answer its row; nothing about one file stops the others."""
        try:
            with Path(piece.path).open("rb") as stream:
                receipt = self.send(Upload(Path(piece.path).name, stream), piece)
        except RecordsError as error:
            return row_of(piece.path, code=error.code, message=sentence_for(error))
        except (OSError, ValueError) as fault:  # ValueError: a NUL in the path
            return row_of(piece.path, code="unreadable_path", message=unreadable(fault))
        return row_of(piece.path, receipt)

    def send(self, upload: Upload, piece: Piece) -> FilingReceipt:
        return file_document(
            actor=self.actor, expediente=self.expediente, upload=upload, metadata=piece.metadata,
            duplicate=self.duplicate, batch=self.key,
        )  # fmt: skip


def checked(manifest: Any) -> list[Row]:
    """The manifest's rows. Raises ValueError naming the first fault."""
    rows: list[Any] = manifest if isinstance(manifest, list) else [None]
    for number, row in enumerate(rows, 1):
        if not is_manifest_row(row):
            fault = _("la fila %(number)d debe tener path y, si acaso, tipo, date y title, todo en texto")
            raise ValueError(fault % {"number": number})
        datetime.date.fromisoformat(row.get("date") or "2000-01-01")
    return rows


def is_manifest_row(row: Any) -> bool:
    known = isinstance(row, dict) and bool(row.get("path")) and set(row) <= MANIFEST_KEYS
    return known and all(isinstance(value, str) for value in row.values())


def metadata_of(options: Mapping[str, Any], row: Row) -> FilingMetadata:
    """The manifest's word first, then the command's; without a date, today's."""
    date = datetime.date.fromisoformat(row["date"]) if row.get("date") else options["date"] or clock.today()
    return FilingMetadata(
        tipo=row.get("tipo") or options["tipo"], date=date, title=row.get("title") or options["title"]
    )


def decision_of(options: Mapping[str, Any]) -> DuplicateDecision | None:
    return DuplicateDecision(options["duplicate"], options["reason"]) if options["duplicate"] else None


def row_of(path: str, receipt: FilingReceipt | None = None, *, code: str = "", message: str = "") -> Row:
    return {
        "path": path,
        "ok": receipt is not None,
        "document": str(receipt.document) if receipt else None,
        "radicado": receipt.radicado if receipt else None,
        "sha256": receipt.sha256 if receipt else None,
        "bytes": receipt.bytes if receipt else None,
        "pages": receipt.pages if receipt else None,
        "folios": [receipt.folio_first, receipt.folio_last] if receipt else None,
        "error": None if receipt else {"code": code, "message": message},
    }


def line_of(row: Row) -> str:
    if row["ok"]:
        return f"{row['path']}: {row['radicado']} · folios {row['folios'][0]}–{row['folios'][1]} · {row['sha256']}"
    return f"{row['path']}: {row['error']['message']}"


class Receipts:
    """Appends one line per filed piece and waits for the disk, once its commit has returned."""

    def __init__(self, target: TextIO | None) -> None:
        self.target = target

    def keep(self, row: Row) -> None:
        if self.target is None or not row["ok"]:
            return
        self.target.write(json.dumps(row, ensure_ascii=False) + "\n")
        self.target.flush()
        os.fsync(self.target.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        if self.target:
            self.target.close()


def receipts_to(path: str | None) -> Receipts:
    """Where receipts go. Raises Refused before anything is filed when they cannot be kept."""
    try:
        return Receipts(Path(path).open("a", encoding="utf-8") if path else None)
    except OSError as fault:
        message = _("No se puede escribir en %(path)s: %(fault)s") % {"path": path, "fault": fault.strerror}
        raise Refused("receipts_unwritable", message) from fault
