"""Why somebody else may, or may not: to whoever keeps the piece, with everything; to who manages people, with no
content at all. And both ways as of any day: who could see this then, what could she see then (U4, A12; ADR 28).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from records import permissions
from records.errors import AccessDenied, NotFound
from records.explain import (
    ASKED,
    BLOCKED,
    Because,
    Explanation,
    acts_of,
    allowed_to,
    facts_of,
    holds_over,
    opening_of,
    shown,
    told_of,
)
from records.models import Document, Recusal
from records.permissions import Actor, Ground, Rights
from records.sentences import Sentence
from records.vocabulary import Action

#: Of somebody else, where the sentence for oneself would not do.
OF_ANOTHER: Mapping[str, Sentence] = {
    "appointment_custodian": _("Es custodio de este expediente por %(act)s, del %(from)s al %(until)s."),
    "appointment_supervisor": _("Supervisa este convenio por %(act)s, del %(from)s al %(until)s."),
    "own_supplier": _("Es material propio del proveedor %(organisation)s, del que hace parte por %(act)s."),
    "own_receptor": _("Es del proyecto que recibe %(organisation)s, de la que hace parte por %(act)s."),
    "pending_approval": _("Hay una propuesta de nivel que puede decidir; puede leer la pieza hasta entonces."),
    "filer": _("La radicó y aún no tiene nivel."),
}
RECUSED = _("Tiene un impedimento desde el %(from)s, por %(act)s: nada de esto se le muestra.")
DISABLED = _("Su cuenta no estaba activa o no entraba a custodia.")
MANAGES = _("Administra personas: no consulta custodia.")
#: For who manages people: the kind of ground and its dates; neither what it is over nor what it is for.
NEUTRAL: Mapping[str, Sentence] = {
    "public_by_law": _("Lo público, como toda persona."),
    "office": _("Por su dependencia, %(office)s."),
    "own_office": _("Por su dependencia, %(office)s, en los expedientes de los que es responsable."),
    "appointment_custodian": _("Por una designación como custodio, del %(from)s al %(until)s."),
    "appointment_supervisor": _("Por una designación como supervisor, del %(from)s al %(until)s."),
    "own_supplier": _("Por el proveedor del que hace parte: lo que es material propio."),
    "own_receptor": _("Por el receptor del que hace parte: su proyecto."),
    "pending_approval": _("Por una propuesta de nivel que puede decidir."),
    "filer": _("Por haber radicado una pieza que aún no tiene nivel."),
    "break_glass": _("Por un acceso de emergencia, hasta las %(at)s, confirmado por %(by)s."),
}
NEUTRAL_GRANT = _("Por una concesión, hasta el %(until)s, otorgada por %(by)s.")
NOTHING = _("Nada le abre lo que se nombra, o no hay nada con esa referencia.")


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a piece at a moment, and every reason why."""

    person: Any
    because: tuple[Because, ...]


@dataclass(frozen=True)
class Seen:
    """What somebody could see: the grounds she held, and of what the asker keeps, the pieces with their level then."""

    because: tuple[Because, ...]
    pieces: tuple[tuple[Document, str], ...] = ()


def explain_for(
    asker: Actor, person: Any, document: Document | None, *, at: datetime.datetime | None = None
) -> Explanation:
    """Why a person may read a piece, or may not, told to somebody else. Raises NotFound, AccessDenied.

    Who manages people names the piece by its id and is told the kind of ground and its act; of a piece that is not
    there, and of one that nothing opens to the person, she is told the same.
    """
    if document is not None and permissions.allows(asker, Action.EXPLAIN_OTHERS, document):
        return told_whole(asker, person, document, at)
    if permissions.allows(asker, Action.MANAGE_PEOPLE):
        return told_neutrally(person, document, at)
    if document is None or not permissions.sees(asker, document):
        raise NotFound
    raise AccessDenied(action=Action.EXPLAIN_OTHERS)


def told_whole(asker: Actor, person: Any, document: Document, at: datetime.datetime | None) -> Explanation:
    rights, level = permissions.rights_of(person, at=at), permissions.level_at(document, at)
    if level is None:
        raise NotFound
    because = opening(rights, document, level) or blocking(person, rights, document, level, at)
    return Explanation(allowed_to(rights, document, at), because, holds_told(asker, document, at))


def holds_told(asker: Actor, document: Document, at: datetime.datetime | None) -> tuple[Because, ...]:
    """What keeps the piece from being disposed of today: of a past moment no hold is told."""
    return holds_over(permissions.rights_of(asker), [document])[document.pk] if at is None else ()


def opening(rights: Rights, document: Document, level: str) -> tuple[Because, ...]:
    return of_another(opening_of(rights, document, level))


def of_another(grounds: Iterable[Ground]) -> tuple[Because, ...]:
    """Each ground as it is told of somebody else, in a constant number of queries."""
    listed = list(grounds)
    told = told_of(listed, OF_ANOTHER)
    return tuple(told[ground] for ground in listed)


