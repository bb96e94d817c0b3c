"""One's own drafts: the list of those by completing, the form that files one without sending it again, discarding."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records import clock, conf
from records.desk.doors import BOTH, READ, desk_view, wants_json
from records.desk.draft_facts import facts_of, lacking, told
from records.desk.fields import sent, show_refusal
from records.desk.filing import DescribedForm, faults_json, offered_in
from records.desk.paging import page_of
from records.desk.words import told_at_desk
from records.errors import DuplicateFiling, NotFound, RecordsError
from records.http import status_for
from records.models import Draft
from records.selectors.drafts import DraftLine, get_draft_for, line_for, lines_for, list_drafts_for
from records.services.drafts import describe_draft, discard_draft, ends_at, file_draft, settled
from records.services.filing import FilingMetadata, FilingReceipt
from records.vocabulary import DraftState

SIZE = 25
SECTION = "/custodia/expedientes/"


@desk_view(*READ)
def drafts(request: HttpRequest) -> HttpResponse:
    """What this person sent and has not filed, the oldest first."""
    own = list_drafts_for(request.user)
    page = page_of(request, own, ("created_at", "pk"), SIZE)
    context = {
        "page": page,
        "count": own.count(),
        "lines": [shown(line) for line in lines_for(request.user, page.rows)],
        "limits": conf.draft_limits(),
        "section": SECTION,
    }
    return render(request, "records/drafts.html", context)


def shown(line: DraftLine) -> dict[str, Any]:
    """A line as the list tells it: what it lacks, for how many days it has waited, and until when it is kept."""
    draft = line.draft
    return {
        "line": line,
        "draft": draft,
        "lacking": lacking(line),
        "days": (clock.today() - timezone.localdate(draft.created_at)).days,
        "until": timezone.localdate(ends_at(draft)),
    }


@desk_view(*BOTH)
def draft(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What is said of one file, and filing it; for the page's script as JSON."""
    found = settled(request.user, get_draft_for(request.user, key))
    if found.state == DraftState.FILED:
        return answer(request, found, given(request, found))
    form = form_for(request, found)
    if request.method != "POST":
        return form_page(request, found, form)
    if not form.is_valid():
        keep(request, found, form)
        return faults_json(form) if wants_json(request) else form_page(request, found, form)
    return filed(request, found, form)


def filed(request: HttpRequest, found: Draft, form: DescribedForm) -> HttpResponse:
    try:
        receipt = file_draft(actor=request.user, draft=found, metadata=form.metadata(), duplicate=form.decision())
    except NotFound:
        raise
    except RecordsError as refusal:
        if wants_json(request):
            body = {"ok": False, "code": refusal.code, "sentence": told_at_desk(refusal)}
            return JsonResponse(
                {**body, "draft": facts_of(request.user, line_for(request.user, found))}, status=status_for(refusal)
            )
        show_refusal(form, refusal)
        form.repeated = isinstance(refusal, DuplicateFiling)
        return form_page(request, found, form)
    return answer(request, found, receipt)


def given(request: HttpRequest, found: Draft) -> FilingReceipt:
    """The receipt of what is filed already: the same one, however often it is asked for."""
    metadata = FilingMetadata(tipo=found.tipo, date=found.date or clock.today())
    return file_draft(actor=request.user, draft=found, metadata=metadata)


def answer(request: HttpRequest, found: Draft, receipt: FilingReceipt) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"ok": True, "batch": str(found.batch), **told(request.user, receipt)}, status=201)
    return redirect("desk:receipt", key=receipt.document)


def form_for(request: HttpRequest, found: Draft) -> DescribedForm:
    said = {"tipo": found.tipo, "date": found.date, "title": found.title}
    form = DescribedForm(sent(request), **offered_in(request, found.expediente), initial=said)
    offered = found.suggestion
    if offered.get("tipo"):
        form.fields["tipo"].help_text = _("Sugerido: %(what)s (%(why)s).") % {
            "what": offered["tipo_name"], "why": offered["tipo_why"]
        }  # fmt: skip
    if offered.get("date"):
        form.fields["date"].help_text = _("Sugerida: %(what)s (%(why)s).") % {
            "what": offered["date"], "why": offered["date_why"]
        }  # fmt: skip
    return form


def keep(request: HttpRequest, found: Draft, form: DescribedForm) -> None:
    """What was rightly said is not asked for again."""
    if found.state == DraftState.WAITING:
        said = form.cleaned_data
        describe_draft(
            actor=request.user,
            draft=found,
            tipo=said.get("tipo", ""),
            date=said.get("date"),
            title=said.get("title", ""),
        )


def form_page(request: HttpRequest, found: Draft, form: DescribedForm) -> HttpResponse:
    line = line_for(request.user, found)
    context = {
        "form": form,
        "draft": found,
        "line": line,
        "lacking": lacking(line),
        "ready": found.state == DraftState.WAITING,
        "back_url": reverse("desk:documents", args=[found.expediente_id]),
        "section": SECTION,
    }
    return render(request, "records/draft.html", context, status=422 if form.errors else 200)


@desk_view(*BOTH)
def discard(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Asked once more before its bytes go."""
    found = get_draft_for(request.user, key)
    if request.method != "POST":
        context = {"draft": found, "line": line_for(request.user, found), "section": SECTION}
        return render(request, "records/draft_discard.html", context)
    discard_draft(actor=request.user, draft=found)
    messages.success(request, _("Se descartó el archivo. No se radicó."))
    return redirect("desk:drafts")
