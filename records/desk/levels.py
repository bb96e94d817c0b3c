"""Levels: the proposal with its legal grounds, and the decision of another person."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from records import permissions, policies
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedChoice, DemandedDay, DemandedText, sent, show_refusal
from records.desk.foreseeing import foreseen, is_rehearsal, rehearsed
from records.desk.paging import page_of
from records.desk.words import told_at_desk
from records.errors import AccessDenied, RecordsError
from records.models import ClassificationAct, Document
from records.selectors.documents import current_act, get_document_for, pending_act, returned_act
from records.selectors.people import list_answering
from records.selectors.resentencing import list_resentencings_for
from records.selectors.worklists import list_acts_for
from records.services.classification import (
    COLUMNS,
    approve_act,
    get_act_for,
    levels_open_to,
    propose_level,
    return_act,
)
from records.services.rehearsal import Forecast, is_brief, moved_with, rehearse_decision, rehearse_level
from records.vocabulary import Action, ActState, Level, Reason

SIZE = 25
LEVELS = [(code, label) for code, label in Level.choices if code != Level.UNCLASSIFIED]
EXTENTS = (("", _("Elija")), ("total", _("Total: toda la pieza")), ("partial", _("Parcial: solo una parte")))
ARTICLES = (("", _("Elija")), ("18", _("18: información clasificada")), ("19", _("19: información reservada")))
LAW = "Ley 1712 de 2014"
#: Who reads a piece of each level, in one sentence (Ley 1712 de 2014 and the matrix of roles).
READERS: dict[str, Any] = {
    Level.UNCLASSIFIED: _("La leen quien la radicó, el Grupo de Contratos y su custodio, hasta que tenga nivel."),
    Level.PUBLIC: _("La lee toda persona que entra a custodia; puede publicarse por decisión aparte."),
    Level.RESTRICTED: _(
        "La leen el Grupo y la Jefatura de Contratos, la Secretaría General, quien supervisa el convenio"
        " y quien tenga concesión."
    ),
    Level.RESERVED: _(
        "La leen su custodio por designación y quien tenga concesión a su nombre sobre esta pieza. Nadie más."
    ),
}


class LevelForm(forms.Form):
    """The whole legal ground of a restriction; a public piece needs only the level (arts. 18 to 22 and 28)."""

    level = forms.ChoiceField(label=_("Nivel que se propone"), choices=LEVELS, widget=forms.RadioSelect)
    norm = DemandedText(
        label=_("Norma"),
        max_length=200,
        initial=LAW,
        help_text=_("La ley que permite negar el acceso. Una cláusula contractual no basta."),
    )
    article = DemandedChoice(label=_("Artículo"), choices=ARTICLES)
    literal = DemandedText(label=_("Literal"), max_length=20, help_text=_("La letra de la excepción, p. ej. c."))
    reason = forms.ChoiceField(
        label=_("Razón"), required=False, choices=[("", _("La que se deduce del literal")), *Reason.choices]
    )
    harm_present = DemandedText(label=_("Por qué el daño es presente"), widget=forms.Textarea(attrs={"rows": 2}))
    harm_probable = DemandedText(label=_("Por qué el daño es probable"), widget=forms.Textarea(attrs={"rows": 2}))
    harm_specific = DemandedText(label=_("Por qué el daño es específico"), widget=forms.Textarea(attrs={"rows": 2}))
    balance = DemandedText(
        label=_("Ponderación"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Por qué el daño pesa más que el interés público en conocerla (art. 28)."),
    )
    extent = DemandedChoice(label=_("Alcance"), choices=EXTENTS)
    generated = DemandedDay(label=_("La información se generó el"))
    until = DemandedDay(
        label=_("La restricción termina el"),
        help_text=_("Una reserva dura quince años como máximo desde que se generó (art. 22)."),
    )
    responsible = DemandedChoice(
        label=_("Persona responsable"), help_text=_("Alguien de las oficinas de contratos o que supervise.")
    )
    safe_title = DemandedText(label=_("Denominación que puede conocer el público"), max_length=300)

    def __init__(self, *args: Any, levels: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [pair for pair in LEVELS if pair[0] in levels]  # type: ignore[attr-defined]
        self.restricts = bool(set(levels) & set(policies.ARTICLES))
        if not self.restricts:
            self.fields = {"level": self.fields["level"]}
            return
        people = [
            (person.get_username(), f"{person.get_full_name()} ({person.get_username()})")
            for person in list_answering()
        ]
        self.fields["responsible"].choices = [("", _("Elija")), *people]  # type: ignore[attr-defined]

    def grounds(self) -> dict[str, Any]:
        facts = {name: value for name, value in self.cleaned_data.items() if name != "level"}
        harm = {part: facts.pop(f"harm_{part}", "") for part in ("present", "probable", "specific")}
        return {**facts, "harm": harm}


@desk_view(*BOTH)
def propose(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    piece = get_document_for(request.user, key)
    permissions.check(request.user, Action.PROPOSE_LEVEL, piece)
    levels, refusals = levels_open_to(request.user, piece)
    form = LevelForm(sent(request), levels=levels, initial=initial_of(piece))
    forecast = None
    if request.method == "POST" and form.is_valid():
        if "rehearse" in request.POST:
            forecast = rehearsed(form, partial(rehearse_proposal, request, piece, form))
        elif act := proposed(request, piece, form):
            messages.success(request, effect_of(piece, act))
            return redirect("desk:document", key=piece.pk)
    context = {
        "piece": piece,
        "forecast": forecast,
        "form": form,
        "withheld": [told_at_desk(refusal) for refusal in refusals],
        "act": current_act(piece),
        "proposal": pending_act(piece),
        "returned": returned_act(piece),
        "inherited": is_inherited(piece),
        "readers": [{"level": code, "sentence": READERS[code]} for code, _label in LEVELS],
        "section": "/custodia/expedientes/",
    }
    return render(request, "records/level_form.html", context, status=422 if form.errors else 200)


def is_inherited(piece: Document) -> bool:
    """Does it stand at a level that nobody approved for it?"""
    return piece.level != Level.UNCLASSIFIED and not policies.has_own_level(piece)


def initial_of(piece: Document) -> dict[str, Any]:
    """Of a piece that entered with the level of another, the grounds it stands on: they are confirmed or changed."""
    act = current_act(piece) if is_inherited(piece) else None
    stands = {name: getattr(act, name) for name in COLUMNS if getattr(act, name)} if act else {}
    if act and act.responsible:
        stands["responsible"] = act.responsible.get_username()
    return {"generated": piece.date, "level": piece.level, **stands}


def effect_of(piece: Document, act: ClassificationAct) -> Any:
    return STILL_TO_APPROVE if act.state == ActState.IN_FORCE and is_inherited(piece) else EFFECT[act.state]


STILL_TO_APPROVE = _(
    "El nivel subió y rige desde ahora. La pieza sigue por clasificar: proponga ese mismo nivel para que otra persona"
    " lo apruebe."
)
EFFECT: dict[str, Any] = {
    ActState.PROPOSED: _("La propuesta quedó por aprobar. Hasta entonces la pieza conserva su nivel."),
    ActState.IN_FORCE: _("El nivel subió y rige desde ahora. Quien lo aprueba puede revisarlo después."),
}


def proposed(request: HttpRequest, piece: Document, form: LevelForm) -> ClassificationAct | None:
    try:
        return propose_level(
            actor=request.user, document=piece, level=form.cleaned_data["level"], grounds=form.grounds()
        )
    except RecordsError as refusal:
        show_refusal(form, refusal)
        return None


def rehearse_proposal(request: HttpRequest, piece: Document, form: LevelForm) -> Forecast:
    """Who would read the piece, and who no longer, once the level ruled."""
    return rehearse_level(actor=request.user, document=piece, level=form.cleaned_data["level"], grounds=form.grounds())


@desk_view(*READ)
def acts(request: HttpRequest) -> HttpResponse:
    """Proposals this person may decide, oldest first: levels, and changes of retention."""
    if not any(permissions.allows(request.user, action) for action in (Action.APPROVE_LEVEL, Action.APPROVE_TRD)):
        raise AccessDenied(action=Action.APPROVE_LEVEL)
    waiting, changes = list_acts_for(request.user), list_resentencings_for(request.user)
    context = {
        "page": page_of(request, waiting, ("proposed_at", "pk"), SIZE),
        "count": waiting.count(),
        "changes": changes[:SIZE],
        "changes_count": changes.count(),
    }
    return render(request, "records/acts.html", context)


class ReturnForm(forms.Form):
    observations = DemandedText(
        label=_("Qué debe corregirse"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Una frase basta; quien propuso la leerá."),
    )


@desk_view(*BOTH)
def act(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One act, for whoever reads its piece: what it changes, side by side, and the two decisions."""
    found = get_act_for(request.user, key)
    piece = get_document_for(request.user, found.document_id)
    form = ReturnForm(sent(request))
    if request.method == "POST" and not is_rehearsal(request):
        try:
            return decided(request, found, form)
        except RecordsError as refusal:
            if isinstance(refusal, AccessDenied):
                raise
            form.is_valid()
            show_refusal(form, refusal)
    context = {**act_context(request, found, piece, form), **effect_context(request, found, form)}
    return render(request, "records/act.html", context, status=422 if form.is_bound and form.errors else 200)


