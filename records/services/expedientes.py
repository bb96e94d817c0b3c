"""The life of an expediente: opening it under the schedule in force (E1, R2)."""

from __future__ import annotations

import datetime

from django.db import transaction

from records import audit, clock, permissions, policies
from records.errors import Incomplete
from records.models import Expediente, Subserie, TrdVersion
from records.permissions import Actor
from records.selectors.trd import find_version_on
from records.vocabulary import Action, ExpedienteFormat, ExpedienteKind, Role


def open_expediente(
    *,
    actor: Actor,
    code: str,
    title: str,
    kind: str,
    opened_on: datetime.date,
    convenio_number: str = "",
    parent: Expediente | None = None,
    office: str = Role.CONTRACTS_GROUP,
    format: str = ExpedienteFormat.ELECTRONIC,  # noqa: A002 - the field's own name
    physical_place: str = "",
) -> Expediente:
    """Open an expediente of one kind, in the subserie of that kind of the version in force on its opening day.

    Its code begins as the classification scheme says. Raises AccessDenied or Incomplete (all faults at once).
    """
    permissions.check(actor, Action.OPEN_EXPEDIENTE)
    trd = find_version_on(opened_on)
    subserie = find_subserie(trd, kind)
    check_opening(code, title, kind, opened_on, subserie)
    with transaction.atomic():
        expediente = Expediente.objects.create(
            code=code.strip(),
            title=title.strip(),
            kind=kind,
            opened_on=opened_on,
            parent=parent,
            office=office,
            convenio_number=convenio_number,
            format=format,
            physical_place=physical_place,
            opened_by=actor,
            created_at=clock.now(),
            trd=trd,
            subserie=subserie,
        )
        version = trd.number if trd else 0
        audit.record("expediente.opened", actor=actor, subject=expediente, kind=kind, trd=version)
    return expediente


def find_subserie(trd: TrdVersion | None, kind: str) -> Subserie | None:
    return Subserie.objects.filter(serie__trd=trd, kind=kind).select_related("serie__trd").order_by("code").first()


def check_opening(code: str, title: str, kind: str, opened_on: datetime.date, subserie: Subserie | None) -> None:
    """Raise Incomplete with everything an opening lacks."""
    faults = [name for name, value in (("code", code), ("title", title)) if not value.strip()]
    if kind not in ExpedienteKind.values:
        faults.append("kind")
    elif subserie is None:
        faults.append("subserie")
    if opened_on > clock.today():
        faults.append("date_in_future")
    prefix = policies.code_prefix(subserie)
    if code.strip() and not code.strip().startswith(prefix):
        faults.append("code_of_ccd")
    if Expediente.objects.filter(code=code.strip()).exists():
        faults.append("code_taken")
    if faults:
        raise Incomplete(faults, prefix=prefix)