def blocking(
    person: Any, rights: Rights, document: Document, level: str, at: datetime.datetime | None
) -> tuple[Because, ...]:
    """Everything that keeps the person out: her account, her duties, recusals, or else the level."""
    if rights.actor is None:
        manages = not permissions.NO_CUSTODY.isdisjoint(permissions.roles_of(person))
        return (Because("account", str(MANAGES if manages else DISABLED), None),)
    if rights.barred.shuts(document):
        return recusals_over(person, document, at)
    return (Because("level", str(BLOCKED[level]), None),)


def recusals_over(person: Any, document: Document, at: datetime.datetime | None) -> tuple[Because, ...]:
    """Those over the piece, its expediente, and the expedientes where it also lies."""
    places = {document.expediente_id, *document.placements.values_list("expediente", flat=True)}
    rows = permissions.standing_recusals(person, at)
    over = [one for one in rows if one.document_id == document.pk or one.expediente_id in places]
    return tuple(Because("recusal", str(RECUSED) % facts_of_recusal(one), one.pk) for one in over)


def facts_of_recusal(recusal: Recusal) -> dict[str, str]:
    return {"from": shown(recusal.starts_on), "act": recusal.act}


# Without content ------------------------------------------------------------------------------------------------


def told_neutrally(person: Any, document: Document | None, at: datetime.datetime | None) -> Explanation:
    rights = permissions.rights_of(person, at=at)
    level = permissions.level_at(document, at) if document else None
    held = [] if document is None or level is None else [
        ground for ground in rights.grounds if ground.covers(document, level) and not rights.barred.shuts(document)
    ]  # fmt: skip
    because = neutral(held) or (Because("none", str(NOTHING), None),)
    reads = dict.fromkeys(map(str, ASKED), False) | {str(action): bool(held) for action in permissions.READING}
    return Explanation(reads, because)


def neutral(grounds: Iterable[Ground]) -> tuple[Because, ...]:
    """Each ground as who manages people may know it, in a constant number of queries."""
    listed = list(grounds)
    acts = acts_of(listed)
    return tuple(
        Because(ground.rule, str(NEUTRAL.get(ground.rule, NEUTRAL_GRANT)) % facts_of(ground, acts), ground.act)
        for ground in listed
    )


# Both ways, as of any day -----------------------------------------------------------------------------------


def who_could(asker: Actor, document: Document, *, at: datetime.datetime | None = None) -> list[Reader]:
    """Everybody who reads a piece at a moment, for whoever keeps it, in a constant number of queries but for the
    sentences. Raises NotFound, AccessDenied."""
    permissions.check(asker, Action.EXPLAIN_OTHERS, document)
    level = permissions.level_at(document, at)
    people = get_user_model().objects.order_by("username")
    each = permissions.rights_of_each(people, at=at) if level else {}
    readers = (Reader(rights.actor, opening(rights, document, level or "")) for rights in each.values())
    return [reader for reader in readers if reader.because]


def what_could(asker: Actor, person: Any, *, at: datetime.datetime | None = None) -> Seen:
    """What a person sees at a moment. To herself, all she reads; to a custodian, the pieces of what he keeps; to who
    manages people, the grounds without content. Raises AccessDenied for anybody else."""
    rights = permissions.rights_of(person, at=at)
    if asker.pk == person.pk:
        return Seen(of_another(not_shut(asker, rights)))
    kept = permissions.rights_of(asker).kept()
    if kept:
        pieces = permissions.visible_to(asker).filter(expediente__in=kept).select_related("expediente", "tipo")
        return Seen((), tuple(could_read(rights, list(pieces.order_by("expediente__code", "order")), at)))
    if permissions.allows(asker, Action.MANAGE_PEOPLE):
        return Seen(neutral(rights.grounds))
    raise AccessDenied(action=Action.EXPLAIN_OTHERS)


def not_shut(asker: Actor, rights: Rights) -> list[Ground]:
    """The person's own grounds, but those over nothing but what a recusal shuts to her today or shut her then: their
    words would tell of the item."""
    now = permissions.rights_of(asker).barred
    places, pieces = now.expedientes | rights.barred.expedientes, now.documents | rights.barred.documents
    if not places and not pieces:
        return list(rights.grounds)
    named = frozenset[uuid.UUID]().union(*(ground.documents for ground in rights.grounds))
    inside = Document.objects.filter(pk__in=named, expediente__in=places).order_by().values_list("pk", flat=True)
    pieces |= frozenset(inside)
    return [one for one in rights.grounds if one.everywhere or one.expedientes - places or one.documents - pieces]


def could_read(rights: Rights, pieces: list[Document], at: datetime.datetime | None) -> list[tuple[Document, str]]:
    if at is None:
        return [(piece, piece.level) for piece in pieces if rights.reads(piece)]
    stood = permissions.levels_then(pieces, at)
    levels = ((piece, stood[piece.pk].level) for piece in pieces if piece.pk in stood)
    return [(piece, level) for piece, level in levels if rights.reads(piece, level)]
