"""Projects and convenios as staff see them: those who publish, and those who keep the papers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from records.api import Actor, Key, NotFound, as_uuid, grounds_for, is_staff_everywhere
from records.convenios.models import Convenio, Project, PublicationDecision


def list_projects_for(actor: Actor) -> QuerySet[Project]:
    """Projects with `published` = the last decision about each (None when there was none)."""
    last = PublicationDecision.objects.filter(project=OuterRef("pk")).order_by("-decided_at")
    known = Project.objects.select_related("convenio").annotate(
        published=Subquery(last.values("published")[:1]), decided_at=Subquery(last.values("decided_at")[:1])
    )
    return known if is_staff_everywhere(grounds_for(actor)) else known.none()


def get_project_for(actor: Actor, key: Key) -> Project:
    project = list_projects_for(actor).filter(pk=as_uuid(key)).first()
    if project is None:
        raise NotFound
    return project


def suppliers_of(numbers: Iterable[str]) -> dict[str, str]:
    """Number → supplier of the convenios among these numbers."""
    return dict(Convenio.objects.filter(number__in=set(numbers)).order_by().values_list("number", "supplier"))


def list_convenios_for(actor: Actor) -> QuerySet[Convenio]:
    known = Convenio.objects.select_related("framework", "expediente")
    return known if is_staff_everywhere(grounds_for(actor)) else known.none()
