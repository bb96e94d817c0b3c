"""Why a person may, or may not: the same grounds as the decision, said as sentences with their act."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from records import permissions
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
UNKNOWN = _("No hay nada en custodia que usted pueda consultar con esa referencia.")


@dataclass(frozen=True)
class Because:
    rule: str
    sentence: str
    act: uuid.UUID | None


@dataclass(frozen=True)
class Explanation:
    """`allowed` by act; `because` holds each ground that opens, or the one sentence that says why not."""

    allowed: Mapping[str, bool]
    because: tuple[Because, ...]


def explain(actor: Actor, document: Document | None, *, at: datetime.datetime | None = None) -> Explanation:
    """The decision about one piece, now or at a past moment, with every ground it rests on.

    A piece the person may not know of is explained exactly as one that does not exist (D11).
    """
    rights = permissions.rights_of(actor, at=at)
    grounds = rights.grounds
    level = permissions.level_at(document, at) if document else None
    if document is None or level is None:
        return unknown()
    opening = [] if rights.barred.shuts(document) else [ground for ground in grounds if ground.covers(document, level)]
    if opening:
        return Explanation(allowed_to(rights, document, at), tuple(because(ground) for ground in opening))
    if rights.knows_of(document):
        return Explanation(allowed_to(rights, document, at), (Because("level", str(BLOCKED[level]), None),))
    return unknown()


def unknown() -> Explanation:
    return Explanation(dict.fromkeys(map(str, ASKED), False), (Because("none", str(UNKNOWN), None),))


def allowed_to(rights: Rights, document: Document, at: datetime.datetime | None) -> dict[str, bool]:
    """For a past moment only reading is answered; acts are of the present."""
    if at is None:
        return {str(action): rights.allows(action, document) for action in ASKED}
    reads = rights.reads(document, permissions.level_at(document, at) or "")
    return {str(action): reads and action in permissions.READING for action in ASKED}


def because(ground: Ground) -> Because:
    facts = {name: shown(value) for name, value in facts_of(ground).items()}
    return Because(ground.rule, str(SENTENCES[ground.rule]) % facts, ground.act)


def facts_of(ground: Ground) -> Mapping[str, object]:
    """What the sentence tells of the act relied on."""
    if ground.rule in permissions.GRANT_RULES:
        return facts_of_grant(Grant.objects.select_related("granted_by").get(pk=as_uuid(ground.act)), ground.office)
    if ground.rule.startswith("appointment"):
        held = Appointment.objects.get(pk=as_uuid(ground.act))
        return {"act": held.act, "from": held.starts_on, "until": held.ends_on}
    if ground.rule.startswith("own_") and ground.act:
        member = OrganisationMember.objects.select_related("organisation").get(pk=ground.act)
        return {"organisation": member.organisation.name, "act": member.act}
    return {"office": Role(ground.office).label} if ground.office else {}


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
