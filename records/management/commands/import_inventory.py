"""`import_inventory INVENTORY --folder DIR --expediente CODE|column --as LOGIN`: what an office had, row by row.

It goes on where it was left: `--resume JOB`, or the same command again, files no row twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records import permissions
from records.commanding import JsonCommand, Outcome, Refused, person
from records.errors import RecordsError
from records.models import Expediente, Job, JobRow
from records.selectors.expedientes import get_expediente_by_code_for
from records.selectors.jobs import get_job_for
from records.services import jobs
from records.services.folders import anywhere
from records.services.importing import in_folder, start_import, told_beforehand
from records.services.inventories import KIND, Plan, Planned, plan_import, read_inventory
from records.services.receiving import DuplicateDecision
from records.vocabulary import Action, JobState, RowState

Row = dict[str, Any]
#: What `--expediente` says when each row names its own.
BY_COLUMN = ("column", "columna")
STATES = {
    RowState.PENDING: "pending",
    RowState.DONE: "filed",
    RowState.SKIPPED: "already",
    RowState.FAILED: "failed",
}


class Command(JsonCommand):
    help = "Radica lo que un inventario (XLSX o CSV) enumera, con los archivos de una carpeta y un resultado por fila."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("inventory", nargs="?", metavar="INVENTORY", help="el inventario: XLSX o CSV")
        parser.add_argument("--folder", metavar="DIR", help="carpeta de los archivos; nada fuera de ella se lee")
        parser.add_argument("--expediente", metavar="CODE|column", help="un código, o «column»: el que diga cada fila")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")
        parser.add_argument("--preview", action="store_true", help="dice qué se haría y no radica nada")
        parser.add_argument("--resume", metavar="JOB", help="sigue un trabajo interrumpido donde quedó")
        parser.add_argument("--duplicate", choices=("link", "keep"), help="si ya está: vincular o conservar ambos")
        parser.add_argument("--reason", default="", metavar="T", help="motivo para conservar ambos")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        self.check_usage(options)
        actor = person(options["login"])
        if options["resume"]:
            found = get_job_for(actor, options["resume"])
            return self.done(jobs.resume_job(actor=actor, job=check_kind(found), here=True))
        plan = self.plan(actor, options)
        if options["preview"]:
            return previewed(plan)
        job = start_import(
            actor=actor, plan=plan, folder=Path(options["folder"]), duplicate=decision_of(options), here=True
        )
        return self.done(job)

    def check_usage(self, options: Mapping[str, Any]) -> None:
        faults = []
        if not options["resume"]:
            asked = (("INVENTORY", "inventory"), ("--folder", "folder"), ("--expediente", "expediente"))
            faults += [_("Falta %(what)s.") % {"what": what} for what, name in asked if not options[name]]
        if options["folder"] and not Path(options["folder"]).is_dir():
            faults.append(_("--folder no es una carpeta."))
        if options["duplicate"] == "keep" and not options["reason"].strip():
            faults.append(_("--duplicate keep exige --reason."))
        if faults:
            self.usage(" ".join(faults), as_json=options["json"])

    def plan(self, actor: Any, options: Mapping[str, Any]) -> Plan:
        expediente = expediente_of(actor, options["expediente"])
        inventory = read_inventory(anywhere(options["inventory"]), expediente)
        return plan_import(actor, inventory, expediente, in_folder(Path(options["folder"])))

    def done(self, job: Job) -> Outcome:
        """The job worked to its end here, and what became of each row. Raises what kept it from going on."""
        try:
            job = jobs.finish_here(job, self.meter(_("Importando")))
        except RecordsError as outage:
            jobs.give_up(job.pk)
            message = _("El trabajo %(job)s quedó a medias; sígalo con --resume.") % {"job": job.pk}
            raise Refused(outage.code, message) from outage
        rows = [row_of(row) for row in job.rows.select_related("document").order_by("number")]
        return outcome_of(rows, str(job.pk), list(job.parameters["ignored"]), finished=job.state == JobState.DONE)


def expediente_of(actor: Any, asked: str) -> Expediente | None:
    """The one expediente, or None where each row names its own. Raises NotFound or AccessDenied."""
    if asked in BY_COLUMN:
        return None
    found = get_expediente_by_code_for(actor, asked)
    permissions.check(actor, Action.FILE, found)
    return found


def check_kind(job: Job) -> Job:
    if job.kind != KIND or not job.parameters.get("folder"):
        raise Refused("not_an_import", _("Ese trabajo no es una importación por carpeta."))
    return job


def decision_of(options: Mapping[str, Any]) -> DuplicateDecision | None:
    return DuplicateDecision(options["duplicate"], options["reason"]) if options["duplicate"] else None


def previewed(plan: Plan) -> Outcome:
    return outcome_of([planned_row(row) for row in plan.rows], None, list(plan.inventory.ignored), finished=True)


def planned_row(row: Planned) -> Row:
    code, message = told_beforehand(row)
    state = "already" if row.already else "lacks" if row.lacks else "ready"
    return {
        "row": row.line.number,
        "file": row.line.file,
        "state": state,
        "ok": not row.lacks,
        "expediente": row.line.expediente,
        "document": row.line.filed or None,
        "radicado": None,
        "error": {"code": code, "message": message} if row.lacks else None,
    }


def row_of(row: JobRow) -> Row:
    return {
        "row": row.facts["number"],
        "file": row.facts["file"],
        "state": STATES[RowState(row.state)],
        "ok": row.state in (RowState.DONE, RowState.SKIPPED),
        "expediente": row.facts["expediente"],
        "document": str(row.document_id) if row.document_id else None,
        "radicado": row.document.radicado if row.document else None,
        "error": {"code": row.code, "message": row.sentence} if row.state == RowState.FAILED else None,
    }


def outcome_of(rows: list[Row], job: str | None, ignored: list[str], *, finished: bool) -> Outcome:
    counts = {state: sum(1 for row in rows if row["state"] == state) for state in dict.fromkeys(COUNTED[job is None])}
    fine = finished and all(row["ok"] for row in rows)
    document = {"ok": fine, "job": job, "total": len(rows), **counts, "ignored_columns": ignored, "rows": rows}
    return Outcome(document, tuple(lines_of(document)), fine=fine)


#: What is counted of an import, and of its preview.
COUNTED = {False: ("filed", "already", "failed", "pending"), True: ("ready", "already", "lacks")}


def lines_of(document: Mapping[str, Any]) -> list[str]:
    counted = ", ".join(f"{document[state]} {WORDS[state]}" for state in WORDS if state in document)
    lines = [_("%(total)d filas: %(counted)s") % {"total": document["total"], "counted": counted}]
    if document["ignored_columns"]:
        lines.append(_("Columnas que no se usan: %(names)s") % {"names": ", ".join(document["ignored_columns"])})
    told = (f"{row['row']}: {row['file']}: {row['error']['message']}" for row in document["rows"] if row["error"])
    return [*lines, *told, *([_("Trabajo %(job)s") % {"job": document["job"]}] if document["job"] else [])]


WORDS = {
    "ready": "por radicar",
    "filed": "radicadas",
    "already": "ya estaban",
    "lacks": "con faltas",
    "failed": "con novedad",
    "pending": "pendientes",
}
