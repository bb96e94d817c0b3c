"""What the records room demands before a process may start; `cms.checks` asks and refuses (criterion 37)."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from records import conf, parsing, scanning, triggers
from records.errors import IndexRefused
from records.fixity.places import copies
from records.indexes import certificates
from records.ledger import rollback
from records.services import keys

#: Processes that open uploads; the others never start the cell.
OPENING_ROLES = frozenset({"all", "desk", "worker"})


def missing_triggers() -> Iterator[str]:
    """Names the append-only triggers that the live database lacks or has switched off (D9, K4)."""
    expected = triggers.EXPECTED.get(connection.vendor, frozenset())
    missing = sorted(expected - set(triggers.present(connection)))
    if missing:
        yield f"la base de datos no tiene las defensas de solo añadir: {', '.join(missing)}"


def open_store() -> Iterator[str]:
    """Names the folders of the bytes that other people of this machine may enter or read."""
    for place in (
        store_root(),
        *copy_roots().values(),
        *(Path(settings.RECORDS[name]) for name in ("PAGE_CACHE", "ARRIVALS", "QUARANTINE", "WITNESS")),
    ):
        if place and open_to_others(place):
            yield f"{place} queda abierto a otras personas de la máquina (debe ser 0700)"


def shifted_clock() -> Iterator[str]:
    """An offset is a toy of the demo: elsewhere neither its permission nor its file may exist."""
    if settings.PROFILE == "production" and settings.CLOCK_OFFSET_ALLOWED:
        yield "el reloj desplazado está permitido (CLOCK_OFFSET_ALLOWED)"
    if not settings.CLOCK_OFFSET_ALLOWED and clock_offset():
        yield f"hay un reloj desplazado en {settings.CUSTODIA_HOME / 'clock.json'}"


def unisolated_cell() -> Iterator[str]:
    """Production opens uploads only where the cell is really isolated (D8)."""
    if settings.PROFILE != "production" or settings.SITE_ROLE not in OPENING_ROLES:
        return
    if not settings.RECORDS["REQUIRE_ISOLATED_CELL"]:
        yield "no se exige que los archivos recibidos se abran aislados (REQUIRE_ISOLATED_CELL)"
    state = parsing.status()
    if not state.isolated:
        yield f"los archivos recibidos no se pueden abrir aislados: {state.detail}"


def unready_key() -> Iterator[str]:
    """Production signs every receipt, with a key that is its owner's alone."""
    if settings.PROFILE == "production" and settings.SITE_ROLE in OPENING_ROLES:
        yield from keys.file_faults()


def foreign_key() -> Iterator[str]:
    """Production signs with the key its records were signed with."""
    if settings.PROFILE == "production" and settings.SITE_ROLE in OPENING_ROLES:
        yield from keys.foreign_faults()


def unready_index_key() -> Iterator[str]:
    """Production signs indexes with what it was given; where nothing was, nothing closes and all else goes on."""
    if settings.PROFILE != "production" or settings.SITE_ROLE not in OPENING_ROLES or not has_index_key():
        return
    if (told := index_fault()) and told not in OUT_OF_TIME:
        yield INDEX_FAULTS[told]
    elif open_to_others(key := conf.index_signing().key):
        yield f"la llave de los índices queda abierta a otras personas ({key} debe ser 0600)"


def index_fault() -> str:
    """Code of what keeps indexes from being signed now; empty where nothing does."""
    try:
        certificates.credential()
    except IndexRefused as refusal:
        return refusal.code
    return ""


#: A certificate ends by itself: then nothing closes until there is another, and all else goes on.
OUT_OF_TIME = frozenset({"index_certificate_expired", "index_certificate_early"})
INDEX_FAULTS = {
    "index_key_unavailable": "INDEX_KEY o INDEX_CERTIFICATE no se pueden leer, o no son una llave RSA desde 2048 bits "
    "o de curva elíptica, sin contraseña, y su certificado, en PEM",
    "index_key_foreign": "INDEX_CERTIFICATE no es el certificado de la llave de INDEX_KEY",
    "index_certificate_expired": "INDEX_CERTIFICATE venció: no se podrá cerrar ningún expediente",
    "index_certificate_early": "INDEX_CERTIFICATE aún no rige: no se podrá cerrar ningún expediente",
}


