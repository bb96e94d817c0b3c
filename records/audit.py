"""The only writer of the ledger: one event per act or reading, in the act's own transaction.

An event is canonical JSON (RFC 8785) hashed as an RFC 6962 leaf. It holds ids, codes and facts,
never content nor the title of a piece that is not public (U5).
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

from records import acting, bulk, canonical, clock, medium
from records.errors import ClockBehind, LedgerUnavailable, RecordsError
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
    "index.issued": "Expidió el índice electrónico",
    "index.verified": "Verificó un índice electrónico",
    "index.downloaded": "Descargó un índice electrónico",
    "inventory.downloaded": "Descargó la hoja de control o el inventario",
    "retention.loaded": "Cargó una versión de la tabla de retención",
    "retention.proposed": "Propuso cambiar la versión de retención",
    "retention.approved": "Aprobó el cambio de versión de retención",
    "retention.returned": "Devolvió el cambio de versión de retención",
    "job.started": "Inició un trabajo",
    "job.finished": "Terminó un trabajo",
    "job.stopped": "Pidió detener un trabajo",
    "job.discarded": "Descartó un trabajo sin empezar",
    "document.read": "Se leyó el texto del documento",
    "level.proposed": "Propuso un nivel",
    "level.raised": "Subió el nivel, con efecto inmediato",
    "level.approved": "Aprobó el nivel",
    "level.returned": "Devolvió la propuesta de nivel",
    "level.inherited": "El documento entró con el nivel del que sigue o reemplaza",
    "level.overtaken": "Dejó sin objeto una propuesta, al subir el nivel",
    "access.granted": "Concedió acceso",
    "access.withdrawn": "Retiró el acceso",
    "access.requested": "Pidió acceso",
    "access.answered": "Atendió una solicitud de acceso",
    "glass.asked": "Pidió acceso de emergencia",
    "glass.broken": "Confirmó un acceso de emergencia",
    "glass.reviewed": "Revisó un acceso de emergencia",
    "access.recused": "Registró un impedimento",
    "access.recusal_ended": "Terminó un impedimento",
    "organisation.noted": "Registró una organización",
    "organisation.joined": "Vinculó a una persona con una organización",
    "organisation.left": "Desvinculó a una persona de una organización",
    "organisation.tied": "Anotó qué es de una organización",
    "organisation.untied": "Retiró lo que era de una organización",
    "case.opened": "Abrió piezas para un caso",
    "case.ended": "Terminó el acceso de un caso",
    "access.denied": "Se negó el acceso",
    "access.explained": "Consultó por qué una persona tiene acceso",
    "person.appointed": "Designó a una persona",
    "document.viewed": "Consultó el documento",
    "document.page_viewed": "Consultó una página",
    "document.downloaded": "Descargó el original",
    "reading.throttled": "Leyó más de lo que una persona lee en una hora",
    "download.stopped": "Se detuvo una descarga: ya no podía leerse",
    "search.run": "Buscó",
    "search.alerted": "Una búsqueda guardada encontró algo nuevo para quien la guardó",
    "alert.mailed": "Se envió un correo de avisos",
    "alert.stopped": "Pidió no recibir más correos de avisos",
    "search.mismatch": "La búsqueda ofreció algo que la base no confirma",
    "search.audited": "Comparó el índice de búsqueda con la base",
    "project.published": "Publicó el proyecto",
    "project.withdrawn": "Retiró el proyecto del sitio público",
    "custody.verified": "Verificó la custodia",
    "ledger.verified": "Verificó la bitácora",
    "ledger.searched": "Buscó en la bitácora",
    "act.refused": "Intentó un acto que no procedía",
    "session.opened": "Entró al sistema",
    "session.refused": "Intentó entrar y no pudo",
    "session.closed": "Salió del sistema",
    "session.confirmed": "Confirmó quién es, para un acto de aprobación",
    "session.others_ended": "Cerró sus otras sesiones",
    "person.enabled": "Activó la cuenta de una persona",
    "person.disabled": "Desactivó la cuenta de una persona",
    "person.invited": "Generó una invitación para poner la contraseña",
    "factor.reset": "Retiró el segundo factor de una persona",
    "factor.added": "Añadió un segundo factor",
    "factor.removed": "Retiró un segundo factor",
    "identity.tied": "Ligó una cuenta institucional",
    "identity.untied": "Retiró la cuenta institucional de una persona",
    "identity.used": "Entró con su cuenta institucional",
    "identity.refused": "No se aceptó una cuenta institucional",
    "person.created": "Creó la cuenta de una persona",
    "person.changed": "Cambió la cuenta de una persona",
    "person.roles_changed": "Cambió los grupos de una persona",
    "person.role_assigned": "Dio un rol a una persona",
    "person.role_asked": "Pidió un cargo para una persona",
    "person.role_confirmed": "Confirmó el cargo de una persona",
    "person.role_refused": "No confirmó el cargo de una persona",
    "person.invitation_asked": "Generó una invitación para poner la contraseña",
    "person.invitation_confirmed": "Generó el código de una invitación",
    "person.invitation_refused": "No confirmó una invitación",
    "person.role_ended": "Terminó el rol de una persona",
    "person.appointment_ended": "Terminó una designación antes de su fecha",
    "roles.synced": "Puso los grupos de roles como dice la matriz",
    "person.removed": "Borró la cuenta de una persona",
    "group.changed": "Cambió un grupo o sus permisos",
    "export.made": "Descargó una relación o un informe",
    "receipt.read": "Consultó un recibo",
    "chain.exported": "Descargó la cadena de custodia",
    "rollback.acknowledged": "Reconoció que la base de datos es de una copia anterior",
    "clock.acknowledged": "Reconoció que el reloj se había adelantado",
    "custody.copied": "Se guardó una copia verificada en otro lugar",
    "custody.swept": "Se comprobaron los bytes guardados",
    "custody.mended": "Se repusieron bytes dañados desde otra copia",
    "custody.damaged": "Se hallaron bytes dañados",
    "custody.litter": "Se retiraron restos de actos interrumpidos",
    "backup.made": "Se respaldó la instalación",
    "hold.placed": "Suspendió la disposición",
    "hold.lifted": "Levantó la suspensión de la disposición",
    "certificate.issued": "Expidió un certificado de custodia",
    "certificate.downloaded": "Descargó un certificado de custodia",
    "document.exported": "El documento salió en un certificado de custodia",
}
DONE, REFUSED, FAILED = RESULTS = ("done", "refused", "failed")
#: Acts that tell a refusal; any other is done, or has failed when its facts name a fault or a problem.
REFUSALS = frozenset(
    {"document.refused", "batch.refused", "access.denied", "act.refused", "session.refused", "reading.throttled"}
)
FAULTS = ("fault", "problem", "findings")
#: Advisory lock that orders appends on PostgreSQL; SQLite's write lock does it by itself.
LOCK = 0x437573746F646961
LEAF = b"\x00"
#: How far the machine's clock may be set back (its time service corrects it by less) before acts are refused.
TOLERANCE = datetime.timedelta(minutes=5)
CLOCK_ACKNOWLEDGED = "clock.acknowledged"


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
        with written_or_refused():
            first = next_index(anew=True) if action == CLOCK_ACKNOWLEDGED else next_index()
            events = [
                LedgerEvent(**fields_of(first + place, action, actor, subject, facts))
                for place, (subject, facts) in enumerate(subjects)
            ]
            bulk.insert(events)
        return events


@contextlib.contextmanager
def written_or_refused() -> Iterator[None]:
    """An event that the database will not take undoes its act: whoever asked is told so, and gets nothing else."""
    try:
        yield
    except DatabaseError as fault:
        if medium.is_fault(fault):
            raise
        raise LedgerUnavailable(cause=type(fault).__name__) from fault


def next_index(*, anew: bool = False) -> int:
    """The gapless number of the next event, with appends to it held until the transaction ends.

    Raises ClockBehind when the last event is later than now; `anew`: somebody has said that it was dated wrongly.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute('SELECT "index", "at" FROM records_ledgerevent ORDER BY "index" DESC LIMIT 1')
        last = cursor.fetchone()
    if last is None:
        return 0
    if not anew:
        check_clock(last[1])
    return int(last[0]) + 1


