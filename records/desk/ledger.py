"""/custodia/bitacora/: the ledger for whoever may consult it. It tells acts, never titles of what is not public."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.audit import ACTIONS, DONE, FAILED, REFUSED
from records.desk import ledger_lines, ledger_rows
from records.desk.doors import READ, WRITE, desk_view
from records.desk.fields import DAY_FORMATS
from records.desk.paging import AFTER, BEFORE, page_of
from records.rendering.tables import as_csv
from records.selectors.bitacora import (
    ALONE,
    SHOWN,
    Sought,
    count_sought_for,
    find_last_verification,
    list_sought_for,
)
from records.services.ledger_check import ask_verification
from records.services.told import note_export, note_ledger_search

SIZE = 50
#: Filter in the address → what it asks. Values are matched whole: the ledger is indexed by them.
FILTERS = {
    "documento": "object",
    "persona": "person",
    "acto": "action",
    "expediente": "expediente",
    "resultado": "result",
    "sistema": "system",
}
#: What the address may say of the system's own routine.
SYSTEM = {"mostrar": SHOWN, "solo": ALONE}
DAYS = {"desde": "since", "hasta": "until"}
RESULTS = ((DONE, gettext_lazy("Se hizo")), (REFUSED, gettext_lazy("Se negó")), (FAILED, gettext_lazy("Con novedad")))
LONGEST = 150
#: Rows of an export written at once.
AT_ONCE = 1_000


@desk_view(*READ)
def ledger(request: HttpRequest) -> HttpResponse:
    sought = sought_in(request)
    events = list_sought_for(request.user, sought)
    if sought and request.method == "GET":
        further = bool({AFTER, BEFORE} & request.GET.keys()) and not sought.expediente  # whose code no event tells
        note_ledger_search(actor=request.user, sought=sought.told(), further=further)
    page = page_of(request, events, ("-index",), SIZE)
    count, left_out = count_sought_for(request.user, sought)
    lines = ledger_lines.told(request.user, page.rows)
    context = {
        "page": page,
        "lines": lines,
        "about": about(sought, lines),
        "count": count,
        "left_out": left_out,
        "routine_hidden": sought.leaves_routine_out,
        "routine_url": with_routine(request),
        "strange_days": strange_days(request),
        "asked": asked_in(request),
        "filtered": bool(sought),
        "heading": heading_of(sought),
        "query": request.GET.urlencode(),
        "actions": sorted(ACTIONS.items(), key=lambda row: row[1]),
        "results": RESULTS,
        "verified": find_last_verification(request.user),
    }
    return render(request, "records/ledger.html", context)


def asked_in(request: HttpRequest) -> dict[str, str]:
    """What each field of the form was given, as far as a field takes it."""
    names = (*FILTERS, *DAYS)
    return {name: request.GET.get(name, "")[:LONGEST].replace("\x00", "").strip() for name in names}


def sought_in(request: HttpRequest) -> Sought:
    """What the address asks for; what is no day counts as nothing."""
    asked = asked_in(request)
    texts = {field: asked[name] for name, field in FILTERS.items()}
    texts["system"] = SYSTEM.get(asked["sistema"], "")
    return Sought(**texts, **{field: day_of(asked[name]) for name, field in DAYS.items()})  # type: ignore[arg-type]


def day_of(text: str) -> datetime.date | None:
    """A day as the desk's other fields take it; the ends of the calendar are no moments of any zone."""
    for form in DAY_FORMATS:
        with contextlib.suppress(ValueError):
            day = datetime.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            return day if 1900 <= day.year <= 2999 else None
    return None


def strange_days(request: HttpRequest) -> list[str]:
    """What was written for a day and is none: the list is then longer than was meant, and its reader must know."""
    asked = asked_in(request)
    return [asked[name] for name in DAYS if asked[name] and not day_of(asked[name])]


def with_routine(request: HttpRequest) -> str:
    """The same question, the routine of the system shown too."""
    kept = {name: value for name, value in asked_in(request).items() if value}
    return "?" + urlencode({**kept, "sistema": "mostrar"})


def heading_of(sought: Sought) -> str:
    """One object's whole life and one person's acts are pages people ask for by name."""
    if sought.object:
        return _("Vida de un objeto")
    return _("Actos de una persona") if sought.person else _("Bitácora")


def about(sought: Sought, lines: Sequence[ledger_lines.Line]) -> str:
    """Whose life or acts these are, by the name that the lines themselves show; "" when none is asked."""
    if not lines or not (sought.object or sought.person):
        return ""
    return lines[0].title or lines[0].object_name if sought.object else lines[0].name


@desk_view(*READ)
def export(request: HttpRequest) -> HttpResponseBase:
    """The events asked for as CSV, newest first, a few at a time: a whole ledger takes no more memory than a page."""
    sought = sought_in(request)
    events = list_sought_for(request.user, sought)
    headers = {"Content-Disposition": 'attachment; filename="bitacora.csv"', "X-Content-Type-Options": "nosniff"}
    if request.method == "HEAD":
        return StreamingHttpResponse((), content_type=ledger_rows.MEDIA_TYPE, headers=headers)
    note_export(actor=request.user, subject="ledger", what="ledger", sought=sought.told())
    return StreamingHttpResponse(written(events), content_type=ledger_rows.MEDIA_TYPE, headers=headers)


def written(events: Any) -> Iterator[bytes]:
    yield as_csv([ledger_rows.HEADS])
    some: list[tuple[Any, ...]] = []
    for event in events.iterator(chunk_size=AT_ONCE):
        some.append(ledger_rows.row_of(event))
        if len(some) == AT_ONCE:
            yield as_csv(some).removeprefix(ledger_rows.MARK)
            some = []
    yield as_csv(some).removeprefix(ledger_rows.MARK)


@desk_view(*WRITE)
def verify(request: HttpRequest) -> HttpResponse:
    """Read the whole ledger, in a job: its page tells what was found."""
    job = ask_verification(actor=request.user)
    messages.success(request, _("Se empezó a verificar la bitácora. Puede cerrar esta página y volver."))
    return redirect("desk:job", key=job.pk)
