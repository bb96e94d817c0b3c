"""*Pedir acceso*: by reference and purpose, with the same answer whether or not the thing exists (D11).

The request lands with whoever keeps what the reference names; one that names nothing is kept and lands nowhere.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from records import audit, clock, permissions
from records.errors import Incomplete, NotFound, RuleViolation
from records.keys import Key, as_uuid
from records.models import AccessAnswer, AccessRequest, Document, Expediente, Grant, Placement
from records.permissions import Actor
from records.services.access import grant_access
from records.vocabulary import Action

#: Requests of one person in a day.
MOST = 20


def ask_access(*, actor: Actor, reference: str, purpose: str, case_number: str = "") -> AccessRequest:
    """Ask for a piece (radicado or identifier) or an expediente (code or identifier).

    Raises Incomplete, or RuleViolation beyond twenty requests a day; never for what the reference names.
    """
    named, wanted = reference.strip(), purpose.strip()
    if faults := [code for code, lacks in (("reference", not named), ("purpose", not wanted)) if lacks]:
        raise Incomplete(faults)
    with transaction.atomic():
        since = clock.now() - datetime.timedelta(days=1)
        if AccessRequest.objects.filter(person=actor, asked_at__gt=since).count() >= MOST:
            raise RuleViolation("too_many_requests")
        document, expediente = named_by(named)
        request = AccessRequest.objects.create(
            person=actor, reference=named[:200], purpose=wanted, case_number=case_number.strip(),
            document=document, expediente=expediente, asked_at=clock.now(),
        )  # fmt: skip
        audit.record("access.requested", actor=actor, subject=request)
    return request


def named_by(reference: str) -> tuple[Document | None, Expediente | None]:
    """What a reference names: both tables are asked whatever the answer of the first."""
    key = as_uuid(reference)
    piece = Document.objects.filter(Q(radicado=reference) | Q(pk=key)).first() or at_line(reference)
    place = Expediente.objects.filter(Q(code__iexact=reference) | Q(pk=key)).first()
    return piece, None if piece else place


def at_line(reference: str) -> Document | None:
    """The piece at a line of an expediente, filed there or incorporated, as `code/order` names it: so whoever knows
    that a line is there may ask for it without a radicado."""
    code, _bar, order = reference.rpartition("/")
    if not code or not (order.isascii() and order.isdigit() and len(order) < 9):
        return None
    filed = Document.objects.filter(expediente__code__iexact=code, order=int(order)).first()
    placed = (
        Placement.objects.filter(expediente__code__iexact=code, order=int(order)).select_related("document").first()
    )
    return filed or (placed.document if placed else None)


def list_requests_for(actor: Actor) -> QuerySet[AccessRequest]:
    """Requests that nobody has answered over what this person keeps, oldest first."""
    rights = permissions.rights_of(actor)
    mine = Q(expediente__in=rights.kept()) | Q(document__expediente__in=rights.kept()) & rights.not_shut("document")
    waiting = AccessRequest.objects.filter(mine, answer=None).exclude(person=actor)
    return waiting.select_related("person", "document__expediente", "expediente").order_by("asked_at", "pk")


def list_own_requests(actor: Actor) -> QuerySet[AccessRequest]:
    """What this person asked for, newest first; nothing of it tells whether there is such a thing."""
    return AccessRequest.objects.filter(person=actor).order_by("-asked_at", "pk")


def get_request_for(actor: Actor, key: Key) -> AccessRequest:
    """A request over what this person keeps, answered or not. Raises NotFound."""
    rows = AccessRequest.objects.select_related("person", "document__expediente", "expediente")
    found = rows.filter(pk=as_uuid(key)).first()
    subject = found and (found.document or found.expediente)
    allowed = permissions.allows(actor, Action.GRANT, subject or permissions.no_document())
    if found is None or subject is None or not allowed:
        raise NotFound
    return found


def grant_request(*, actor: Actor, request: AccessRequest, until: datetime.date | None, reason: str = "") -> Grant:
    """Open what was asked for to whoever asked. Raises as `grant_access`, and RuleViolation when it was answered."""
    subject = request.document or request.expediente
    with transaction.atomic():
        check_waiting(actor, request)
        grant = grant_access(
            actor=actor,
            target=subject,  # type: ignore[arg-type]
            person=request.person,
            until=until,
            reason=reason.strip() or request.purpose,
            case_number=request.case_number,
        )
        answer(actor, request, grant, "")
    return grant


def decline_request(*, actor: Actor, request: AccessRequest, reason: str) -> AccessAnswer:
    """Answer with nothing: whoever asked is told no more than when nothing bears her reference. Raises NotFound,
    AccessDenied, Incomplete, or RuleViolation when it was answered."""
    if not reason.strip():
        raise Incomplete(["reason"])
    with transaction.atomic():
        check_waiting(actor, request)
        return answer(actor, request, None, reason.strip())


def check_waiting(actor: Actor, request: AccessRequest) -> None:
    permissions.check(actor, Action.GRANT, request.document or request.expediente)
    AccessRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if AccessAnswer.objects.filter(request=request).exists():
        raise RuleViolation("already_answered")


def answer(actor: Actor, request: AccessRequest, grant: Grant | None, reason: str) -> AccessAnswer:
    given = AccessAnswer.objects.create(
        request=request, grant=grant, reason=reason, answered_by=actor, answered_at=clock.now()
    )
    subject = request.document or request.expediente or "custody"
    audit.record("access.answered", actor=actor, subject=subject, request=request.pk, granted=grant is not None)
    return given
