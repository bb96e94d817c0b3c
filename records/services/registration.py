"""Registration: a classified piece is a record once nothing of its metadata is missing (B9, C1)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from records import permissions, policies
from records.errors import Incomplete, RuleViolation
from records.models import Annex, ClassificationAct, Document, Expediente, PhysicalPlace
from records.permissions import Actor
from records.selectors.trd import list_tipos_for
from records.services import states
from records.services.expedientes import hold_open
from records.vocabulary import Action, ActState, DocumentState

#: Pieces registered by one request; what is left is said, and asked again.
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Registered:
    """What came of one piece: `missing` names everything it lacks (codes of sentences), empty when registered."""

    document: Document
    missing: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return not self.missing


def register_document(*, actor: Actor, document: Document, annex: str = "", template_version: str = "") -> Document:
    """Register a classified piece, noting its annex (a key of the registry) and the version of the model it follows.

    Who does not read the piece cannot register it. Raises NotFound, AccessDenied, ClosedExpediente, RuleViolation
    "wrong_state" (it has no approved level yet, or is registered already), or Incomplete with all that is missing.
    """
    rights = permissions.rights_of(actor)
    rights.check(Action.VIEW, document)
    rights.check(Action.REGISTER, document)
    with transaction.atomic():
        expediente = hold_open(document.expediente_id)
        held = get_held(document)
        check_classified(held)
        faults = describe(held, annex.strip(), template_version.strip())
        if missing := [*faults, *lacking([held], expediente)[held.pk]]:
            raise Incomplete(dict.fromkeys(missing))
        held.save(update_fields=["annex", "template_version"])
        write_registered(held, actor)
    return held


def get_held(document: Document) -> Document:
    held = Document.objects.select_for_update(of=("self",)).select_related("expediente", "tipo", "annex")
    return held.get(pk=document.pk)


def check_classified(document: Document) -> None:
    """Only what is classified becomes registered: nothing jumps there (B9)."""
    if document.state != DocumentState.CLASSIFIED:
        raise RuleViolation("wrong_state", state=document.state, target=DocumentState.REGISTERED)


def describe(document: Document, annex: str, template_version: str) -> list[str]:
    """Note what was given; the version of the model is the annex's own when none is named."""
    faults = []
    if annex:
        document.annex = Annex.objects.filter(expediente=document.expediente_id, key=annex).first()
        faults = [] if document.annex else ["annex_unknown"]
    document.template_version = template_version or document.template_version or version_of(document.annex)
    return faults


def version_of(annex: Annex | None) -> str:
    return annex.template_version if annex else ""


def write_registered(document: Document, actor: Actor) -> None:
    states.move(
        document,
        DocumentState.REGISTERED,
        actor=actor,
        annex=document.annex.key if document.annex else "",
        template_version=document.template_version,
    )


def lacking(documents: Sequence[Document], expediente: Expediente) -> Mapping[uuid.UUID, tuple[str, ...]]:
    """What each piece lacks to be registered, by id, in a constant number of queries.

    The pieces come with their `expediente` and `tipo`, and are of this one expediente.
    """
    keys = [document.pk for document in documents]
    tipos = {tipo.code for tipo in list_tipos_for(expediente)}
    acts = ClassificationAct.objects.filter(state=ActState.IN_FORCE, level=F("document__level"))
    levelled = among(acts.values_list("document", flat=True), keys)
    located = among(PhysicalPlace.objects.order_by().values_list("document", flat=True), keys)
    return {
        document.pk: tuple(policies.registration_faults(document, tipos=tipos, levelled=levelled, located=located))
        for document in documents
    }


def among(rows: Any, keys: list[uuid.UUID]) -> set[uuid.UUID]:
    return set(rows.filter(document__in=keys))


def list_to_register(actor: Actor, expediente: Expediente) -> QuerySet[Document]:
    """Classified pieces of the expediente that the person reads, in order."""
    waiting = permissions.visible_to(actor).filter(expediente=expediente, state=DocumentState.CLASSIFIED)
    return waiting.select_related("expediente", "tipo", "annex").order_by("order")


def ready_or_not(actor: Actor, expediente: Expediente, *, after: int = 0) -> list[Registered]:
    """What registering now would give for each classified piece beyond an orden, the first MOST_AT_ONCE of them."""
    pieces = list(list_to_register(actor, expediente).filter(order__gt=after)[:MOST_AT_ONCE])
    faults = lacking(pieces, expediente)
    return [Registered(piece, faults[piece.pk]) for piece in pieces]


def count_left(actor: Actor, expediente: Expediente, after: int) -> int:
    """How many classified pieces that the person reads lie beyond an orden."""
    return list_to_register(actor, expediente).filter(order__gt=after).order_by().count()


def register_complete(*, actor: Actor, expediente: Expediente, after: int = 0) -> list[Registered]:
    """Register every classified piece that lacks nothing, in order, and tell what each of the others lacks.

    At most MOST_AT_ONCE pieces beyond the orden `after` are looked at: `count_left` says how many remain. Pieces the
    person does not read are left alone and not told. Raises NotFound, AccessDenied, ClosedExpediente.
    """
    permissions.check(actor, Action.REGISTER, expediente)
    with transaction.atomic():
        held = hold_open(expediente.pk)
        outcomes = ready_or_not(actor, held, after=after)
        for outcome in only_done(outcomes):
            outcome.document.template_version = outcome.document.template_version or version_of(outcome.document.annex)
            outcome.document.save(update_fields=["template_version"])
            write_registered(outcome.document, actor)
    return outcomes


def only_done(outcomes: Iterable[Registered]) -> Iterable[Registered]:
    return (outcome for outcome in outcomes if outcome.done)
