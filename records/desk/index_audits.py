"""/custodia/integridad/busqueda.json and .csv: what the comparisons of the search index with the database found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from records.desk.doors import READ, desk_view
from records.desk.schedules import download
from records.rendering.tables import as_csv
from records.services.index_audits import IndexAudit, export_index_audits, index_audits_for

NAME = "comparaciones-de-la-busqueda"
HEADS = (_("Suceso"), _("Momento"), _("Comparados"), _("Hallazgo"), _("Origen"), _("Identificador"), _("Corregido"))
#: Each kind of finding, in words.
WORDS = {"missing": _("faltaba en el índice"), "extra": _("sobraba en el índice"), "differs": _("no decía lo mismo")}


@desk_view(*READ)
def report(request: HttpRequest, ending: str) -> HttpResponse:
    """The last comparisons, whole; pieces that the reader does not read are there without their identifier."""
    head = request.method == "HEAD"
    found = index_audits_for(request.user) if head else export_index_audits(request.user, f"index_audits.{ending}")
    if ending == "json":
        return JsonResponse({"audits": [as_json(one) for one in found]}, json_dumps_params={"indent": 2})
    return download(as_csv([[str(name) for name in HEADS], *rows(found)]), NAME, ending)


def as_json(audit: IndexAudit) -> dict[str, Any]:
    return {
        "event": audit.event,
        "at": audit.at.isoformat(),
        "compared": audit.compared,
        **audit.counts,
        "repaired": audit.repaired,
        "findings": [{"kind": one.kind, "source": one.source, "key": one.key or None} for one in audit.findings],
    }


def rows(found: Sequence[IndexAudit]) -> Iterator[list[Any]]:
    """A row for each finding; a comparison that found nothing has one of its own."""
    for audit in found:
        begin = [audit.event, audit.at.isoformat(), audit.compared]
        mended = str(_("sí") if audit.repaired else _("no"))
        for one in audit.findings:
            yield [*begin, str(WORDS[one.kind]), one.source, one.key, mended]
        if not audit.findings:
            yield [*begin, str(_("ninguno")), "", "", ""]
