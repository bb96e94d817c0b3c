"""What the records room demands before a process may start; `cms.checks` asks and refuses (criterion 37)."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from records import parsing, scanning, triggers
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


SETTINGS_CHECKS = (open_store, shifted_clock, unisolated_cell, unready_key, undecided_scanner)
DATABASE_CHECKS = (missing_triggers, foreign_key)
