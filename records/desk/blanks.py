"""Tables from which to begin a manifest or an inventory, with their heads; a manifest lists what already waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from records.desk.doors import READ, desk_view
from records.desk.filing import open_to
from records.models import Draft, Expediente
from records.permissions import Actor
from records.rendering.tables import Rows, as_csv, as_xlsx
from records.services.importing import waiting_drafts
from records.services.told import note_export

#: Heads as people call them; the readers of both tables know them.
MANIFEST = ("ruta", "sha256", "tipo documental", "fecha", "título", "anexo", "autor", "origen")
INVENTORY = (
    *("archivo", "tipo documental", "fecha", "título", "autor", "origen", "anexo"),
    *("depósito", "caja", "carpeta", "tomo", "folios", "observaciones"),
)
#: Ending of the file → its media type and what writes it, under the sheet's name.
FORMATS: Mapping[str, tuple[str, Callable[[Rows, str], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda rows, _title: as_csv(rows)),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


@desk_view(*READ)
def manifest(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponse:
    """A manifest with a row for each file of this person that waits here, by its name and its SHA-256."""
    expediente = open_to(request, key)
    if request.method == "GET":
        note_export(actor=request.user, subject=expediente, what="manifest")
    rows = [MANIFEST, *waiting_rows(request.user, expediente)]
    return download(rows, f"manifiesto-{expediente.pk}", _("Manifiesto"), ending)


def waiting_rows(actor: Actor, expediente: Expediente) -> list[tuple[str, ...]]:
    """What is known of each draft; of two with the same name the newest, which is the one that would be filed."""
    drafts = Draft.objects.in_bulk(list(waiting_drafts(actor, expediente).values()))
    named = sorted(drafts.values(), key=lambda draft: draft.original_name)
    return [
        (draft.original_name, draft.digest, draft.tipo, f"{draft.date or ''}", draft.title, "", "", "")
        for draft in named
    ]


@desk_view(*READ)
def inventory(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponse:
    """The heads of an inventory."""
    open_to(request, key)
    return download([INVENTORY], "plantilla-inventario", _("Inventario"), ending)


def download(rows: Rows, name: str, title: str, ending: str) -> HttpResponse:
    media_type, write = FORMATS[ending]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(write(rows, title), content_type=media_type, headers=headers)
