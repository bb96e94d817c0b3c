"""Published convenios: shown while a project of theirs is, and told of by their shown projects alone.

What a convenio has executed is the sum that a citizen can make of its shown projects. Any other would tell of a project
that was never published, or was withdrawn, by its difference.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import fields
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.utils.text import slugify

from cms.publication.models import PublishedConvenio, PublishedProject
from records.api import ConvenioCard, ProjectCard

DERIVED = "derived"
NOTHING = Decimal("0.00")
_TOLD = tuple(field.name for field in fields(ConvenioCard) if field.name != "number")


def show(card: ProjectCard) -> None:
    """The convenios of a card in place of what was shown of them."""
    for one in card.convenios:
        write(one, card.decision_id, card.decided_at)


def write(one: ConvenioCard, decision_id: uuid.UUID, decided_at: datetime.datetime) -> None:
    """What is its own; what it takes from its projects is told again after it."""
    facts = {name: getattr(one, name) for name in _TOLD} | {"slug": slugify(one.number)}
    facts |= {"credits_executed": NOTHING, "decision_id": decision_id, "decided_at": decided_at}
    PublishedConvenio.objects.update_or_create(number=one.number, defaults=facts)


def differing(cards: Collection[ConvenioCard]) -> list[str]:
    """Numbers of those that are not shown as these cards tell, whatever they take from their projects."""
    shown = {row.number: row for row in PublishedConvenio.objects.filter(number__in=[card.number for card in cards])}
    return [card.number for card in cards if card.number not in shown or differs(card, shown[card.number])]


def differs(card: ConvenioCard, row: PublishedConvenio) -> bool:
    return any(getattr(row, name) != getattr(card, name) for name in _TOLD if name != "recipient")


def date(numbers: Collection[str], moment: datetime.datetime) -> None:
    """These changed by an act of their own, which no decision of a project dates."""
    PublishedConvenio.objects.filter(number__in=numbers).update(decided_at=moment)


def naming(numbers: Collection[str]) -> QuerySet[PublishedProject]:
    return PublishedProject.objects.filter(Q(convenio_number__in=numbers) | Q(framework_number__in=numbers))


def numbers_of(projects: QuerySet[PublishedProject]) -> set[str]:
    """Numbers of the convenios that these projects name."""
    named = projects.values_list("convenio_number", "framework_number")
    return {number for pair in named for number in pair if number}


def tell_again(numbers: Collection[str]) -> None:
    """What these convenios take from their projects, of those shown now and of no other."""
    for convenio in PublishedConvenio.objects.filter(number__in=numbers):
        shown = naming([convenio.number])
        last = shown.order_by("-decided_at", "code").first()
        if last is not None:  # one that no project names goes away whole
            convenio.credits_executed = shown.aggregate(sum=Sum("credits_executed"))["sum"]
            convenio.recipient = last.recipient if convenio.kind == DERIVED else ""
            convenio.decision_id, convenio.decided_at = last.decision_id, last.decided_at
            convenio.save()