def check_clock(last: datetime.datetime) -> None:
    """A clock that went back would date acts before others that they follow; moments played on purpose are let by."""
    moment = last if last.tzinfo else last.replace(tzinfo=datetime.UTC)
    if not clock.is_fixed() and moment - clock.now() > TOLERANCE:
        raise ClockBehind(last=moment.isoformat(timespec="seconds"))


def fields_of(
    index: int, action: str, actor: Named | None, subject: object, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Columns of an event. Its payload tells besides: `office` (the actor's roles), `ground` (the rule, and the act or
    office relied on), `session` (keyed digest) and `address`, where there are any."""
    moment = clock.now()
    event = {
        "index": index,
        "at": moment.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "action": action,
        "actor": actor.get_username() if actor else "",
        "object_type": type(subject).__name__ if not isinstance(subject, str) else "text",
        "object_id": str(getattr(subject, "pk", subject)),
        "result": result_of(action, facts),
    }
    payload = canonical.dumps(plain({**event, **circumstances(actor, subject), "facts": facts}))
    return {**event, "at": moment, "payload": payload.decode(), "leaf": leaf_hash(payload)}


def circumstances(actor: Named | None, subject: object) -> dict[str, Any]:
    """Under what office and ground, in what session and from where (U1)."""
    visit = acting.visit()
    told = {"office": acting.offices_of(actor), "ground": acting.ground_of(actor, subject)}
    here = {"session": visit.session, "address": visit.address} if visit else {}
    return {**told, **{name: value for name, value in here.items() if value}}


def result_of(action: str, facts: Mapping[str, Any]) -> str:
    if action in REFUSALS:
        return REFUSED
    return FAILED if any(facts.get(name) for name in FAULTS) else DONE


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