def effect_context(request: HttpRequest, found: ClassificationAct, form: ReturnForm) -> dict[str, Any]:
    """What approving would change, for who may approve it: at once where little is to be judged, else when asked."""
    if not list_acts_for(request.user).filter(pk=found.pk).exists():
        return {"may_decide": False}
    rehearse, brief = partial(rehearse_decision, actor=request.user, act=found), is_brief(moved_with(found.document))
    asked = rehearsed(form, rehearse) if is_rehearsal(request) else foreseen(request, rehearse, brief=brief)
    return {"may_decide": True, "forecast": asked, "brief": brief}


def decided(request: HttpRequest, found: ClassificationAct, form: ReturnForm) -> HttpResponse:
    """Approve, or return with a sentence: whichever button was pressed."""
    if request.POST.get("decision") == "approve":
        approve_act(actor=request.user, act=found)
        messages.success(request, _("Se aprobó el nivel. Rige desde ahora."))
    else:
        form.is_valid()
        return_act(actor=request.user, act=found, observations=form.cleaned_data.get("observations", ""))
        messages.success(request, _("Se devolvió la propuesta. La pieza conserva el nivel que tenía."))
    return redirect("desk:acts")


def former_of(request: HttpRequest, found: ClassificationAct) -> Document | None:
    """The piece whose level this act gives to another, for whoever reads it."""
    former = found.inherited_from
    return former if former and permissions.allows(request.user, Action.VIEW, former) else None


def sides_of(found: ClassificationAct) -> Iterator[dict[str, Any]]:
    """Before and after; a level with which the piece entered has no before."""
    before = found.previous_level
    if found.inherited_from_id is None:
        title = _("Antes") if found.state != ActState.PROPOSED else _("Hoy")
        yield {"title": title, "level": before, "readers": READERS[before]}
    yield {"title": _("Con este acto"), "level": found.level, "readers": READERS[found.level]}


def act_context(request: HttpRequest, found: ClassificationAct, piece: Document, form: ReturnForm) -> dict[str, Any]:
    return {
        "act": found,
        "former": former_of(request, found),
        "piece": piece,
        "form": form,
        "sides": list(sides_of(found)),
        "viewer_url": reverse("desk:document", args=[piece.pk]),
        "section": "/custodia/aprobaciones/",
    }
