"""`grant --document UUID|--expediente CODE|--convenio NUMBER|--package UUID --to LOGIN|--office CODE --until DATE
--reason TEXT --as LOGIN [--from DATE] [--case NUMBER] [--basis audit|court_order|authority]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Group
from django.core.management.base import CommandParser

from records.commanding import JsonCommand, Outcome, a_date, person
from records.errors import Incomplete, NotFound
from records.models import Grant
from records.selectors.documents import find_document
from records.selectors.expedientes import get_expediente_by_code_for
from records.services.access import Target, get_convenio_for, get_package_for, grant_access, grant_for_case
from records.vocabulary import GrantBasis

CASES = (GrantBasis.AUDIT, GrantBasis.COURT_ORDER, GrantBasis.AUTHORITY)


class Command(JsonCommand):
    help = "Concede acceso a un documento, un expediente, un convenio o un paquete, a una persona o una dependencia."

    def arguments(self, parser: CommandParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--document", metavar="UUID", help="identificador del documento")
        target.add_argument("--expediente", metavar="CODE", help="código del expediente")
        target.add_argument("--convenio", metavar="NUMBER", help="número del convenio")
        target.add_argument("--package", metavar="UUID", help="identificador del lote")
        holder = parser.add_mutually_exclusive_group(required=True)
        holder.add_argument("--to", metavar="LOGIN", help="a quién, por su usuario")
        holder.add_argument("--office", metavar="CODE", help="a qué dependencia, por su código")
        parser.add_argument("--until", required=True, type=a_date, metavar="DATE", help="último día, AAAA-MM-DD")
        parser.add_argument("--from", dest="starts", type=a_date, metavar="DATE", help="primer día; sin él, desde ya")
        parser.add_argument("--reason", required=True, help="para qué lo necesita")
        parser.add_argument("--case", default="", metavar="NUMBER", help="número del caso")
        parser.add_argument("--basis", choices=CASES, help="acceso para un caso: auditoría, juez o autoridad")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quien actúa, por su usuario")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor = person(options["login"])
        target = target_of(actor, options)
        grant = for_case(actor, target, options) if options["basis"] else ordinary(actor, target, options)
        return Outcome({"ok": True, "grant": str(grant.pk)}, (str(grant.pk),))


def ordinary(actor: Any, target: Target, options: Mapping[str, Any]) -> Grant:
    return grant_access(
        actor=actor,
        target=target,
        person=person(options["to"]) if options["to"] else None,
        office=office_called(options["office"]) if options["office"] else None,
        until=options["until"],
        starts_on=options["starts"],
        reason=options["reason"],
        case_number=options["case"],
    )


def for_case(actor: Any, target: Any, options: Mapping[str, Any]) -> Grant:
    """Pieces by name alone are opened for a case."""
    if not options["document"] or not options["to"]:
        raise Incomplete(["pieces_by_name"])
    terms = {"basis": options["basis"], "case_number": options["case"], "reason": options["reason"]}
    opened = grant_for_case(actor=actor, pieces=[target], person=person(options["to"]), until=options["until"], **terms)
    return opened[0]


def office_called(code: str) -> Group:
    found = Group.objects.filter(name=code).first()
    if found is None:
        raise Incomplete(["office_unknown"])
    return found


def target_of(actor: Any, options: Mapping[str, Any]) -> Target:
    if options["expediente"]:
        return get_expediente_by_code_for(actor, options["expediente"])
    if options["convenio"]:
        return get_convenio_for(actor, options["convenio"])
    if options["package"]:
        return get_package_for(actor, options["package"])
    document = find_document(options["document"])
    if document is None:
        raise NotFound
    return document
