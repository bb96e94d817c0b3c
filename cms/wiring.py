"""Where the rooms are connected: custody's events to publication and to search's outbox, sources to search.

In the public process only what is published is a source of search: nothing of custody can be found
there, by construction (D2, D5).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from cms import custody_source
from cms.core.views import use_fault_test
from cms.publication import service as publication
from cms.publication.search_source import PublishedSource
from records import api as records
from records.desk import marking
from search import api as search

#: Roles whose process serves staff and may reach custody (ARCHITECTURE §5).
WITH_CUSTODY = ("all", "desk", "worker")
NOT_PUBLIC = ("restricted", "reserved", "unclassified")


def connect(role: str) -> None:
    """Register this process's sources and handlers; connecting twice is the same as once."""
    search.register_source(PublishedSource())
    use_fault_test(records.is_of_the_medium)
    if role in WITH_CUSTODY:
        connect_custody()


def connect_custody() -> None:
    search.register_source(custody_source.CustodySource())
    search.observe(on_answer=note_search, on_mismatch=note_mismatch)
    marking.use_marker(search.mark_words)
    records.subscribe(records.DocumentsChanged, index_again)
    records.subscribe(records.ProjectPublished, publish)
    records.subscribe(records.ProjectWithdrawn, withdraw)
    records.subscribe(records.SigningKeyNoted, publish_key)


def index_again(event: records.DocumentsChanged) -> None:
    search.enqueue(custody_source.NAME, [str(key) for key in event.document_ids])


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


def note_mismatch(keys: frozenset[str]) -> None:
    with transaction.atomic():
        records.record("search.mismatch", actor=None, subject="custody", documents=sorted(keys))


def keyed_digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
