"""`load_trd PATH --as LOGIN [--preview]`: a version of the retention schedule, previewed or loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, person
from records.schedules import Change, Fault
from records.schedules.comparing import ADDED, CHANGED, REMOVED
from records.sentences import sentence_for
from records.services.schedules import MOST_BYTES, Preview, RefusedSchedule, load_schedule, preview_schedule


class Command(JsonCommand):
    help = "Carga una versión de la tabla de retención, o muestra qué cambiaría."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", help="archivo CSV, XLSX o JSON")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")
        parser.add_argument("--preview", action="store_true", help="mostrar qué cambiaría, sin cargar nada")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        content, actor = self.content(options), person(options["login"])
        name = Path(options["path"]).name
        try:
            preview = preview_schedule(actor=actor, content=content, name=name)
            if not options["preview"]:
                load_schedule(actor=actor, content=content, name=name, seen=preview.seen)
        except RefusedSchedule as refusal:
            return refused(refusal)
        return Outcome(answer_of(preview, loaded=not options["preview"]), lines_of(preview, options["preview"]))

    def content(self, options: Mapping[str, Any]) -> bytes:
        """The bytes of the file, no more of them than a schedule may have."""
        try:
            with Path(options["path"]).open("rb") as stream:
                return stream.read(MOST_BYTES + 1)
        except (OSError, ValueError) as fault:  # ValueError: a NUL in the path
            self.usage(_("No se puede leer el archivo: %(fault)s") % {"fault": fault}, as_json=options["json"])


def answer_of(preview: Preview, *, loaded: bool) -> dict[str, Any]:
    return {
        "ok": True,
        "loaded": loaded,
        "version": preview.number,
        "digest": preview.digest,
        "in_force_from": preview.schedule.header.in_force_from,
        "closes": {"version": preview.former.number, "until": preview.closes_on} if preview.former else None,
        "expedientes": preview.bound,
        "changes": [change_of(change) for change in preview.changes],
        "notices": [told(notice) for notice in preview.notices],
    }


def change_of(change: Change) -> dict[str, Any]:
    fields = [{"column": each.column, "before": each.before, "after": each.after} for each in change.fields]
    named = {"what": change.what, "register": change.register, "code": change.code, "name": change.name}
    return {**named, "fields": fields}


def told(fault: Fault) -> dict[str, Any]:
    place = fault.place
    return {
        "where": place.where,
        "line": place.line,
        "column": place.column,
        "code": fault.code,
        "message": fault.sentence,
    }


def refused(refusal: RefusedSchedule) -> Outcome:
    """Every fault of the file, with its place."""
    message = sentence_for(refusal)
    document = {
        "ok": False,
        "error": {"code": refusal.code, "message": message},
        "faults": [told(fault) for fault in refusal.faults],
        "notices": [told(notice) for notice in refusal.notices],
    }
    lines = [f"{fault.place.where}: {fault.sentence}" for fault in refusal.faults]
    return Outcome(document, (message, *lines), fine=False)


def lines_of(preview: Preview, only_preview: bool) -> tuple[str, ...]:
    """What would change, or changed, for a person at a terminal."""
    counts = Counter(change.what for change in preview.changes)
    said = _("Se cargaría la versión %(number)s") if only_preview else _("Se cargó la versión %(number)s")
    head = [
        said % {"number": preview.number}
        + _(", que rige desde el %(day)s: %(added)s nuevas, %(removed)s que se quitan, %(changed)s que cambian.")
        % {
            "day": preview.schedule.header.in_force_from.isoformat(),
            "added": counts[ADDED],
            "removed": counts[REMOVED],
            "changed": counts[CHANGED],
        }
    ]
    if preview.former:
        facts = {"number": preview.former.number, "day": preview.closes_on, "total": preview.bound}
        head.append(_("La versión %(number)s se cierra el %(day)s; %(total)s expedientes la conservan.") % facts)
    return (*head, *(f"{notice.place.where}: {notice.sentence}" for notice in preview.notices))
