"""The only writer of the ledger: one event per act or reading, in the act's own transaction.

An event is canonical JSON (RFC 8785) hashed as an RFC 6962 leaf. It holds ids, codes and facts,
never content nor the title of a piece that is not public (U5).
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db import connection, transaction

from records import bulk, canonical, clock
from records.errors import RecordsError
from records.models import LedgerEvent

#: Every act the ledger knows, by the sentence a reader of the ledger sees.
ACTIONS: Mapping[str, str] = {
    "expediente.opened": "Abrió el expediente",
    "document.filed": "Radicó el documento",
    "document.refused": "Intentó radicar un archivo que no se admitió",
    "document.classified": "El documento quedó clasificado",
    "document.registered": "Registró el documento",
    "document.sealed": "El documento quedó sellado",
    "document.annulled": "Anuló el documento",
    "document.placed": "Incorporó el documento a otro expediente",
    "expediente.received": "Incorporó un documento de otro expediente",
    "document.located": "Anotó dónde está el papel",
    "document.rendered": "Se hizo una copia derivada",
    "rendition.asked": "Pidió una copia derivada",
    "reading.asked": "Pidió leer de nuevo el documento",
    "signatures.asked": "Pidió validar de nuevo las firmas",
    "document.signatures_checked": "Se validaron las firmas del documento",
    "document.parts_listed": "Se anotaron las partes del documento",
    "batch.filed": "Radicó un lote",
    "batch.refused": "Intentó radicar un lote que no se admitió",
    "batch.receipt": "Expidió el recibo de un lote",
    "key.rotated": "Cambió la llave de firma",
    "quarantine.settled": "Atendió un archivo en cuarentena",
    "annex.listed": "Anotó un anexo",
    "expediente.staged": "Cambió la etapa del expediente",
    "expediente.closed": "Cerró el expediente",
    "expediente.closed_for_good": "Cerró definitivamente el expediente",
    "expediente.reopened": "Reabrió el expediente",
    "expediente.described": "Cambió el soporte del expediente",
    "retention.loaded": "Cargó una versión de la tabla de retención",
    "retention.proposed": "Propuso cambiar la versión de retención",
    "retention.approved": "Aprobó el cambio de versión de retención",
    "retention.returned": "Devolvió el cambio de versión de retención",
    "job.started": "Inició un trabajo",
    "job.finished": "Terminó un trabajo",
    "document.read": "Se leyó el texto del documento",
    "level.proposed": "Propuso un nivel",
    "level.raised": "Subió el nivel, con efecto inmediato",
    "level.approved": "Aprobó el nivel",
    "level.returned": "Devolvió la propuesta de nivel",
    "level.inherited": "El documento entró con el nivel del que sigue o reemplaza",
    "level.overtaken": "Dejó sin objeto una propuesta, al subir el nivel",
    "access.granted": "Concedió acceso",
    "access.withdrawn": "Retiró el acceso",
    "access.denied": "Se negó el acceso",
    "access.explained": "Consultó por qué una persona tiene acceso",
    "person.appointed": "Designó a una persona",
    "document.viewed": "Consultó el documento",
    "document.page_viewed": "Consultó una página",
    "document.downloaded": "Descargó el original",
    "search.run": "Buscó",
    "search.mismatch": "La búsqueda ofreció algo que la base no confirma",
    "project.published": "Publicó el proyecto",
    "project.withdrawn": "Retiró el proyecto del sitio público",
    "custody.verified": "Verificó la custodia",
}
#: Advisory lock that orders appends on PostgreSQL; SQLite's write lock does it by itself.
LOCK = 0x437573746F646961
LEAF = b"\x00"


class Named(Protocol):
    """Whoever acts: only the stable login is written."""

    def get_username(self) -> str: ...


class UnknownAction(RecordsError):
    """A programming fault: the act has no row in ACTIONS."""

    code = "unknown_action"


def record(action: str, *, actor: Named | None, subject: object, **facts: Any) -> LedgerEvent:
    """Append an event; must run inside a transaction, and is undone with it.

    `actor` None is the system itself. `subject` is the object acted upon (its class name and id
    are written). Facts are plain values; dates, decimals and UUIDs are written as text.
    """
    return record_each(action, actor=actor, subjects=[(subject, facts)])[0]


def record_each(
    action: str, *, actor: Named | None, subjects: Sequence[tuple[object, Mapping[str, Any]]]
) -> list[LedgerEvent]:
    """The same act upon several objects, each with its own event and facts, in one statement."""
    if action not in ACTIONS:
        raise UnknownAction(action=action)
    with transaction.atomic(savepoint=False):
        first = next_index()
        events = [
            LedgerEvent(**fields_of(first + place, action, actor, subject, facts))
            for place, (subject, facts) in enumerate(subjects)
        ]
        bulk.insert(events)
        return events


def next_index() -> int:
    """The gapless number of the next event, with appends to it held until the transaction ends."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute('SELECT MAX("index") FROM records_ledgerevent')
        (last,) = cursor.fetchone()
    return 0 if last is None else int(last) + 1


def fields_of(
    index: int, action: str, actor: Named | None, subject: object, facts: Mapping[str, Any]
) -> dict[str, Any]:
    moment = clock.now()
    event = {
        "index": index,
        "at": moment.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "action": action,
        "actor": actor.get_username() if actor else "",
        "object_type": type(subject).__name__ if not isinstance(subject, str) else "text",
        "object_id": str(getattr(subject, "pk", subject)),
    }
    payload = canonical.dumps(plain({**event, "facts": facts}))
    return {**event, "at": moment, "payload": payload.decode(), "leaf": leaf_hash(payload)}


def leaf_hash(payload: bytes) -> str:
    """RFC 6962 leaf hash, in hex."""
    return hashlib.sha256(LEAF + payload).hexdigest()


def plain(value: Any) -> Any:
    """A JSON value: text, number, boolean, null, list or object; anything else as text."""
    if isinstance(value, str):  # also the text of an enumeration
        return str(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)
