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


def replace_all(numbers: Collection[str], cards: Iterable[PieceCard], decided_at: datetime.datetime) -> None:
    """The documents of these convenios are exactly `cards`; one that was shown before keeps its day."""
    kept = list(cards)
    shown = {card.document_id for card in kept}
    take_away(PublishedDocument.objects.filter(convenio_number__in=numbers).exclude(document_id__in=shown))
    show(kept, decided_at)


def show(cards: Iterable[PieceCard], decided_at: datetime.datetime) -> None:
    rows = [row_of(card, decided_at) for card in cards]
    if not rows:
        return
    PublishedDocument.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=list(_TOLD))
    search_source.enqueue_documents([str(row.id) for row in rows])


def row_of(card: PieceCard, decided_at: datetime.datetime) -> PublishedDocument:
    facts = {name: getattr(card, name) for name in _TOLD}
    return PublishedDocument(
        id=public_id(card.document_id), document_id=card.document_id, decided_at=decided_at, **facts
    )


def public_id(document_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(SPACE, str(document_id))


def take_away(rows: object) -> None:
    """These rows are no longer shown, from the next request on; their bytes go once that is certain."""
    gone: Mapping[str, str] = dict(rows.values_list("id", "digest"))  # type: ignore[attr-defined]
    if gone:
        PublishedDocument.objects.filter(id__in=gone).delete()
        search_source.enqueue_documents([str(key) for key in gone])
        copies.forget_later(set(gone.values()))


def drop_unused() -> None:
    """Convenios that no shown project names any longer, and their documents."""
    named = PublishedProject.objects.values_list("convenio_number", "framework_number")
    used = {number for pair in named for number in pair if number}
    PublishedConvenio.objects.exclude(number__in=used).delete()
    take_away(PublishedDocument.objects.exclude(convenio_number__in=used))
