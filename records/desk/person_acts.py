"""/custodia/cargos/: roles and invitations that wait for a second person, and what was decided of them."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.desk.bandeja import asked_for
from records.desk.doors import BOTH, READ, desk_view
from records.desk.fields import DemandedText, DeskForm, show_refusal
from records.errors import RecordsError
from records.explain import shown as shown_day
from records.models import PersonAct
from records.services import person_acts as service
from records.services.rehearsal import Standing, rehearse_standing
from records.vocabulary import Action

SECTION = "/custodia/"


class RefuseForm(DeskForm):
    reason = DemandedText(label=_("Por qué no"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


@desk_view(*READ)
def person_acts(request: HttpRequest) -> HttpResponse:
    permissions.check(request.user, Action.CONFIRM_PERSON)
    rows = [{"asked": one, "what": asked_for(one)} for one in service.list_person_acts_for(request.user)]
    return render(request, "records/person_acts.html", {"rows": rows, "section": SECTION})


@desk_view(*BOTH)
def person_act(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What is asked, by whom and by what act; the buttons are for who may press them."""
    found = service.get_person_act_for(request.user, key)
    refusing = request.POST.get("act") == "refuse"
    form = RefuseForm(request.POST if refusing else None)
    if request.method == "POST" and not refusing:
        return confirmed(request, found)
    if refusing and form.is_valid():
        try:
            service.refuse(actor=request.user, asked=found, reason=form.cleaned_data["reason"])
        except RecordsError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Quedó registrado que no se confirma. Nada cambió."))
            return redirect("desk:person-act", key=key)
    return shown(request, found, form)


def confirmed(request: HttpRequest, found: PersonAct) -> HttpResponse:
    """The code of an invitation is shown in this answer and never again."""
    code = service.confirm(actor=request.user, asked=found)
    if code:
        spaced = f"{code[:5]}-{code[5:]}"
        return render(request, "records/person_code.html", {"found": found, "code": spaced, "section": SECTION})
    messages.success(request, told_confirmed(found))
    return redirect("desk:person-act", key=found.pk)


def told_confirmed(found: PersonAct) -> str:
    """Whose office and from when: it may begin on a day to come."""
    who, start = found.person.get_full_name(), found.starts_on
    if start and start > clock.today():
        return str(
            _("El cargo de %(who)s quedó confirmado. Rige desde el %(day)s.") % {"who": who, "day": shown_day(start)}
        )
    return str(_("El cargo de %(who)s quedó confirmado. Rige desde ahora.") % {"who": who})


def standing_of(found: PersonAct) -> Standing | None:
    """What the role would change; nothing where it could not be given today, which confirming will say."""
    terms = {"act": found.act, "starts_on": found.starts_on, "until": found.until}
    try:
        return rehearse_standing(actor=found.asked_by, person=found.person, role=found.role, given=True, **terms)
    except RecordsError:
        return None


def shown(request: HttpRequest, found: PersonAct, form: RefuseForm) -> HttpResponse:
    decision = getattr(found, "decision", None)
    waits = decision is None and not service.is_lapsed(found)
    may_confirm = waits and service.list_person_acts_for(request.user).filter(pk=found.pk).exists()
    context = {
        "found": found,
        "what": asked_for(found),
        "decision": decision,
        "lapsed": decision is None and not waits,
        "form": form,
        "may_confirm": may_confirm,
        "confirms": permissions.allows(request.user, Action.CONFIRM_PERSON),
        "forecast": standing_of(found) if may_confirm and found.role else None,
        "may_take_back": decision is None and found.asked_by_id == request.user.pk,
        "section": SECTION,
    }
    return render(request, "records/person_act.html", context, status=422 if form.errors else 200)
