"""Published documents: rows made and taken away in the transaction of the act that gives or ends their level (D2)."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping

from cms.publication import copies, search_source
from cms.publication.models import PublishedConvenio, PublishedDocument, PublishedProject
from cms.publication.notices import replace_notices
from records.api import PieceCard, PiecesLooked, now

#: Of names that never change: the public id of a piece is made of its own, which nobody finds back.
SPACE = uuid.UUID("0c7b6a0e-52c1-4d6c-9d0b-7f1f4f6b2a51")
_TOLD = (
    "convenio_number", "title", "tipo", "date", "digest", "size", "media_type", "extension", "pages", "version",
    "decision_id", "text",
)  # fmt: skip


def follow(event: PiecesLooked) -> None:
    """What changed in custody changes here: pieces that are public are shown, all others named are not."""
    shown = {card.document_id for card in event.public}
    take_away(PublishedDocument.objects.filter(document_id__in=set(event.document_ids) - shown))
    show(event.public, now())
    for project in PublishedProject.objects.filter(project_id__in=event.withheld):
        replace_notices(project, event.withheld[project.project_id])


def replace_all(numbers: Collection[str], cards: Iterable[PieceCard], decided_at: datetime.datetime) -> int:
    """The documents of these convenios are exactly `cards`; one that was shown before keeps its day. How many were
    taken away, shown or told anew."""
    kept = list(cards)
    shown = {card.document_id for card in kept}
    gone = take_away(PublishedDocument.objects.filter(convenio_number__in=numbers).exclude(document_id__in=shown))
    return gone + show(kept, decided_at)


def show(cards: Iterable[PieceCard], decided_at: datetime.datetime) -> int:
    """What is told already is left alone: how often pages are made anew tells nobody how much custody works."""
    rows = differing([row_of(card, decided_at) for card in cards])
    if rows:
        PublishedDocument.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=list(_TOLD)
        )
        search_source.enqueue_documents([str(row.id) for row in rows])
    return len(rows)


def differing(rows: list[PublishedDocument]) -> list[PublishedDocument]:
    shown = {row.id: told(row) for row in PublishedDocument.objects.filter(id__in=[row.id for row in rows])}
    return [row for row in rows if shown.get(row.id) != told(row)]


def told(row: PublishedDocument) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _TOLD)


def row_of(card: PieceCard, decided_at: datetime.datetime) -> PublishedDocument:
    facts = {name: getattr(card, name) for name in _TOLD}
    return PublishedDocument(
        id=public_id(card.document_id), document_id=card.document_id, decided_at=decided_at, **facts
    )


def public_id(document_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(SPACE, str(document_id))


def take_away(rows: object) -> int:
    """These rows are no longer shown, from the next request on; their bytes go once that is certain. How many."""
    gone: Mapping[str, str] = dict(rows.values_list("id", "digest"))  # type: ignore[attr-defined]
    if gone:
        PublishedDocument.objects.filter(id__in=gone).delete()
        search_source.enqueue_documents([str(key) for key in gone])
        copies.forget_later(set(gone.values()))
    return len(gone)


def drop_unused() -> int:
    """Convenios that no shown project names any longer go, and their documents: how many of these."""
    named = PublishedProject.objects.values_list("convenio_number", "framework_number")
    used = {number for pair in named for number in pair if number}
    PublishedConvenio.objects.exclude(number__in=used).delete()
    return take_away(PublishedDocument.objects.exclude(convenio_number__in=used))
