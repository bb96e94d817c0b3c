"""/custodia/trabajos/: long work as it goes on. The page may be closed; whoever comes back finds it where it is."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from records.certificates.keeping import certificate_of, get_certificate_for
from records.desk.doors import READ, WRITE, desk_view
from records.desk.paging import page_of
from records.errors import NotFound, RecordsError
from records.models import Certificate, Job
from records.selectors.jobs import foreseen, get_job_for, lines_for, list_jobs_for, list_rows_of
from records.sentences import sentence_for
from records.services.inventories import KIND as IMPORT
from records.services.jobs import GOING, discard_job, is_unconfirmed, may_stop, resume_job, stop_job
from records.services.told import note_export
from records.vocabulary import JobState

SIZE = 25
ROWS = 100
#: What the address may ask of the rows: all of them, or those of which something is to be said.
SHOWN = ("todas", "novedades")
#: A cell that a spreadsheet would take for a formula is quoted.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Progress:
    """A job as the page tells it; times come from its rows alone, so that reading it twice tells the same."""

    job: Job

    @property
    def name(self) -> str:
        return self.job.title

    @property
    def url(self) -> str:
        return reverse("desk:job", args=[self.job.pk])

    @property
    def detail(self) -> str:
        where = [self.job.expediente.code] if self.job.expediente else []
        return " · ".join([*where, self.job.owner.get_username()])

    @property
    def total(self) -> int:
        return self.job.total

    @property
    def errors(self) -> int:
        return self.job.failed

    @property
    def done(self) -> int:
        return self.job.done + self.job.failed

    @property
    def percent(self) -> int:
        return 100 * self.done // self.job.total if self.job.total else 100

    @property
    def elapsed(self) -> str:
        return span(self.seconds) if self.done else ""

    @property
    def expected(self) -> str:
        """How long the rest would take at the pace so far."""
        if not self.done or self.job.state not in GOING:
            return ""
        return span(self.seconds / self.done * (self.job.total - self.done))

    @property
    def seconds(self) -> float:
        return float(self.job.result.get("seconds", 0.0))

    @property
    def going(self) -> bool:
        return self.job.state in GOING

    @property
    def unconfirmed(self) -> bool:
        return is_unconfirmed(self.job)

    @property
    def state(self) -> str:
        if self.unconfirmed:
            return _("Por confirmar")
        return _("Se detendrá en la fila siguiente") if self.job.stop_asked else self.job.get_state_display()

    @property
    def fault(self) -> str:
        """Why it could not go on."""
        code = str(self.job.result.get("code", ""))
        return sentence_for(RecordsError(code)) if code and self.job.state == JobState.FAILED else ""


def span(seconds: float) -> str:
    """A length of time as people say it: "40 s", "3 min 20 s", "2 h 5 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


@desk_view(*READ)
def jobs(request: HttpRequest) -> HttpResponse:
    known = list_jobs_for(request.user)
    page = page_of(request, known, ("-created_at", "-pk"), SIZE)
    context = {"page": page, "jobs": [Progress(job) for job in page.rows], "count": known.count()}
    return render(request, "records/jobs.html", context)


@desk_view(*READ)
def job(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The page, or only the part of it that changes, for the script that asks again."""
    found = get_job_for(request.user, key)
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "records/job_live.html" if part else "records/job.html", context_of(request, found))
    response.headers["Vary"] = "HX-Request, Cookie"
    return response


def context_of(request: HttpRequest, found: Job) -> dict[str, Any]:
    shown = request.GET.get("ver", "") if request.GET.get("ver") in SHOWN else "todas"
    page = page_of(request, list_rows_of(found, with_novelty=shown == "novedades"), ("number",), ROWS)
    told = list_rows_of(found, with_novelty=True).count()
    progress = Progress(found)
    return {
        "progress": progress,
        "foreseen": foreseen(found) if progress.unconfirmed else None,
        "receipt": found.kind == IMPORT and found.done and found.owner_id == request.user.pk,
        "job": found,
        "certificate": made_by(request, found),
        "page": page,
        "lines": lines_for(request.user, found, page.rows),
        "shown": shown,
        "tabs": [
            {"url": "?ver=todas", "label": _("Todas"), "count": found.total, "current": shown == "todas"},
            {"url": "?ver=novedades", "label": _("Con novedad"), "count": told, "current": shown != "todas"},
        ],
        "may_stop": found.state in GOING and not found.stop_asked and may_stop(request.user, found),
        "may_resume": is_resumable(found) and found.owner_id == request.user.pk,
        "section": "/custodia/trabajos/",
    }


def made_by(request: HttpRequest, found: Job) -> Certificate | None:
    """The certificate that the job made, for whoever may have it."""
    made = certificate_of(found)
    try:
        return get_certificate_for(request.user, made.pk) if made else None
    except NotFound:
        return None


def is_resumable(found: Job) -> bool:
    return found.state in (JobState.STOPPED, JobState.FAILED) or found.stop_asked


@desk_view(*WRITE)
def stop(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_job_for(request.user, key)
    stop_job(actor=request.user, job=found)
    messages.success(request, _("El trabajo se detiene en la fila siguiente. Lo hecho queda hecho."))
    return redirect("desk:job", key=found.pk)


@desk_view(*WRITE)
def resume(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_job_for(request.user, key)
    begun = _("El trabajo empezó.") if is_unconfirmed(found) else _("El trabajo sigue con las filas que faltan.")
    resume_job(actor=request.user, job=found)
    messages.success(request, f"{begun} {_('Puede cerrar esta página y volver.')}")
    return redirect("desk:job", key=found.pk)


@desk_view(*WRITE)
def discard(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    found = get_job_for(request.user, key)
    discard_job(actor=request.user, job=found)
    messages.success(request, _("Se descartó lo preparado. Nada se había radicado."))
    return redirect("desk:jobs")


@desk_view(*READ)
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Every row on one page, to print."""
    found = get_job_for(request.user, key)
    if request.method == "GET":
        note_export(actor=request.user, subject=found, what="job_report")
    lines = lines_for(request.user, found, list_rows_of(found))
    context = {"progress": Progress(found), "job": found, "lines": lines, "section": "/custodia/trabajos/"}
    return render(request, "records/job_report.html", context)


@desk_view(*READ)
def export(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Every row as CSV."""
    found = get_job_for(request.user, key)
    if request.method == "GET":
        note_export(actor=request.user, subject=found, what="job_rows")
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(["fila", "qué", "resultado", "explicación", "radicado", "documento"])
    for line in lines_for(request.user, found, list_rows_of(found)):
        row = (line.number, line.label, line.state_label, line.sentence, line.radicado, line.document or "")
        writer.writerow([plain(cell) for cell in row])
    response = HttpResponse("\ufeff" + sheet.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="trabajo-{found.pk}.csv"'
    return response


def plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
