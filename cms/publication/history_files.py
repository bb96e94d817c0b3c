"""The public history of a project as files: the states with what changed as JSON, the changes alone as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from cms.core.kept_pages import same_for_everybody
from cms.publication import comparing, history
from cms.publication.formats import inert
from cms.publication.models import PublishedProject

COLUMNS = ("numero", "fecha", "correccion", "nota", "huella", "dato", "antes", "despues")


@require_safe
@same_for_everybody
def as_json(_request: HttpRequest, slug: str) -> JsonResponse:
    """`[{"numero", "fecha", "direccion", "correccion", "nota", "huella", "cambios": [{"dato", "antes", "despues"}],
    "ficha": {…}}]`, oldest first; `huella` is the SHA-256 of `ficha` with sorted keys and no spaces, UTF-8."""
    states = [{**_head(state), "cambios": changes, "ficha": state.card} for state, changes in _told(slug)]
    return JsonResponse(states, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
@same_for_everybody
def as_csv(_request: HttpRequest, slug: str) -> HttpResponse:
    """A line for each fact that changed, and one for the first state, of which nothing changed yet."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    for state, changes in _told(slug):
        rows = [{**_head(state), **change} for change in changes or [{}]]
        writer.writerows({name: inert(row.get(name, "")) for name in COLUMNS} for row in rows)
    response = HttpResponse(f"\ufeff{text.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="historia-{slug}.csv"'
    return response


def _told(slug: str) -> list[tuple[history.State, list[dict[str, str]]]]:
    project = PublishedProject.objects.filter(slug=slug).first()
    if project is None:
        raise Http404
    states = history.states_of(project)
    pairs = zip([None, *states], states, strict=False)
    return [(state, [_change(one) for one in comparing.differences(former, state)]) for former, state in pairs]


def _head(state: history.State) -> dict[str, Any]:
    return {
        "numero": state.number,
        "fecha": localtime(state.at).isoformat(timespec="seconds"),
        "direccion": state.url,
        "correccion": state.correction,
        "nota": state.note,
        "huella": state.digest,
    }


def _change(one: comparing.Difference) -> dict[str, str]:
    return {"dato": one.label, "antes": one.before, "despues": one.after}
