"""An inventory of what an office already had: a table people wrote, read row by row into what would be filed.

CSV or XLSX, columns by their Spanish headers wherever they stand; what no column is known for is told, not lost in
silence. Nothing is filed here.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace

from django.db.models import QuerySet

from records import clock, parsing, permissions, policies, storage
from records.errors import CellUnavailable, Incomplete, NotFound, RecordsError, RuleViolation
from records.models import Document, Expediente, JobRow, TipoDocumental
from records.permissions import Actor
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.columns import Heading, Names, folded, heading_of, parse_day
from records.services.filing import FilingMetadata
from records.services.manifests import ORIGINS
from records.services.receiving import Upload
from records.vocabulary import Action, DocumentState, Origin, RowState

KIND = "inventory"
COLUMNS: Names = {
    "expediente": (
        *("codigo de expediente", "codigo del expediente", "codigo expediente", "no expediente"),
        *("numero de expediente", "n expediente"),
    ),
    "tipo": ("tipo documental", "tipologia", "tipologia documental", "codigo del tipo documental"),
    "title": ("titulo", "asunto", "nombre", "nombre del documento", "descripcion", "contenido"),
    "date": ("fecha", "fecha del documento", "fecha documento", "fecha inicial"),
    "author": ("autor", "productor", "remitente", "oficina productora"),
    "origin": ("origen", "soporte"),
    "folios": ("folio", "numero de folios", "no folios", "n folios", "cantidad de folios"),
    "file": ("archivo", "ruta", "nombre del archivo", "nombre de archivo", "fichero", "path"),
    "archive": ("deposito", "archivo fisico", "ubicacion", "ubicacion fisica", "lugar", "estante"),
    "box": ("caja", "no caja", "n caja", "numero de caja"),
    "folder": ("carpeta", "no carpeta", "n carpeta", "numero de carpeta"),
    "volume": ("tomo", "legajo", "volumen"),
    "annex": ("anexo", "clave del anexo"),
    "notes": ("observaciones", "observacion", "notas", "nota"),
}
#: Words of a support column that mean paper: what was filed is its digital copy.
PAPER = frozenset({"papel", "fisico", "fisico y electronico", "hibrido", "mixto"})
PLACE = ("archive", "box", "folder", "volume", "folios")
MOST_ROWS = 20_000


class UnreadableInventory(RuleViolation):
    """Nothing can be made of the inventory itself; facts say where and what."""

    code = "inventory_unreadable"

    def __init__(self, code: str = "", line: int = 0, name: str = "") -> None:
        super().__init__(code, line=line, name=name)


@dataclass(frozen=True)
class Line:
    """A row of the inventory as it would be filed. `number` as a spreadsheet counts; `day` ISO or empty.

    `filed`: the piece that an earlier import already made of this row, if its reader reads that piece. `written`: the
    date as it stands there, if it is none.
    """

    number: int
    expediente: str
    file: str
    tipo: str
    day: str
    title: str = ""
    author: str = ""
    origin: str = Origin.ELECTRONIC
    annex: str = ""
    archive: str = ""
    box: str = ""
    folder: str = ""
    volume: str = ""
    folios: str = ""
    notes: str = ""
    draft: str = ""
    key: str = ""
    filed: str = ""
    written: str = ""

    @property
    def on_paper(self) -> bool:
        """Does it say where paper is?"""
        return any((self.archive, self.box, self.folder, self.volume, self.folios))

    @property
    def label(self) -> str:
        return self.file or self.title or "Sin archivo"

    def unsaid(self) -> list[str]:
        return [code for code, lacks in (("day", not self.day), ("origin", not self.origin)) if lacks]

    def metadata(self) -> FilingMetadata:
        """What is said of the piece. Raises Incomplete where that cannot be."""
        if missing := self.unsaid():
            raise Incomplete(missing)
        return FilingMetadata(
            tipo=self.tipo,
            date=datetime.date.fromisoformat(self.day),
            title=self.title,
            author=self.author,
            origin=self.origin,
            annex=self.annex,
        )


@dataclass(frozen=True)
class Inventory:
    """The rows of an inventory, the SHA-256 of its bytes, and the headers that no column is known for."""

    lines: tuple[Line, ...]
    digest: str
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planned:
    """A row with what it lacks, if anything."""

    line: Line
    lacks: tuple[RecordsError, ...] = ()

    @property
    def already(self) -> bool:
        return bool(self.line.filed)


@dataclass(frozen=True)
class Plan:
    """What an import would do, row by row."""

    inventory: Inventory
    rows: tuple[Planned, ...]
    expediente: Expediente | None = None

    @property
    def lacking(self) -> int:
        return sum(1 for row in self.rows if row.lacks)

    @property
    def already(self) -> int:
        return sum(1 for row in self.rows if row.already)


# Reading -------------------------------------------------------------------------------------------------------


def read_inventory(upload: Upload, expediente: Expediente | None) -> Inventory:
    """The rows of an inventory, all of one expediente or each of the one it names.

    Raises UnreadableInventory, RejectedUpload, StoreUnavailable, CellUnavailable.
    """
    staged = upload.stage()
    try:
        table = parsing.read_table(staged.path, upload.name)
    finally:
        storage.store().discard(staged)
    if table.fault in ("cell_unavailable", "unreachable"):
        raise CellUnavailable
    if table.fault:
        raise UnreadableInventory(FAULTS.get(table.fault, ""), line=len(table.rows) + 1)
    heading = heading_of(table.rows, COLUMNS)
    check_heading(heading, expediente)
    assert heading is not None  # noqa: S101 - just checked
    below = enumerate(table.rows[heading.number :], heading.number + 1)
    said = [(number, heading.cells(row)) for number, row in below if any(cell.strip() for cell in row)]
    if not said:
        raise UnreadableInventory("inventory_empty")
    if len(said) > MOST_ROWS:
        raise UnreadableInventory("inventory_too_long")
    return Inventory(
        tuple(line_of(number, cells) for number, cells in said), staged.digest, (*heading.unknown, *heading.repeated)
    )


FAULTS = {
    "limits": "inventory_too_long",
    "encrypted": "manifest_encrypted",
    "unknown_format": "inventory_format",
}


def check_heading(heading: Heading | None, expediente: Expediente | None) -> None:
    if heading is None:
        raise UnreadableInventory("inventory_headless", line=1)
    demanded = ("file",) if expediente else ("file", "expediente")
    for name in demanded:
        if name not in heading.places:
            raise UnreadableInventory("inventory_column_missing", line=heading.number, name=SPOKEN[name])


#: How people call the columns.
SPOKEN = {
    **{name: names[0] for name, names in COLUMNS.items()},
    "expediente": "expediente",
    "file": "archivo",
    "tipo": "tipo documental",
    "title": "título",
    "archive": "depósito",
    "box": "caja",
    "folder": "carpeta",
    "notes": "observaciones",
}


def line_of(number: int, cells: Mapping[str, str]) -> Line:
    day = parse_day(cells.get("date", ""))
    return Line(
        number=number,
        expediente=cells.get("expediente", ""),
        file=cells.get("file", ""),
        tipo=cells.get("tipo", ""),
        day=day.isoformat() if day else "",
        title=cells.get("title", ""),
        author=cells.get("author", ""),
        origin=origin_of(cells.get("origin", "")),
        annex=cells.get("annex", ""),
        notes=cells.get("notes", ""),
        written="" if day else cells.get("date", ""),
        **{name: cells.get(name, "") for name in PLACE},
    )


def origin_of(text: str) -> str:
    word = folded(text)
    return Origin.DIGITISED if word in PAPER else ORIGINS.get(word, "")


# Planning -------------------------------------------------------------------------------------------------------

#: Whether the file of a line is there: nothing, or the refusal to open it. With the draft it is, if it is one.
Finder = Callable[[Line], tuple[str, RecordsError | None]]


@dataclass
class Places:
    """Expedientes by code as one person may file in them, each asked for once."""

    actor: Actor
    only: Expediente | None
    known: dict[str, Expediente | RecordsError] = field(default_factory=dict)
    tipos: dict[uuid.UUID, dict[str, TipoDocumental]] = field(default_factory=dict)
    annexes: dict[uuid.UUID, frozenset[str]] = field(default_factory=dict)

    def of(self, line: Line) -> Expediente:
        """Where the line goes. Raises why it cannot go there."""
        code = line.expediente or (self.only.code if self.only else "")
        if not code:
            raise Incomplete(["expediente"])
        if self.only and folded(code) != folded(self.only.code):
            raise RuleViolation("row_elsewhere")
        if code not in self.known:
            self.known[code] = self.find(code)
        found = self.known[code]
        if isinstance(found, RecordsError):
            raise found
        return found

    def find(self, code: str) -> Expediente | RecordsError:
        try:
            found = self.only or get_expediente_by_code_for(self.actor, code)
            permissions.check(self.actor, Action.FILE, found)
            policies.check_open(found)
        except NotFound:
            return RuleViolation("row_expediente_unknown", value=code)
        except RecordsError as refusal:
            return refusal
        return found

    def tipo_of(self, expediente: Expediente, text: str) -> TipoDocumental | None:
        """The tipo documental of that code or that name, in the expediente's version."""
        if expediente.pk not in self.tipos:
            tipos = TipoDocumental.objects.filter(trd=expediente.trd_id)
            self.tipos[expediente.pk] = {folded(text): tipo for tipo in tipos for text in (tipo.name, tipo.code)}
        return self.tipos[expediente.pk].get(folded(text))

    def annexes_of(self, expediente: Expediente) -> frozenset[str]:
        if expediente.pk not in self.annexes:
            self.annexes[expediente.pk] = frozenset(expediente.annexes.values_list("key", flat=True))
        return self.annexes[expediente.pk]


