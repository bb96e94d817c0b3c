"""The law of reading: whoever reads what is not public leaves an event that was committed before the first byte (D10).

A viewing is told once, with the pages it shows; their images, which the browser asks for one by one in the seconds
that follow, are covered by that event. An image that no event of that person covers leaves its own.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from records import audit, clock
from records.errors import AccessDenied, Incomplete, NotFound, RecordsError, RenditionUnavailable, RuleViolation
from records.models import Document, LedgerEvent
from records.permissions import Actor
from records.services import pace
from records.vocabulary import Level

#: How long the telling of a viewing covers the images of the pages it told.
COVERS = datetime.timedelta(minutes=10)
#: How many of a person's last events are looked at: beyond them an image leaves an event of its own.
LOOKED_AT = 40
VIEWED, PAGE_VIEWED, SEARCHED = "document.viewed", "document.page_viewed", "search.run"
ASKED = "ledger.searched"


def note_reading(actor: Actor, document: Document, action: str, **facts: object) -> None:
    """Leave the reading's event; pieces that are public by law leave none, and are read at any pace.

    Raises ReadingTooFast.
    """
    if document.level == Level.PUBLIC:
        return
    pace.check_pace(actor, document, takes=action == pace.DOWNLOADED)
    with transaction.atomic():
        audit.record(action, actor=actor, subject=document, level=document.level, **facts)


def note_stopped(*, actor: Actor, subject: object) -> None:
    """Leave the event of a download that was stopped on its way, since its reader may read no more."""
    with transaction.atomic():
        audit.record("download.stopped", actor=actor, subject=subject)


def note_page(actor: Actor, document: Document, number: int, *, small: bool) -> None:
    """Leave the event of a page's image, unless one of this person's last ones tells it already.

    `small`: a thumbnail, which the event of a search that showed the piece covers as well.
    """
    if document.level == Level.PUBLIC or any(covers(event, document, number, small) for event in last_of(actor)):
        return
    note_reading(actor, document, PAGE_VIEWED, page=number)


def last_of(actor: Actor) -> Iterator[dict[str, Any]]:
    """This person's last events, newest first, as long as they may cover anything."""
    since = clock.now() - COVERS
    newest = LedgerEvent.objects.filter(actor=actor.get_username()).order_by("-index")
    for event in newest[:LOOKED_AT]:
        if event.at < since:
            return
        yield json.loads(event.payload)


def covers(event: dict[str, Any], document: Document, number: int, small: bool) -> bool:
    facts = event["facts"]
    if event["action"] == SEARCHED:
        return small and str(document.pk) in facts.get("shown", ())
    if event["object_id"] != str(document.pk) or facts.get("level") != document.level:
        return False
    if event["action"] == PAGE_VIEWED:
        return bool(facts.get("page") == number)
    first, last = (facts.get("shown") or (0, 0)) if event["action"] == VIEWED else (0, 0)
    return bool(first <= number <= last)


# Refusals and exports ----------------------------------------------------------------------------------------

#: Parts of an address that name an object.
NAMED = ("key", "batch")


def note_refusal(*, actor: Actor, refusal: RecordsError, asked: Mapping[str, Any], wrote: bool) -> None:
    """Leave the event of a refusal: of what was not for this person, and of an act (`wrote`) that did not proceed.

    What is absent and what is hidden leave the same one: the id as it was asked for, and the code. What a service
    has told by itself (files that were not admitted) is not told again.
    """
    action = "access.denied" if isinstance(refusal, AccessDenied | NotFound) else "act.refused"
    lacking = isinstance(refusal, Incomplete)  # a form that is not whole yet is no attempt
    told = action == "access.denied" or (wrote and isinstance(refusal, RuleViolation) and not lacking)
    if not told or isinstance(refusal, RenditionUnavailable) or not actor.is_authenticated:
        return
    subject = next((str(asked[name]) for name in NAMED if name in asked), "custody")
    with transaction.atomic():
        audit.record(action, actor=actor, subject=subject, code=refusal.code, wanted=refusal.facts.get("action", ""))


def note_export(*, actor: Actor, subject: object, what: str, **facts: object) -> None:
    """Leave the event of a list or report that leaves as a file, before it does. `what` is a stable code."""
    with transaction.atomic():
        audit.record("export.made", actor=actor, subject=subject, what=what, **facts)


def note_ledger_search(*, actor: Actor, sought: Mapping[str, str], further: bool = False) -> None:
    """Leave the event of a question to the ledger itself: who asked about whom or what. `further`: a page after the
    first, which the event of the first covers for a while."""
    if further and any(event["action"] == ASKED and event["facts"]["sought"] == sought for event in last_of(actor)):
        return
    with transaction.atomic():
        audit.record(ASKED, actor=actor, subject="ledger", sought=sought)


def note_receipt(*, actor: Actor, subject: object, shape: str) -> None:
    """Leave the event of a receipt that is shown or leaves as a file (`shape`: page, json or pdf)."""
    with transaction.atomic():
        audit.record("receipt.read", actor=actor, subject=subject, shape=shape)


def note_asked_of(*, actor: Actor, subject: object, moment: datetime.datetime | None) -> None:
    """Leave the event of a question about who reads a piece, or what a person sees."""
    with transaction.atomic():
        facts = {"at": moment} if moment else {}
        audit.record("access.explained", actor=actor, subject=subject, **facts)


def note_explanation(*, document: Document | None, person: Actor, moment: datetime.datetime | None) -> None:
    """Leave the event of an operator's question about somebody's access, now or at a past moment."""
    with transaction.atomic():
        facts = {"person": person, **({"at": moment} if moment else {})}
        audit.record("access.explained", actor=None, subject=document or "custody", **facts)


def reads_on(
    acts: Collection[uuid.UUID], person: Actor, since: datetime.datetime, until: datetime.datetime | None = None
) -> list[LedgerEvent]:
    """Every event of a person between two moments that rested on one of these grants, oldest first."""
    spell = Q(at__gte=since, at__lte=until) if until else Q(at__gte=since)
    events = LedgerEvent.objects.filter(spell, actor=person.get_username()).order_by("index")
    told = {str(act) for act in acts}
    return [event for event in events.iterator() if json.loads(event.payload).get("ground", {}).get("act") in told]
