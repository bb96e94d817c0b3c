"""Where the rooms are connected: custody's events to publication and to search's outbox, sources to search.

In the public process only what is published is a source of search: nothing of custody can be found
there, by construction (D2, D5).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from cms import custody_source, happenings, search_health
from cms.core.views import use_fault_test
from cms.notices import sending as mails
from cms.publication import following, guard, pieces
from cms.publication import service as publication
from cms.publication.search_source import PublishedSource
from records import api as records
from records.convenios import api as convenios
from records.desk import marking, sockets
from search import api as search

#: Roles whose process serves staff and may reach custody (ARCHITECTURE §5).
WITH_CUSTODY = ("all", "desk", "worker")
NOT_PUBLIC = ("restricted", "reserved", "unclassified")


def connect(role: str) -> None:
    """Register this process's sources and handlers; connecting twice is the same as once."""
    search.register_source(PublishedSource())
    use_fault_test(records.is_of_the_medium)
    records.hold_table(records.HeldTable(guard.TABLE, guard.NAMES, guard.statements))
    if role in WITH_CUSTODY:
        connect_custody()


def connect_custody() -> None:
    search.register_source(custody_source.CustodySource())
    search.observe(on_answer=note_search, on_mismatch=note_mismatch, on_news=note_news, on_audit=note_audit)
    for happening in happenings.ALL:
        search.register_happening(happening)
    sockets.use_news(happenings.news_of)
    sockets.use_check(search_health.check)
    sockets.use_check(happenings.mail_check)
    records.subscribe(records.EmergencyOpened, owe_mail)
    marking.use_marker(search.mark_words)
    records.subscribe(records.DocumentsChanged, index_again)
    records.subscribe(records.DocumentsChanged, look_at_public)
    records.subscribe(records.PiecesLooked, publish_pieces)
    records.subscribe(records.ExpedienteStaged, look_at_stage)
    records.subscribe(records.ConveniosChanged, look_at_convenios)
    records.subscribe(records.ConveniosLooked, follow_convenios)
    records.subscribe(records.ProjectPublished, publish)
    records.subscribe(records.ProjectWithdrawn, withdraw)
    records.subscribe(records.SigningKeyNoted, publish_key)


def index_again(event: records.DocumentsChanged) -> None:
    search.enqueue(custody_source.NAME, [str(key) for key in event.document_ids])


def look_at_public(event: records.DocumentsChanged) -> None:
    convenios.look_again(event.document_ids)


def look_at_stage(event: records.ExpedienteStaged) -> None:
    convenios.look_at_expediente(event.expediente_id)


def look_at_convenios(event: records.ConveniosChanged) -> None:
    convenios.look_at_convenios(event.numbers, following.named_by(event.numbers))


def follow_convenios(event: records.ConveniosLooked) -> None:
    following.follow(event)


def publish_pieces(event: records.PiecesLooked) -> None:
    pieces.follow(event)


def publish(event: records.ProjectPublished) -> None:
    publication.publish(event.card)


def withdraw(event: records.ProjectWithdrawn) -> None:
    publication.withdraw(event.project_id)


def publish_key(event: records.SigningKeyNoted) -> None:
    publication.publish_key(event.fingerprint, event.since)


def note_search(viewer: Any, text: str, shown: Sequence[search.AnswerHit]) -> None:
    """A search by a named person leaves its event before the answer does, with the non-public pieces
    it shows (D10). The words themselves could tell a secret: only their keyed digest is written (U5)."""
    if viewer is None or not viewer.is_authenticated:
        return
    seen = [hit.document for hit in shown if hit.document and hit.level in NOT_PUBLIC]
    with transaction.atomic():
        records.record("search.run", actor=viewer, subject="custody", words=keyed_digest(text), shown=seen)


def note_news(viewer: Any, saved: search.SavedSearch, new: Collection[tuple[str, str]]) -> None:
    """A saved search asked by nobody at a keyboard: only that it found something new leaves an event, with what was
    found as ids; nothing of it was read, no snippet made (ADR 43)."""
    found = sorted(key for source, key in new if source == custody_source.NAME)
    records.record("search.alerted", actor=None, subject=viewer, saved=saved.pk, found=found)


def owe_mail(event: records.EmergencyOpened) -> None:
    """Who keeps the expediente is written to; what it was about is told at the desk alone."""
    today = records.today()
    keeping = records.Appointment.objects.filter(
        expediente=event.expediente_id, kind=records.AppointmentKind.CUSTODIAN, end=None
    )
    held = keeping.filter(starts_on__lte=today, ends_on__gte=today).select_related("person")
    mails.owe_emergency(event.emergency_id, {row.person for row in held})


def note_mismatch(keys: frozenset[str]) -> None:
    with transaction.atomic():
        records.record("search.mismatch", actor=None, subject="custody", documents=sorted(keys))


def note_audit(drift: search.Drift, repaired: bool) -> None:
    found = {"missing": drift.missing, "extra": drift.extra, "differs": drift.differs}
    records.note_index_audit(compared=drift.done, found=found, repaired=repaired)


def keyed_digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
