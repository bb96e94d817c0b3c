"""Published convenios: shown while a project of theirs is, and told of by their shown projects alone.

What a convenio has executed is the sum that a citizen can make of its shown projects. Any other would tell of a project
that was never published, or was withdrawn, by its difference.
"""

from __future__ import annotations

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
        facts = {name: getattr(one, name) for name in _TOLD} | {"slug": slugify(one.number)}
        facts |= {"credits_executed": NOTHING, "decision_id": card.decision_id, "decided_at": card.decided_at}
        PublishedConvenio.objects.update_or_create(number=one.number, defaults=facts)


def numbers_of(projects: QuerySet[PublishedProject]) -> set[str]:
    """Numbers of the convenios that these projects name."""
    named = projects.values_list("convenio_number", "framework_number")
    return {number for pair in named for number in pair if number}


def tell_again(numbers: Collection[str]) -> None:
    """What these convenios take from their projects, of those shown now and of no other."""
    for convenio in PublishedConvenio.objects.filter(number__in=numbers):
        shown = PublishedProject.objects.filter(
            Q(convenio_number=convenio.number) | Q(framework_number=convenio.number)
        )
        last = shown.order_by("-decided_at", "code").first()
        if last is not None:  # one that no project names goes away whole
            convenio.credits_executed = shown.aggregate(sum=Sum("credits_executed"))["sum"]
            convenio.recipient = last.recipient if convenio.kind == DERIVED else ""
            convenio.decision_id, convenio.decided_at = last.decision_id, last.decided_at
            convenio.save()