def plan_import(actor: Actor, inventory: Inventory, expediente: Expediente | None, finder: Finder) -> Plan:
    """What importing would do, row by row, with everything each row lacks; nothing is filed nor read."""
    places, met = Places(actor, expediente), set[str]()
    filed = FiledBefore(permissions.visible_to(actor))
    rows = [planned(line, places, finder, met, filed) for line in inventory.lines]
    return Plan(inventory, tuple(rows), expediente)


def planned(line: Line, places: Places, finder: Finder, met: set[str], filed: FiledBefore | None = None) -> Planned:
    """The row with all that it lacks; what was made of it before is not asked for without `filed`."""
    lacks: list[RecordsError] = []
    try:
        place = places.of(line)
    except RecordsError as refusal:
        place, lacks = None, [refusal]
    tipo = places.tipo_of(place, line.tipo) if place else None
    if place:
        line = replace(line, expediente=place.code, tipo=tipo.code if tipo else line.tipo)
    line = replace(line, key=key_of(line))
    draft, fault = finder(line) if line.file else ("", RuleViolation("row_without_file"))
    if place and filed and (piece := filed.of(place, line.key)):
        return Planned(replace(line, draft=draft, filed=piece))
    lacks += [fault] if fault else []
    lacks += said_wrong(line, place, tipo, places)
    if line.file and line.file in met:
        lacks.append(RuleViolation("row_file_repeated"))
    met.add(line.file)
    return Planned(replace(line, draft=draft), tuple(lacks))


