"""The course of an expediente of each kind, as tables: stages in their order, with their Spanish labels.

Codes are those of the procedures they mirror (offset policy, arts. 17 to 25 and 31 to 35). The checklist reads
them to tell what is due now from what comes later; who moves an expediente, and when, is for the services.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.vocabulary import ExpedienteKind

Label = str | Promise
#: How every convenio ends (arts. 20, 29.5, 33.8).
ENDING: Mapping[str, Label] = {
    "signed": _("Suscrito"),
    "registered": _("Registro y custodia"),
    "executing": _("En ejecución"),
    "liquidating": _("En liquidación"),
    "liquidated": _("Liquidado"),
    "closed": _("Cerrado"),
}
#: Kind → code → label, in the order of the course.
COURSES: Mapping[str, Mapping[str, Label]] = {
    ExpedienteKind.ACQUISITION: {
        "identified": _("Contrato identificado"),
        "notified": _("Notificado"),
        "linked": _("Con convenio marco"),
        "closed": _("Cerrado"),
    },
    ExpedienteKind.FRAMEWORK: {
        "structuring": _("Estructuración inicial"),
        "drafting": _("Proyección de minuta"),
        "planning_review": _("Revisión de planeación"),
        "committee_validation": _("Validación del comité"),
        "ready_to_sign": _("Para firma"),
        **ENDING,
    },
    ExpedienteKind.DERIVED: {
        "drafting": _("Estudios previos y minuta"),
        "clearance": _("Vistos buenos"),
        "ready_to_sign": _("Para firma"),
        **ENDING,
    },
    ExpedienteKind.PROJECT: {
        "proposed": _("Propuesto"),
        "concept_requested": _("Concepto solicitado"),
        "technical_review": _("Revisión técnica"),
        "credit_negotiation": _("Negociación de créditos"),
        "structuring_committee": _("Comité Estructurador"),
        "favourable": _("Concepto favorable"),
        "advisory": _("Comité Asesor"),
        "advised": _("Con recomendación"),
        "approved": _("Aprobado"),
        "executing": _("En ejecución"),
        "closing": _("En cierre"),
        "closed": _("Cerrado"),
    },
    ExpedienteKind.SESSION: {
        "called": _("Convocada"),
        "open": _("Instalada"),
        "held": _("Celebrada"),
        "minuted": _("Con acta"),
        "signed": _("Acta firmada"),
    },
    ExpedienteKind.SETTLEMENT: {
        "package_open": _("Paquete abierto"),
        "package_complete": _("Paquete completo"),
        "reconciled": _("Conciliado"),
        "concept_issued": _("Con concepto previo"),
        "liquidated": _("Liquidado"),
        "closed": _("Cerrado"),
    },
    ExpedienteKind.REPORTS: {
        "collecting": _("Recepción de informes"),
        "consolidating": _("Consolidación"),
        "issued": _("Informes expedidos"),
        "closed": _("Cerrado"),
    },
    ExpedienteKind.NORMS: {
        "drafting": _("Proyecto"),
        "consultation": _("Consulta pública"),
        "in_force": _("Vigente"),
        "repealed": _("Derogado"),
    },
    ExpedienteKind.CALL: {
        "planning": _("Preparación"),
        "open": _("Abierta"),
        "selecting": _("Selección"),
        "formalising": _("Formalización"),
        "running": _("En desarrollo"),
        "closed": _("Cerrada"),
    },
}


def codes(kind: str) -> tuple[str, ...]:
    """Stage codes of a kind, in order; none for a kind that does not exist."""
    return tuple(COURSES.get(kind, {}))


def first_of(kind: str) -> str:
    """The stage in which an expediente of this kind opens; empty for an unknown kind."""
    return next(iter(codes(kind)), "")


def label_of(kind: str, stage: str) -> str:
    """Spanish label; the first stage's for an expediente that has none yet, the code itself for an unknown one."""
    return str(COURSES.get(kind, {}).get(stage or first_of(kind), stage))


def position_of(kind: str, stage: str) -> int:
    """Place of a stage in its course, from 0; an empty or unknown stage is the first."""
    course = codes(kind)
    return course.index(stage) if stage in course else 0


def has_come(kind: str, stage: str, present: str) -> bool:
    """Is a duty of `stage` due when the expediente is in `present`?"""
    return position_of(kind, stage) <= position_of(kind, present)
