"""Why a person may, or may not: the same grounds as the decision, said as sentences with their act."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.holds.standing import over_each
from records.keys import as_uuid
from records.models import Appointment, Document, Grant, OrganisationMember
from records.permissions import Actor, Ground, Rights
from records.sentences import Sentence
from records.vocabulary import Action, Level, Role

#: What an explanation answers about a document.
ASKED: tuple[str, ...] = (
    Action.VIEW,
    Action.DOWNLOAD,
    Action.PROPOSE_LEVEL,
    Action.APPROVE_LEVEL,
    Action.GRANT,
)
SENTENCES: Mapping[str, Sentence] = {
    "public_by_law": _("Es información pública: toda persona puede leerla (Ley 1712 de 2014, art. 2)."),
    "office": _("Su dependencia, %(office)s, lee las piezas de este nivel."),
    "own_office": _("Su dependencia, %(office)s, es la responsable del expediente y lee las piezas de este nivel."),
    "appointment_custodian": _("Usted es custodio de este expediente por %(act)s, del %(from)s al %(until)s."),
    "appointment_supervisor": _("Usted supervisa este convenio por %(act)s, del %(from)s al %(until)s."),
    "grant_document": _(
        "Concesión a su nombre sobre este documento, hasta el %(until)s, otorgada por %(by)s. Motivo: %(reason)s."
    ),
    "grant_expediente": _(
        "Concesión a su nombre sobre este expediente, hasta el %(until)s, otorgada por %(by)s. Motivo: %(reason)s."
    ),
    "grant_convenio": _(
        "Concesión a su nombre sobre el convenio, hasta el %(until)s, otorgada por %(by)s. Motivo: %(reason)s."
    ),
    "grant_package": _(
        "Concesión a su nombre sobre el paquete en que llegó, hasta el %(until)s, otorgada por %(by)s. "
        "Motivo: %(reason)s."
    ),
    "grant_office_document": _(
        "Concesión a su dependencia, %(office)s, sobre este documento, hasta el %(until)s, otorgada por %(by)s. "
        "Motivo: %(reason)s."
    ),
    "grant_office_expediente": _(
        "Concesión a su dependencia, %(office)s, sobre este expediente, hasta el %(until)s, otorgada por %(by)s. "
        "Motivo: %(reason)s."
    ),
    "grant_office_convenio": _(
        "Concesión a su dependencia, %(office)s, sobre el convenio, hasta el %(until)s, otorgada por %(by)s. "
        "Motivo: %(reason)s."
    ),
    "grant_office_package": _(
        "Concesión a su dependencia, %(office)s, sobre el paquete en que llegó, hasta el %(until)s, otorgada por "
        "%(by)s. Motivo: %(reason)s."
    ),
    "grant_audit": _("Acceso para la auditoría %(case)s, hasta el %(until)s, otorgado por %(by)s. Motivo: %(reason)s."),
    "grant_court_order": _(
        "Acceso por orden judicial %(case)s, hasta el %(until)s, otorgado por %(by)s. Motivo: %(reason)s."
    ),
    "grant_authority": _(
        "Acceso de autoridad (art. 27 de la Ley 1712 de 2014), caso %(case)s, hasta el %(until)s, otorgado por "
        "%(by)s. Motivo: %(reason)s."
    ),
    "break_glass": _("Acceso de emergencia hasta las %(at)s, confirmado por %(by)s. Motivo: %(reason)s."),
    "own_supplier": _("Es material propio del proveedor %(organisation)s, del que usted hace parte por %(act)s."),
    "own_receptor": _("Es del proyecto que recibe %(organisation)s, de la que usted hace parte por %(act)s."),
    "pending_approval": _("Hay una propuesta de nivel que usted puede decidir; puede leer la pieza hasta entonces."),
    "filer": _("Usted la radicó y aún no tiene nivel."),
}
BLOCKED: Mapping[str, Sentence] = {
    Level.RESERVED: _("Es reservada: se abre solo con concesión a su nombre o con designación como custodio."),
    Level.UNCLASSIFIED: _("Aún no tiene nivel: la leen quien la radicó y el Grupo de Contratos."),
    Level.RESTRICTED: _("Es clasificada: se abre con concesión o por la dependencia responsable."),
}
#: What a hold keeps from being done, whoever may read: told to staff of the expediente (R5).
HELD = _(
    "Disposición suspendida desde el %(from)s (%(kind)s, %(authority)s): mientras no se levante, nadie la elimina ni "
    "la transfiere, aunque se haya cumplido su retención."
)
UNKNOWN = _("No hay nada en custodia que usted pueda consultar con esa referencia.")


@dataclass(frozen=True)
class Because:
    """One sentence, the rule it tells of, the id of the act it rests on, and the expediente where that act lies."""

    rule: str
    sentence: str
    act: uuid.UUID | None
    place: uuid.UUID | None = None


@dataclass(frozen=True)
class Explanation:
    """`allowed` by act; `because` holds each ground that opens, or the one sentence that says why not; `held` what
    keeps the piece from being disposed of, as far as its reader may know of it."""

    allowed: Mapping[str, bool]
    because: tuple[Because, ...]
    held: tuple[Because, ...] = ()


def explain(actor: Actor, document: Document | None, *, at: datetime.datetime | None = None) -> Explanation:
    """The decision about one piece, now or at a past moment, with every ground it rests on.

    A piece the person may not know of is explained exactly as one that does not exist (D11).
    """
    rights = permissions.rights_of(actor, at=at)
    level = permissions.level_at(document, at) if document else None
    if document is None or level is None:
        return unknown()
    allowed, held = allowed_to(rights, document, at), holds_over(rights, [document])[document.pk] if at is None else ()
    if grounds := opening_of(rights, document, level):
        return Explanation(allowed, because_of(grounds), held)
    if rights.knows_of(document):
        return Explanation(allowed, (Because("level", str(BLOCKED[level]), None),), held)
    return unknown()


def explain_each(actor: Actor, keys: Iterable[object]) -> dict[uuid.UUID, Explanation]:
    """Why a person reads each of these pieces, by id; what she does not read is left out. A constant number of
    queries, however many they are."""
    rights = permissions.rights_of(actor)
    wanted = Document.objects.filter(pk__in=[as_uuid(str(key)) for key in keys]).only("pk", "level", "expediente_id")
    opened = {piece: grounds for piece in wanted if (grounds := opening_of(rights, piece, piece.level))}
    told, held = told_of({ground for grounds in opened.values() for ground in grounds}), holds_over(rights, opened)
    reads = {str(action): action in permissions.READING for action in ASKED}
    return {
        piece.pk: Explanation(reads, tuple(told[ground] for ground in grounds), held[piece.pk])
        for piece, grounds in opened.items()
    }


def opening_of(rights: Rights, document: Document, level: str) -> list[Ground]:
    """The grounds that open a piece, were it of this level, to a person whom no recusal keeps from it."""
    if rights.barred.shuts(document):
        return []
    return [ground for ground in rights.grounds if ground.covers(document, level)]


def holds_over(rights: Rights, documents: Iterable[Document]) -> dict[uuid.UUID, tuple[Because, ...]]:
    """Holds that reach each of these pieces, for staff of its expediente; nobody else is told of any."""
    listed = list(documents)
    found = over_each([piece for piece in listed if rights.is_staff_in(piece.expediente_id)])
    return {
        piece.pk: tuple(Because("hold", str(HELD) % facts_of_hold(hold), hold.pk) for hold in found.get(piece.pk, ()))
        for piece in listed
    }


def facts_of_hold(hold: Any) -> Mapping[str, str]:
    return {"from": shown(hold.placed_at), "kind": hold.get_kind_display(), "authority": hold.authority}


def unknown() -> Explanation:
    return Explanation(dict.fromkeys(map(str, ASKED), False), (Because("none", str(UNKNOWN), None),))


def allowed_to(rights: Rights, document: Document, at: datetime.datetime | None) -> dict[str, bool]:
    """For a past moment only reading is answered; acts are of the present."""
    if at is None:
        return {str(action): rights.allows(action, document) for action in ASKED}
    reads = rights.reads(document, permissions.level_at(document, at) or "")
    return {str(action): reads and action in permissions.READING for action in ASKED}


def because_of(grounds: Iterable[Ground]) -> tuple[Because, ...]:
    """Each ground as a sentence, with the acts of all of them read at once."""
    listed = list(grounds)
    told = told_of(listed)
    return tuple(told[ground] for ground in listed)


def told_of(grounds: Iterable[Ground], of: Mapping[str, Sentence] | None = None) -> dict[Ground, Because]:
    """Ground → its sentence, as `of` has it for its rule or else as one is told of oneself."""
    listed = list(grounds)
    acts, sentences = acts_of(listed), {**SENTENCES, **(of or {})}
    return {
        ground: Because(
            ground.rule,
            str(sentences[ground.rule]) % facts_of(ground, acts),
            ground.act,
            getattr(acts.get(ground.act), "expediente_id", None),
        )
        for ground in listed
    }


Acts = Mapping[Any, Any]


def acts_of(grounds: Iterable[Ground]) -> Acts:
    """The acts on which these grounds rest, by id: a query for each kind of act among them."""
    kinds: dict[str, set[Any]] = {}
    for ground in grounds:
        if ground.act and (kind := kind_of(ground.rule)):
            kinds.setdefault(kind, set()).add(ground.act)
    found: dict[Any, Any] = {}
    for kind, keys in kinds.items():
        found.update(ROWS[kind]().in_bulk(keys))
    return found


#: What the rules of a kind rest on, where their sentence tells of it.
ROWS: Mapping[str, Any] = {
    "grant": lambda: Grant.objects.select_related("granted_by"),
    "appointment": Appointment.objects.all,
    "own": lambda: OrganisationMember.objects.select_related("organisation"),
}


def kind_of(rule: str) -> str:
    if rule in permissions.GRANT_RULES:
        return "grant"
    return next((kind for kind in ("appointment", "own") if rule.startswith(f"{kind}_")), "")


def facts_of(ground: Ground, acts: Acts | None = None) -> dict[str, str]:
    """What the sentence tells of the act relied on."""
    row = (acts_of([ground]) if acts is None else acts).get(ground.act)
    kind = kind_of(ground.rule)
    facts: Mapping[str, object] = facts_of_office(ground) if ground.office else {}
    if kind == "grant" and row:
        facts = facts_of_grant(row, ground.office)
    elif kind == "appointment" and row:
        facts = {"act": row.act, "from": row.starts_on, "until": row.ends_on}
    elif kind == "own" and row:
        facts = {"organisation": row.organisation.name, "act": row.act}
    return {name: shown(value) for name, value in facts.items()}


def facts_of_office(ground: Ground) -> Mapping[str, str]:
    levels = [str(level.label).lower() for level in Level if level in ground.levels]
    return {"office": str(Role(ground.office).label), "levels": ", ".join(levels)}


def facts_of_grant(grant: Grant, office: str) -> Mapping[str, object]:
    ends = timezone.localtime(grant.expires_at) if grant.expires_at else None
    return {
        "until": grant.until,
        "at": f"{ends:%H:%M}" if ends else "",
        "case": grant.case_number,
        "reason": grant.reason,
        "by": grant.granted_by.get_full_name(),
        "office": Role(office).label if office else "",
    }


def shown(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "j \\d\\e F \\d\\e Y").lower()
    if isinstance(value, datetime.date):
        return date_format(value, "j \\d\\e F \\d\\e Y").lower()
    return str(value)
