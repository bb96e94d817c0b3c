"""What is done to a whole expediente: its stages, its support, its two closings and its reopening (E7, P3)."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from records import permissions, stages
from records.desk.acts import act_page, may_do, reason_field
from records.desk.doors import BOTH, desk_view
from records.desk.fields import DemandedChoice, sent
from records.desk.indexes import effects_of, preview_of
from records.models import Document, Expediente
from records.selectors.expedientes import list_read_in, summary_of
from records.selectors.history import Transition, transitions_of
from records.services.closing import close_expediente, close_for_good, reopen_expediente, unsettled, whose_wait
from records.services.expedientes import STAGE, advance_stage, describe_expediente
from records.vocabulary import Action, ExpedienteFormat, ExpedienteState

#: Pieces offered as evidence of a step: the last ones filed.
OFFERED = 200


class StageForm(forms.Form):
    stage = DemandedChoice(label=_("Etapa"))
    reason = reason_field(_("Motivo"), _("Qué ocurrió para que el expediente pase a esa etapa, o por qué regresa."))
    evidence = forms.ChoiceField(
        label=_("Documento que lo sustenta"), required=False, help_text=_("Una pieza de este expediente.")
    )

    def __init__(self, *args: Any, expediente: Expediente, pieces: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(str(piece.pk), f"{piece.radicado} · {piece.title}") for piece in pieces]
        self.fields["stage"].choices = stage_choices(expediente)  # type: ignore[attr-defined]
        self.fields["evidence"].choices = [("", _("Ninguno")), *offered]  # type: ignore[attr-defined]


def stage_choices(expediente: Expediente) -> list[tuple[str, Any]]:
    """The next stage first, then every earlier one, which is a return."""
    course = list(stages.COURSES.get(expediente.kind, {}).items())
    here = stages.position_of(expediente.kind, expediente.stage)
    back = [(code, _("Regresar a: %(stage)s") % {"stage": label}) for code, label in course[:here]]
    return [*((code, label) for code, label in course[here + 1 : here + 2]), *back]


@desk_view(*BOTH)
def stage(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.ADVANCE_EXPEDIENTE)
    pieces = {str(piece.pk): piece for piece in list_read_in(request.user, expediente)[:OFFERED]}
    form = StageForm(sent(request), expediente=expediente, pieces=list(pieces.values()))
    told = {
        "title": _("Cambiar etapa"),
        "submit": _("Cambiar etapa"),
        "done": _("El expediente cambió de etapa."),
        "steps": [said(step, expediente.kind) for step in reversed(transitions_of(expediente))],
        "text": _("Hoy está en «%(stage)s». Las etapas se cumplen una a una; para regresar se dice la causa.")
        % {"stage": stages.label_of(expediente.kind, expediente.stage)},
    }

    def act() -> object:
        facts = {**form.cleaned_data, "evidence": pieces.get(form.cleaned_data["evidence"])}
        return advance_stage(actor=request.user, expediente=expediente, **facts)

    return act_page(request, expediente, form, act, told)


def said(step: Transition, kind: str) -> dict[str, Any]:
    """A step already taken, in words."""
    states: dict[str, Any] = dict(ExpedienteState.choices)
    label = stages.label_of(kind, step.target) if step.machine == STAGE else states.get(step.target, step.target)
    return {"what": label, "reason": step.reason, "at": step.at, "who": step.actor or _("el sistema")}


class SupportForm(forms.Form):
    format = forms.ChoiceField(label=_("Soporte"), choices=ExpedienteFormat.choices, widget=forms.RadioSelect)
    physical_place = forms.CharField(
        label=_("Ubicación física"), max_length=300, required=False, help_text=_("Solo si es híbrido.")
    )


@desk_view(*BOTH)
def support(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.ADVANCE_EXPEDIENTE)
    present = {"format": expediente.format, "physical_place": expediente.physical_place}
    form = SupportForm(sent(request), initial=present)
    told = {
        "title": _("Soporte del expediente"),
        "submit": _("Guardar"),
        "done": _("Se anotó el soporte del expediente."),
        "text": _("En un expediente híbrido, cada pieza digitalizada necesita su ubicación física para registrarse."),
    }

    def act() -> object:
        return describe_expediente(actor=request.user, expediente=expediente, **form.cleaned_data)

    return act_page(request, expediente, form, act, told)


class ReasonForm(forms.Form):
    reason = reason_field(_("Motivo"))


class CauseForm(forms.Form):
    cause = reason_field(_("Causa"), _("La causa legal o administrativa, con su acto si lo hay."))


@desk_view(*BOTH)
def close(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """What closing does is said in numbers first, and so is everything that keeps it from closing."""
    expediente = may_do(request, key, Action.CLOSE_EXPEDIENTE)
    form, summary = ReasonForm(sent(request)), summary_of(request.user, expediente)
    told = {
        "title": _("Cerrar el expediente"),
        "submit": _("Cerrar el expediente"),
        "done": _("El expediente quedó cerrado y sus piezas, selladas."),
        "danger": True,
        "lacking": unsettled(permissions.rights_of(request.user), expediente),
        "waiting": whose_wait(expediente),
        "warning": early_closing(expediente),
        **preview_of(request, expediente),
        "effects": [
            *effects_of(request, expediente),
            _("Se sellan las piezas registradas (%(count)s de %(total)s).")
            % {"count": summary.states.get("registered", 0), "total": summary.count},
            _("No recibe más documentos, anexos ni incorporaciones, y nada suyo se anula ni cambia de etapa."),
            _("Solo la Jefatura de Contratos lo reabre, con causa."),
        ],
    }

    def act() -> object:
        return close_expediente(actor=request.user, expediente=expediente, **form.cleaned_data)

    return act_page(request, expediente, form, act, told)


def early_closing(expediente: Expediente) -> str:
    """That an expediente has not come to the end of its course, which keeps nobody from closing it; "" if it has."""
    course = list(stages.COURSES.get(expediente.kind, {}).values())
    if not course or stages.position_of(expediente.kind, expediente.stage) == len(course) - 1:
        return ""
    here = stages.label_of(expediente.kind, expediente.stage)
    return _("El expediente está en la etapa «%(here)s» y su curso termina en «%(last)s»: se cerraría antes.") % {
        "here": here,
        "last": course[-1],
    }


@desk_view(*BOTH)
def close_definitively(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.CLOSE_EXPEDIENTE)
    form = ReasonForm(sent(request))
    told = {
        "title": _("Cierre definitivo"),
        "submit": _("Cerrar definitivamente"),
        "done": _("El expediente quedó cerrado definitivamente."),
        "danger": True,
        "effects": [
            _("Se declara que prescribieron las acciones y que nada más se espera de sus %(folios)s folios.")
            % {"folios": summary_of(request.user, expediente).folios},
            _("Se hace en una fecha posterior a la del cierre administrativo."),
        ],
    }

    def act() -> object:
        return close_for_good(actor=request.user, expediente=expediente, **form.cleaned_data)

    return act_page(request, expediente, form, act, told)


@desk_view(*BOTH)
def reopen(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    expediente = may_do(request, key, Action.REOPEN_EXPEDIENTE)
    form = CauseForm(sent(request))
    told = {
        "title": _("Reabrir el expediente"),
        "submit": _("Reabrir el expediente"),
        "done": _("El expediente está abierto otra vez."),
        "danger": True,
        "effects": [
            _("Vuelve a recibir documentos y sus piezas pueden anularse; las selladas (%(count)s) siguen selladas.")
            % {"count": summary_of(request.user, expediente).states.get("sealed", 0)},
            _("La causa queda en la historia, con su nombre y la hora."),
        ],
    }

    def act() -> object:
        return reopen_expediente(actor=request.user, expediente=expediente, **form.cleaned_data)

    return act_page(request, expediente, form, act, told)