def entangled_copies() -> Iterator[str]:
    """A copy that is the store, or lies in it or around it, is none: one hand or one fault takes both."""
    places = {"store": store_root(), **copy_roots()}
    found = [(name, place.resolve()) for name, place in places.items() if place]
    for number, (name, place) in enumerate(found):
        for other, there in found[:number]:
            if place.is_relative_to(there) or there.is_relative_to(place) or same_folder(place, there):
                yield f"la copia «{name}» ({place}) y «{other}» ({there}) son la misma carpeta, o una está en la otra"


def copies_beside_store() -> Iterator[str]:
    """Not a refusal, but what an operator of a production must know before she trusts the copy."""
    if settings.PROFILE == "production":
        for place in copies():
            if place.shares_disk():
                yield f"la copia «{place.name}» está en el mismo disco que el almacén: no protege de su pérdida"


def unsigned_indexes() -> Iterator[str]:
    if settings.PROFILE != "production" or settings.SITE_ROLE not in OPENING_ROLES:
        return
    if not has_index_key():
        yield "no hay con qué firmar los índices (INDEX_KEY, INDEX_CERTIFICATE): no se podrá cerrar ningún expediente"
    elif (told := index_fault()) in OUT_OF_TIME:
        yield INDEX_FAULTS[told]


def undecided_scanner() -> Iterator[str]:
    """Production says where its malware scanner is, or that it has none; one that lets things by is a danger."""
    if settings.PROFILE != "production" or settings.SITE_ROLE not in OPENING_ROLES:
        return
    if told := SCANNER_FAULTS.get(scanning.status().state):
        yield told


#: A scanner that is away is no reason not to start: nothing is filed until it is back.
SCANNER_FAULTS = {
    "not_configured": "no se ha dicho dónde está el antivirus: MALWARE_SCANNER=unix:/ruta, tcp:127.0.0.1:puerto o none",
    "blind": "el antivirus no reconoce el archivo de prueba EICAR: revise sus firmas",
    "silent": "el antivirus da por limpio lo que no revisó hasta el final: ponga AlertExceedsMax yes en clamd.conf",
}


def open_to_others(place: Path) -> bool:
    """Whether the mode lets anybody outside owner and group read, write or enter; absent places are not open."""
    try:
        return bool(place.stat().st_mode & stat.S_IRWXO)
    except FileNotFoundError:
        return False


def store_root() -> Path | None:
    root = settings.RECORDS["STORE"].get("OPTIONS", {}).get("root")
    return Path(root) if root else None


def copy_roots() -> dict[str, Path]:
    return {place.name: place.root for place in copies()}


def same_folder(one: Path, other: Path) -> bool:
    """The same folder by two ways, mounted twice for one."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def has_index_key() -> bool:
    """Whether somebody named, or put in its place, what signs indexes."""
    files = conf.index_signing()
    usual = settings.CUSTODIA_HOME / "keys" / "indice.pem"
    return {files.key, files.certificate} != {usual} or usual.exists()


def clock_offset() -> float:
    """Seconds of offset that the installation remembers; a file that cannot be read counts as one."""
    try:
        return float(json.loads((settings.CUSTODIA_HOME / "clock.json").read_text())["offset_seconds"])
    except FileNotFoundError:
        return 0.0
    except (OSError, ValueError, KeyError, TypeError):
        return 1.0


def look_at_ledger() -> None:
    """A database that is not the one whose ledger is kept outside starts all the same: it closes the desk alone."""
    rollback.look()


SETTINGS_CHECKS = (
    open_store,
    entangled_copies,
    shifted_clock,
    unisolated_cell,
    unready_key,
    unready_index_key,
    undecided_scanner,
)
#: What `manage.py check --deploy` warns of; nothing is refused for it.
DEPLOY_WARNINGS = (copies_beside_store, unsigned_indexes)
DATABASE_CHECKS = (missing_triggers, foreign_key)
