"""Access for a case (A8, A9): opened by who keeps the papers, told piece by piece, ended by an act or by its term."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from records import audit, clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import AccessCase, CaseEnd, Document, Expediente, Grant, LedgerEvent
from records.permissions import Actor
from records.services import access
from records.services.access import Terms
from records.services.told import reads_on
from records.vocabulary import Action, GrantBasis

#: What a case may rest on.
BASES = (GrantBasis.AUDIT, GrantBasis.COURT_ORDER, GrantBasis.AUTHORITY)


@dataclass(frozen=True)
class Instrument:
    """Who asks and by what: the authority, who signs for it, the instrument with its number, its date, the case."""

    basis: str
    authority: str
    official: str
    instrument: str
    instrument_on: datetime.date | None
    case_number: str


def list_openable(actor: Actor, expediente: Expediente) -> QuerySet[Document]:
    """Pieces of an expediente that a case may open, in its order: those whose level was decided. For who keeps it."""
    permissions.check(actor, Action.GRANT, expediente)
    pieces = permissions.visible_to(actor).filter(expediente=expediente, level__in=permissions.CLASSED)
    return pieces.select_related("tipo").order_by("order")


def open_case(
    *,
    actor: Actor,
    expediente: Expediente,
    person: Any,
    asked: Instrument,
    until: datetime.date | None,
    reason: str,
    pieces: Collection[uuid.UUID] | None = None,
) -> AccessCase:
    """Open pieces of an expediente (None: all it has today) to a person for a case, all of them or none.

    What she is given bears the mark of the case (`records.services.marked`). Raises NotFound, AccessDenied,
    Incomplete with everything that is wrong, or RuleViolation (disabled person, own access, or a piece that she reads
    by a grant of her own).
    """
    chosen = list(list_openable(actor, expediente))
    if pieces is not None:
        chosen = [piece for piece in chosen if piece.pk in pieces]
    strange = pieces is not None and len(chosen) != len(set(pieces))
    terms = Terms(until, reason, case_number=asked.case_number, basis=asked.basis)
    refuse(asked, person, terms, lacking=not chosen or strange)
    access.refuse(access.holder_faults(actor, chosen[0], person, None, terms), terms)
    with transaction.atomic():
        check_free(person, chosen)
        case = AccessCase.objects.create(
            basis=asked.basis,
            case_number=asked.case_number.strip(),
            authority=asked.authority.strip(),
            official=asked.official.strip(),
            instrument=asked.instrument.strip(),
            instrument_on=cast(datetime.date, asked.instrument_on),  # one without it was refused
            reason=reason.strip(),
            expediente=expediente,
            whole=pieces is None,
            person=person,
            until=cast(datetime.date, until),
            opened_by=actor,
            opened_at=clock.now(),
        )
        access.grant_for_case(
            actor=actor, pieces=chosen, person=person, basis=asked.basis, case_number=asked.case_number,
            until=until, reason=reason, bundle=case.pk,
        )  # fmt: skip
        audit.record(
            "case.opened", actor=actor, subject=expediente, case=case.pk, person=person, pieces=len(chosen),
            basis=asked.basis, until=until,
        )  # fmt: skip
    return case


def refuse(asked: Instrument, person: Any, terms: Terms, *, lacking: bool) -> None:
    """Raise Incomplete with all that is wrong with the papers of a case, its term and its pieces."""
    day = asked.instrument_on
    rows = (
        ("basis", asked.basis not in BASES),
        ("case_authority", not asked.authority.strip()),
        ("official", not asked.official.strip()),
        ("instrument", not asked.instrument.strip()),
        ("instrument_on", day is None or day > clock.today()),
        ("person", person is None),
        ("pieces", lacking),
        ("case_number", not asked.case_number.strip()),
    )
    faults = [code for code, wrong in rows if wrong]
    faults += [code for code in access.terms_faults(terms) if code not in faults]
    if faults:
        raise Incomplete(faults, most=access.most_days(terms.basis))


def check_free(person: Any, pieces: list[Document]) -> None:
    """A case takes nobody's own grant away: there is one right over one piece for one person."""
    standing = Grant.objects.filter(person=person, document__in=pieces, withdrawal=None, until__gte=clock.today())
    if standing.filter(basis=GrantBasis.ORDINARY).exists():
        raise RuleViolation("case_over_grant")


def end_case(*, actor: Actor, case: AccessCase, act: str) -> CaseEnd:
    """Shut all that the case holds open, from the person's next request on. Raises NotFound, AccessDenied,
    Incomplete, or RuleViolation when it has ended."""
    permissions.check(actor, Action.GRANT, case.expediente)
    if not act.strip():
        raise Incomplete(["act"])
    with transaction.atomic():
        held = AccessCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if CaseEnd.objects.filter(case=held).exists():
            raise RuleViolation("case_ended")
        end = CaseEnd.objects.create(case=held, ended_at=clock.now(), ended_by=actor, act=act.strip())
        for grant in grants_of(held).filter(withdrawal=None):
            access.withdraw(grant, actor, act.strip())
        audit.record("case.ended", actor=actor, subject=held.expediente, case=held.pk, person=held.person)
    return end


# Who sees what of it ------------------------------------------------------------------------------------------


def list_cases_for(actor: Actor) -> QuerySet[AccessCase]:
    """Cases over what this person keeps, newest first."""
    kept = permissions.rights_of(actor).kept()
    rows = with_standing().filter(expediente__in=kept)
    return rows.select_related("expediente", "person", "opened_by", "end").order_by("-opened_at", "pk")


def with_standing() -> QuerySet[AccessCase, AccessCase]:
    """Cases with `standing`: whether anything of them is open today."""
    held = Grant.objects.filter(bundle=OuterRef("pk"), withdrawal=None, until__gte=clock.today())
    return AccessCase.objects.annotate(standing=Exists(held))


def get_case_for(actor: Actor, key: Key) -> AccessCase:
    """A case over what the person keeps. Raises NotFound."""
    rows = with_standing().select_related("expediente", "person", "opened_by", "end__ended_by")
    found = rows.filter(pk=as_uuid(key)).first()
    if found is None or not permissions.allows(actor, Action.GRANT, found.expediente):
        raise NotFound
    return found


def grants_of(case: AccessCase) -> QuerySet[Grant]:
    """A grant for each piece of the case, and those that renewed one, in the order of the expediente."""
    rows = Grant.objects.filter(bundle=case.pk)
    return rows.select_related("document", "person").order_by("document__order", "granted_at")


def reads_under(case: AccessCase) -> list[LedgerEvent]:
    """Everything that was read for the case and on no other ground, oldest first."""
    grants = set(grants_of(case).order_by().values_list("pk", flat=True))
    return reads_on(grants, case.person, case.opened_at)
