"""`file_documents PATH… --expediente CODE --as LOGIN --tipo CODE`: files one by one, each with its own answer; with a
manifest that gives their digests, all of them or none."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records import clock, permissions
from records.commanding import JsonCommand, Outcome, a_date, person
from records.errors import RecordsError
from records.management.filing_rows import Receipts, Row, line_of, receipts_to, row_of
from records.management.offered import offered_of
from records.models import Expediente
from records.selectors.expedientes import get_expediente_by_code_for
from records.sentences import sentence_for
from records.services.columns import folded, parse_day
from records.services.filing import DuplicateDecision, FilingMetadata, file_document
from records.services.folders import anywhere
from records.services.manifests import (
    ORIGINS,
    Cells,
    Rows,
    UnreadableManifest,
    announced,
    read_rows,
    tipo_codes,
)
from records.services.packages import file_package
from records.storage.base import digest_of
from records.vocabulary import Action, Origin


@dataclass(frozen=True)
class Piece:
    """A file to be filed, as the command line and the manifest describe it."""

    path: str
    metadata: FilingMetadata


@dataclass(frozen=True)
class Described:
    """A manifest as read: its rows, the SHA-256 of its bytes, and the folder it lies in."""

    rows: Rows
    digest: str
    folder: Path

    def by_path(self) -> dict[str, Cells]:
        return {cells["path"]: cells for _number, cells in self.rows.numbered}


MANIFEST = "CSV, XLSX o JSON con path, tipo, date y title de cada archivo; si trae sha256, se radica todo o nada"


class Command(JsonCommand):
    help = "Radica archivos en un expediente, con un resultado por cada uno; con huellas en el manifiesto, todo o nada."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="archivos que se radican")
        parser.add_argument("--expediente", required=True, metavar="CODE", help="código del expediente")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")
        parser.add_argument("--tipo", default="", metavar="CODE", help="código del tipo documental")
        parser.add_argument("--date", type=a_date, metavar="YYYY-MM-DD", help="fecha del documento, AAAA-MM-DD")
        parser.add_argument("--title", default="", metavar="T", help="título; si falta, el nombre del archivo")
        parser.add_argument("--manifest", metavar="FILE", help=MANIFEST)
        parser.add_argument("--receipts", metavar="FILE", help="agrega allí una línea JSON por pieza radicada")
        parser.add_argument("--duplicate", choices=("link", "keep"), help="si ya está: vincular o conservar ambos")
        parser.add_argument("--reason", default="", metavar="T", help="motivo para conservar ambos")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        described = self.described(options)
        package = described if described and described.rows.announce else None
        pieces = [] if package else self.pieces(options, described)
        if not package:
            self.check_usage(pieces, options)
        actor = person(options["login"])
        expediente = get_expediente_by_code_for(actor, options["expediente"])
        permissions.check(actor, Action.FILE, expediente)
        batch = Batch(actor, expediente, decision_of(options), uuid.uuid4())
        with receipts_to(options["receipts"]) as sink:
            rows = batch.file_package(package, options, sink) if package else list(self.file_all(batch, pieces, sink))
        return Outcome(rows, tuple(line_of(row) for row in rows), fine=all(row["ok"] for row in rows))

    def file_all(self, batch: Batch, pieces: list[Piece], sink: Receipts) -> Iterator[Row]:
        progress = self.meter(_("Radicando"))
        for done, piece in enumerate(pieces, 1):
            row = batch.file(piece)
            sink.keep(row)
            progress(done, len(pieces))
            yield row

    def pieces(self, options: Mapping[str, Any], described: Described | None) -> list[Piece]:
        cells = described.by_path() if described else {}
        paths = options["paths"] or list(cells)
        return [Piece(path, metadata_of(options, cells.get(path, {}))) for path in paths]

    def described(self, options: Mapping[str, Any]) -> Described | None:
        """The manifest, if there is one. Ends as a usage fault when it is none."""
        if not options["manifest"]:
            return None
        try:
            return checked(described_by(Path(options["manifest"])))
        except UnreadableManifest as fault:
            self.usage(sentence_for(fault), as_json=options["json"])
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
            receipt = file_document(
                actor=self.actor, expediente=self.expediente, upload=anywhere(piece.path), metadata=piece.metadata,
                duplicate=self.duplicate, batch=self.key,
            )  # fmt: skip
        except RecordsError as error:
            return row_of(piece.path, code=error.code, message=sentence_for(error))
        return row_of(piece.path, receipt)

    def file_package(self, described: Described, options: Mapping[str, Any], sink: Receipts) -> list[Row]:
        """File what the manifest announces, whole or not at all; a row for each path given or announced."""
        defaults = {"tipo": options["tipo"], "date": str(options["date"] or ""), "title": options["title"]}
        manifest = announced(described.rows, described.digest, tipo_codes(self.expediente), defaults)
        offered = offered_of(options["paths"], manifest, described.folder)
        uploads = {path: anywhere(place) for path, place in offered.files.items()}
        try:
            receipts = file_package(
                actor=self.actor, expediente=self.expediente, manifest=manifest, uploads=uploads,
                duplicate=self.duplicate, batch=self.key,
            )  # fmt: skip
        except RecordsError as refusal:
            return list(offered.refused(refusal))
        rows = offered.filed(manifest, receipts)
        for row in rows:
            sink.keep(row)
        return rows


def described_by(file: Path) -> Described:
    """Raises OSError, ValueError, UnreadableManifest."""
    with file.open("rb") as stream:
        digest = digest_of(stream)
    return Described(read_rows(file, file.name), digest, file.parent)


def checked(described: Described) -> Described:
    """A manifest that only describes must say each path, and dates that exist. Raises ValueError naming the first."""
    for number, cells in () if described.rows.announce else described.rows.numbered:
        if not cells.get("path"):
            raise ValueError(_("la fila %(number)d no dice path") % {"number": number})
        if cells.get("date") and parse_day(cells["date"]) is None:
            raise ValueError(_("la fila %(number)d dice una fecha que no existe") % {"number": number})
    return described


def metadata_of(options: Mapping[str, Any], cells: Cells) -> FilingMetadata:
    """The manifest's word first, then the command's; without a date, today's."""
    return FilingMetadata(
        tipo=cells.get("tipo") or options["tipo"],
        date=parse_day(cells.get("date", "")) or options["date"] or clock.today(),
        title=cells.get("title") or options["title"],
        author=cells.get("author", ""),
        origin=ORIGINS.get(folded(cells.get("origin", "")), Origin.ELECTRONIC),
        annex=cells.get("annex", ""),
    )


def decision_of(options: Mapping[str, Any]) -> DuplicateDecision | None:
    return DuplicateDecision(options["duplicate"], options["reason"]) if options["duplicate"] else None
