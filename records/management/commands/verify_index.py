"""`verify_index CODE|FILE`: prove the issued indexes of an expediente, or the one that a file is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.errors import NotFound
from records.models import Expediente, IndexIssue
from records.selectors.indexes import RELATED
from records.services.index_proofs import Proof, find_issue_of, verify_index
from records.storage.base import digest_of
from records.telling_indexes import STATES, told_step


class Command(JsonCommand):
    help = "Prueba índices expedidos: bytes, esquema, firma, cadena y lo que contó la bitácora."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "what", metavar="CODE|FILE", help="código de un expediente, o un índice o una cubierta que alguien guardó"
        )

    def run(self, options: Mapping[str, Any]) -> Outcome:
        issues = issues_of(options["what"])
        proofs = [(issue, verify_index(actor=None, issue=issue)) for issue in issues]
        lines = [line for issue, proof in proofs for line in told(issue, proof)]
        document = {"indexes": [as_json(issue, proof) for issue, proof in proofs]}
        return Outcome(document, tuple(lines), fine=not any(proof.faults for _issue, proof in proofs))


def issues_of(what: str) -> list[IndexIssue]:
    """Every issue of the expediente with that code, first to last; else the one issue whose bytes the file has."""
    if expediente := Expediente.objects.filter(code=what).first():
        found = list(IndexIssue.objects.filter(expediente=expediente).select_related(*RELATED).order_by("number"))
        if not found:
            raise Refused("no_index", _("El expediente %(code)s no tiene índices expedidos.") % {"code": what})
        return found
    try:
        with Path(what).open("rb") as source:
            issue = find_issue_of(digest_of(source))
    except OSError as fault:
        raise NotFound from fault
    if issue is None:
        raise Refused(
            "not_issued",
            _("Ningún índice expedido aquí tiene esos bytes: el archivo cambió, es una copia con datos retirados o es "
              "de otro sistema."),
        )  # fmt: skip
    return [issue]


def told(issue: IndexIssue, proof: Proof) -> list[str]:
    head = _("%(code)s, índice %(number)d") % {"code": issue.expediente.code, "number": issue.number}
    return [head, *(line(*step) for step in proof.steps)]


def line(code: str, state: str, detail: str) -> str:
    return f"  {STATES[state]}: {told_step(code, state, detail)}" + (f" ({detail})" if detail else "")


def as_json(issue: IndexIssue, proof: Proof) -> dict[str, Any]:
    steps = [{"step": code, "state": state, "detail": detail} for code, state, detail in proof.steps]
    return {
        "expediente": issue.expediente.code,
        "number": issue.number,
        "sha256": issue.file_id,
        "cover": issue.cover_id,
        "steps": steps,
        "faults": proof.faults,
    }
