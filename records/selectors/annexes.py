"""The annex registry of an expediente, as far as one person may know it (B8).

Who works in the expediente knows every key and label. A title may name what is reserved: it is told only to who
reads a piece of the annex, or while the annex has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from records import permissions
from records.models import Annex, Document, Expediente
from records.permissions import Actor, Rights


@dataclass(frozen=True)
class AnnexRow:
    """`pieces` are the versions of the annex that the reader reads, in the order of filing; `hidden` counts the
    others, which only staff of the expediente know of."""

    key: str
    label: str
    title: str
    template: str
    template_version: str
    pieces: list[Document] = field(default_factory=list)
    hidden: int = 0

    @property
    def awaited(self) -> bool:
        return not self.pieces and not self.hidden


def list_annexes(actor: Actor, expediente: Expediente) -> QuerySet[Annex]:
    """Annexes this person knows of: all for staff of the expediente, for others those of which she reads a piece."""
    rights = permissions.rights_of(actor)
    annexes = expediente.annexes.select_related("expediente")
    if rights.is_staff_of(expediente):
        return annexes
    return annexes.filter(pk__in=rights.visible().order_by().values("annex"))


def annex_rows(actor: Actor, annexes: Sequence[Annex]) -> list[AnnexRow]:
    """The annexes with their pieces, in a constant number of queries."""
    rights = permissions.rights_of(actor)
    pieces = Document.objects.filter(annex__in=annexes).select_related("tipo", "expediente").order_by("order")
    by_annex: dict[object, list[Document]] = {}
    for piece in pieces:
        by_annex.setdefault(piece.annex_id, []).append(piece)
    return [row_of(annex, by_annex.get(annex.pk, []), rights) for annex in annexes]


def row_of(annex: Annex, pieces: list[Document], rights: Rights) -> AnnexRow:
    there = [piece for piece in pieces if not rights.barred.shuts(piece)]
    read = [piece for piece in there if rights.reads(piece)]
    told = bool(read) or not there
    staff = rights.is_staff_of(annex.expediente)
    return AnnexRow(
        annex.key,
        annex.label,
        annex.title if told else "",
        annex.template,
        annex.template_version,
        read,
        len(there) - len(read) if staff else 0,
    )


def annex_choices(actor: Actor, expediente: Expediente) -> list[tuple[str, str]]:
    """(key, what a form shows) of every annex this person knows of."""
    rows = annex_rows(actor, list(list_annexes(actor, expediente)))
    return [(row.key, " · ".join(filter(None, (row.key, row.label, row.title)))) for row in rows]
