"""Events of the ledger as lines a person reads. Titles are looked up now, and only where the reader sees them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from records import permissions, stages
from records.audit import ACTIONS, REFUSALS
from records.keys import NOBODY, as_uuid
from records.models import LedgerEvent
from records.permissions import Actor
from records.selectors.history import READINGS
from records.vocabulary import Level, ReadingState, Role

PROBLEMS = {
    "missing": gettext_lazy("faltan los bytes"),
    "altered": gettext_lazy("los bytes cambiaron"),
    "unreadable": gettext_lazy("no se pueden leer"),
}

#: What was denied is told by what the address asked for, whatever it was.
PERHAPS_PIECES = ("Document", "text")
PERSON, EXPORTED, DENIED = "User", "document.exported", "access.denied"
#: How a reading ended, when it brought no text.
READ: Mapping[str, Any] = {
    ReadingState.UNREADABLE: gettext_lazy("No se pudo leer el texto del documento"),
    ReadingState.NO_TEXT: gettext_lazy("Se leyó el documento y no tiene texto"),
}

#: On what an act rested, in a few words.
GROUNDS: Mapping[str, Any] = {
    "public_by_law": gettext_lazy("información pública"),
    "office": gettext_lazy("por su dependencia"),
    "own_office": gettext_lazy("dependencia responsable del expediente"),
    "appointment_custodian": gettext_lazy("custodio designado"),
    "appointment_supervisor": gettext_lazy("supervisor designado"),
    "grant_document": gettext_lazy("concesión sobre el documento"),
    "grant_expediente": gettext_lazy("concesión sobre el expediente"),
    "grant_convenio": gettext_lazy("concesión sobre el convenio"),
    "grant_package": gettext_lazy("concesión sobre el paquete"),
    "grant_office_document": gettext_lazy("concesión a su dependencia sobre el documento"),
    "grant_office_expediente": gettext_lazy("concesión a su dependencia sobre el expediente"),
    "grant_office_convenio": gettext_lazy("concesión a su dependencia sobre el convenio"),
    "grant_office_package": gettext_lazy("concesión a su dependencia sobre el paquete"),
    "grant_audit": gettext_lazy("acceso para una auditoría"),
    "grant_court_order": gettext_lazy("acceso por orden judicial"),
    "grant_authority": gettext_lazy("acceso de autoridad"),
    "break_glass": gettext_lazy("acceso de emergencia"),
    "own_supplier": gettext_lazy("material propio del proveedor"),
    "own_receptor": gettext_lazy("proyecto que recibe"),
    "pending_approval": gettext_lazy("propuesta por decidir"),
    "filer": gettext_lazy("la radicó"),
}

#: What an event is about when it is no row of the database.
OBJECTS = {
    "custody": gettext_lazy("Lo guardado"),
    "all": gettext_lazy("Lo guardado"),
    "ledger": gettext_lazy("Bitácora"),
    "person": gettext_lazy("Persona"),
    "key": gettext_lazy("Llave de firma"),
    "disposal": gettext_lazy("Por disponer"),
}
#: What a row of the database is called; the beginning of its identifier follows.
KINDS: Mapping[str, Any] = {
    "Document": gettext_lazy("Documento"),
    "Expediente": gettext_lazy("Expediente"),
    "Job": gettext_lazy("Trabajo"),
    "Project": gettext_lazy("Proyecto"),
    "TrdVersion": gettext_lazy("TRD, versión"),
    "Quarantined": gettext_lazy("Archivo en cuarentena"),
    "text": gettext_lazy("Identificador"),
}


@dataclass(frozen=True)
class Line:
    """One line: what was done, by whom, about which piece (empty when its title may not be shown).

    `times` counts consecutive readings by the same person, told as one. `document` is the id of the piece that the
    title is of, and `reason` what the person wrote, where its readers are told. `who` is the login that the ledger
    keeps, `name` the person's own.
    """

    index: int
    what: str
    at: datetime.datetime
    who: str
    action: str
    object_id: str
    object_name: str = ""
    title: str = ""
    detail: str = ""
    times: int = 1
    document: str = ""
    reason: str = ""
    name: str = ""
    result: str = ""
    office: str = ""
    ground: str = ""
    session: str = ""
    certificate: str = ""

    @property
    def has_actor(self) -> bool:
        """Is `who` a login, and not the system?"""
        return self.who != _("el sistema")

    @property
    def is_reading(self) -> bool:
        return self.action in READINGS

    @property
    def of_many(self) -> bool:
        """Is it written once for each piece that one act took?"""
        return self.action == EXPORTED

    @property
    def tells_refusal(self) -> bool:
        """Do its own words say that it was refused?"""
        return self.action in REFUSALS


def told(actor: Actor, events: Sequence[LedgerEvent], reasons: Mapping[int, str] | None = None) -> list[Line]:
    """Lines in the order given, with titles of the pieces this person reads, in one query.

    `reasons` (event number → text) are for histories whose reader is told them.
    """
    pieces = {event.index: piece_of(event) for event in events}
    keys = {key for key in pieces.values() if key}
    visible = permissions.visible_to(actor).filter(pk__in=keys).order_by() if keys else ()
    titles = {str(piece.pk): piece.title for piece in visible}
    names = names_of(events)
    return [
        line_of(event, titles, pieces[event.index], names, (reasons or {}).get(event.index, "")) for event in events
    ]


def names_of(events: Sequence[LedgerEvent]) -> Mapping[str, str]:
    """Full name by login of whoever acted and of whom the events name, and by identifier of whom they are about; in
    one query."""
    logins = {login for event in events for login in (event.actor, str(facts_of(event).get("person", ""))) if login}
    keys = {as_uuid(event.object_id) for event in events if event.object_type == PERSON}
    people = get_user_model().objects.filter(Q(username__in=logins) | Q(pk__in=keys))
    return {key: one.get_full_name() for one in people for key in (one.get_username(), str(one.pk))}


def object_of(event: LedgerEvent, names: Mapping[str, str]) -> str:
    """What an event is about, in words: a person by name, a row by its kind and the beginning of its identifier."""
    key = event.object_id
    if key in OBJECTS or event.object_type == PERSON:
        return str(OBJECTS.get(key) or names.get(key) or key)
    kind, short = KINDS.get(event.object_type, ""), key[:8] if as_uuid(key) != NOBODY else key
    return f"{kind} {short}".strip()


def piece_of(event: LedgerEvent) -> str:
    """The piece an event speaks of: what was acted upon, or what an act upon an expediente names."""
    if event.object_type in PERHAPS_PIECES:
        return event.object_id if as_uuid(event.object_id) != NOBODY else ""
    return str(facts_of(event).get("document", "")) if event.object_type == "Expediente" else ""


def facts_of(event: LedgerEvent) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(event.payload)["facts"]
    return facts


def line_of(
    event: LedgerEvent, titles: Mapping[str, str], piece: str, names: Mapping[str, str], reason: str = ""
) -> Line:
    facts, told = facts_of(event), circumstances_of(event)
    title = titles.get(piece, "")
    return Line(
        event.index,
        what_of(event.action, facts),
        event.at,
        event.actor or _("el sistema"),
        event.action,
        event.object_id,
        object_of(event, names),
        title,
        detail_of(facts, names),
        document=piece if title else "",
        reason=reason,
        name=names.get(event.actor) or event.actor or _("el sistema"),
        result=event.result,
        office=told["office"],
        ground=told["ground"],
        session=told["session"],
        certificate=str(facts.get("certificate", "")),
    )


def circumstances_of(event: LedgerEvent) -> dict[str, str]:
    """Offices, ground and session as the ledger keeps them; empty in events that are older than them."""
    payload = json.loads(event.payload)
    roles = [str(Role(code).label) if code in Role.values else code for code in payload.get("office", ())]
    ground = GROUNDS.get(payload.get("ground", {}).get("rule", ""), "")
    return {
        "office": ", ".join(roles),
        "ground": str(ground),
        "session": str(payload.get("session", ""))[:8],
    }


def what_of(action: str, facts: Mapping[str, Any]) -> str:
    """What was done; a reading says how it ended, as the list of pieces does."""
    ended = READ.get(str(facts.get("state", ""))) if action == "document.read" else None
    return str(ended or ACTIONS.get(action, action))


def detail_of(facts: dict[str, Any], names: Mapping[str, str]) -> str:
    """The facts that a person understands: level, person, term, problem. Digests and ids stay in the ledger."""
    labels: dict[str, Any] = dict(Level.choices)
    parts = [
        str(labels.get(str(facts.get("level", "")), "")),
        names.get(str(facts.get("person", ""))) or str(facts.get("person", "")),
        _("hasta el %(day)s") % {"day": written(str(facts["until"]))} if facts.get("until") else "",
        str(PROBLEMS.get(str(facts.get("problem", "")), "")),
        _("página %(page)s") % {"page": facts["page"]} if facts.get("page") else "",
        stage_step(facts),
        amounts(facts),
        str(facts.get("key", "")) if facts.get("annex") else "",
    ]
    return " · ".join(part for part in parts if part)


def amounts(facts: Mapping[str, Any]) -> str:
    """How much a sweep checked, or removed."""
    told = [
        ngettext("%(n)s comprobado", "%(n)s comprobados", facts["checked"]) % {"n": facts["checked"]}
        if facts.get("checked", 0) > 1
        else "",
        ngettext("%(n)s repuesto", "%(n)s repuestos", facts["mended"]) % {"n": facts["mended"]}
        if facts.get("mended")
        else "",
        ngettext("%(n)s archivo", "%(n)s archivos", facts["removed"]) % {"n": facts["removed"]}
        if facts.get("removed")
        else "",
    ]
    return " · ".join(part for part in told if part)


def stage_step(facts: Mapping[str, Any]) -> str:
    """`Vistos buenos → Para firma`, of a step along the course of an expediente."""
    if facts.get("machine") != "Stage":
        return ""
    kind = str(facts.get("kind", ""))
    return " → ".join(stages.label_of(kind, str(facts.get(side, ""))) for side in ("from", "to"))


def written(day: str) -> str:
    """ISO text of a day as it is read here; what is no day stays as it is."""
    try:
        return datetime.date.fromisoformat(day).strftime("%d/%m/%Y")
    except ValueError:
        return day


def gathered(lines: Iterable[Line]) -> list[Line]:
    """The same lines with readings in a row by one person told once, and so with what was denied her, and with pieces
    that left in one certificate; the newest of them stays."""
    kept: list[Line] = []
    for line in lines:
        last = kept[-1] if kept else None
        if last and goes_with(last, line):
            last = replace(last, title="", document="") if last.of_many else last
            kept[-1] = replace(last, times=last.times + 1, detail="")
        else:
            kept.append(line)
    return kept


def goes_with(last: Line, line: Line) -> bool:
    if last.who != line.who:
        return False
    if last.of_many:
        return line.of_many and last.certificate == line.certificate
    alike = (last.is_reading and line.is_reading) or last.action == line.action == DENIED
    return alike and last.object_id == line.object_id