def said_wrong(
    line: Line, place: Expediente | None, tipo: TipoDocumental | None, places: Places
) -> Iterator[RecordsError]:
    """What is wrong with what the row says of its piece."""
    if missing := line.unsaid():
        yield from by_value(Incomplete(missing), line)
    if place is None:
        return
    try:
        day = datetime.date.fromisoformat(line.day) if line.day else datetime.date.min
        policies.check_accepts_filing(place, tipo, day, clock.today())
        policies.check_annexes_known({line.annex} - {""}, places.annexes_of(place) if line.annex else ())
    except Incomplete as refusal:
        yield from by_value(refusal, line)
    except RuleViolation as refusal:
        yield refusal


#: What is wrong with a value that a row does give: by the code of what is missing, its own code and the value's place.
WRONG: Mapping[str, tuple[str, str]] = {
    "unknown_tipo": ("row_tipo_unknown", "tipo"),
    "annex_unknown": ("row_annex_unknown", "annex"),
    "day": ("row_day_unknown", "written"),
}


def by_value(refusal: Incomplete, line: Line) -> Iterator[RecordsError]:
    """The same refusal, where a value is wrong with that value: a table has thousands of rows and is searched."""
    wrong = {code: value for code in refusal.missing if code in WRONG and (value := getattr(line, WRONG[code][1]))}
    yield from (RuleViolation(WRONG[code][0], value=value) for code, value in wrong.items())
    if rest := [code for code in refusal.missing if code not in wrong]:
        yield Incomplete(rest, **{name: fact for name, fact in refusal.facts.items() if name != "missing"})


def key_of(line: Line) -> str:
    """What tells a row from all others, in whatever file it comes again."""
    told = [line.expediente, line.file, line.tipo, line.day, line.title]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass
class FiledBefore:
    """What imports made of their rows, as far as one person reads it: of the rest nothing is to be found out, and
    the same row is filed anew (C8). Each expediente is asked for once."""

    visible: QuerySet[Document]
    known: dict[uuid.UUID, dict[str, str]] = field(default_factory=dict)

    def of(self, expediente: Expediente, key: str) -> str:
        """The piece that a row with this key became there, annulled ones left out; else empty."""
        if expediente.pk not in self.known:
            rows = rows_made(self.visible).filter(document__expediente=expediente).order_by()
            found = rows.values_list("facts__key", "document")
            self.known[expediente.pk] = {key: str(document) for key, document in found if key}
        return self.known[expediente.pk].get(key, "")


def rows_made(visible: QuerySet[Document]) -> QuerySet[JobRow]:
    """Rows that imports have filed as pieces among these that still stand."""
    pieces = visible.exclude(state=DocumentState.ANNULLED).order_by().values("pk")
    return JobRow.objects.filter(job__kind=KIND, state=RowState.DONE, document__in=pieces)


def facts_of(line: Line) -> dict[str, object]:
    """A line as the plain values a job's row keeps."""
    return asdict(line)


def line_from(facts: Mapping[str, str]) -> Line:
    return Line(**{name: facts[name] for name in Line.__dataclass_fields__ if name in facts})  # type: ignore[arg-type]
