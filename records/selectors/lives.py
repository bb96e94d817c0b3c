"""How far a piece has come and what was said of it afterwards, as far as one person may know it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from records import clock, permissions
from records.models import Annulment, Document, PhysicalPlace, Placement
from records.permissions import Actor, Rights
from records.selectors.expedientes import list_placements_of
from records.vocabulary import Action, DocumentState, ExpedienteFormat, ExpedienteState


@dataclass(frozen=True)
class Effect:
    """What annulling a piece does, in numbers. `elsewhere` counts the expedientes known to the person."""

    order: int
    folio_first: int
    folio_last: int
    size: int
    grants: int
    elsewhere: int


@dataclass(frozen=True)
class Life:
    """A piece's annulment and what took its place, its versions (the newest first), where else it lies, where its
    paper is, and what this person may do to it now. Pieces she does not read are left out."""

    annulment: Annulment | None = None
    replacement: Document | None = None
    replaced: list[Document] = field(default_factory=list)
    versions: list[Document] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    places: list[PhysicalPlace] = field(default_factory=list)
    acts: frozenset[str] = frozenset()


def effect_of_annulling(actor: Actor, document: Document) -> Effect:
    return Effect(
        document.order,
        document.folio_first,
        document.folio_last,
        document.blob.size,
        document.grants.filter(withdrawal=None, until__gte=clock.today()).count(),
        list_placements_of(actor, document).count(),
    )


def life_of(actor: Actor, document: Document) -> Life:
    """The caller has decided that the person reads the piece. A constant number of queries."""
    rights = permissions.rights_of(actor)
    annulment = Annulment.objects.select_related("annulled_by", "replaced_by").filter(document=document).first()
    replaced = Document.objects.filter(annulment__replaced_by=document).order_by("order")
    follower = annulment.replaced_by if annulment else None
    return Life(
        annulment,
        follower if follower and rights.reads(follower) else None,
        readable(rights, replaced),
        readable(rights, versions_of(document)),
        list(list_placements_of(actor, document)),
        list(document.physical_places.select_related("noted_by")),
        frozenset(acts_upon(rights, document)),
    )


def readable(rights: Rights, documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if rights.reads(document)]


def versions_of(document: Document) -> list[Document]:
    """Every version of the same document, the newest first; none when it is the only one.

    The chain is put together here, from one query: the pieces of the expediente that have a version before or after.
    """
    chained = Document.objects.filter(Q(previous__isnull=False) | Q(next__isnull=False))
    here = {piece.pk: piece for piece in chained.filter(expediente=document.expediente_id)}
    if document.pk not in here:
        return []
    after = {piece.previous_id: piece for piece in here.values() if piece.previous_id}
    chain, last = [here[document.pk]], document.pk
    while last in after:
        chain.insert(0, after[last])
        last = after[last].pk
    while chain[-1].previous_id in here:
        chain.append(here[chain[-1].previous_id])
    return chain


def acts_upon(rights: Rights, document: Document) -> Iterable[str]:
    """Names of the desk's addresses that this person may use on the piece in its present state."""
    live, expediente = document.state != DocumentState.ANNULLED, document.expediente
    open_here = expediente.state == ExpedienteState.OPEN
    may_file, may_register = rights.allows(Action.FILE, document), rights.allows(Action.REGISTER, document)
    rows = (
        ("register", open_here and may_register and document.state == DocumentState.CLASSIFIED),
        ("version", open_here and may_file and live and not Document.objects.filter(previous=document).exists()),
        ("place", may_file and live),
        ("locate", may_register and expediente.format == ExpedienteFormat.HYBRID),
        ("replace", open_here and may_file and live and rights.allows(Action.ANNUL, document)),
        ("annul", open_here and live and rights.allows(Action.ANNUL, document)),
    )
    return [name for name, offered in rows if offered]
