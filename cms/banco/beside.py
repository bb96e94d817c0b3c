"""What follows where editors' words and the projection meet: search, and the end of a publication (ADR 55)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save

from cms.banco.project_page import ProjectPage
from cms.publication import search_source
from cms.publication.models import PublishedProject


class EditorsWords:
    """What the public index reads of these pages: only through the project, and only while everybody may read them."""

    def words_of(self, codes: Iterable[str]) -> dict[str, str]:
        shown = ProjectPage.objects.live().public().filter(project_code__in=list(codes))
        return dict(shown.values_list("project_code", "said"))

    def codes_of(self, page_ids: Iterable[str]) -> set[str]:
        return set(ProjectPage.objects.filter(pk__in=list(page_ids)).values_list("project_code", flat=True))


def connect() -> None:
    """Called once, when the apps are ready."""
    search_source.use_words_beside(EditorsWords())
    post_delete.connect(_page_gone, sender=ProjectPage, dispatch_uid="custodia_project_page_gone")
    post_delete.connect(_publication_ended, sender=PublishedProject, dispatch_uid="custodia_publication_ended")
    post_save.connect(_publication_began, sender=PublishedProject, dispatch_uid="custodia_publication_began")


def _page_gone(instance: ProjectPage, **_kwargs: Any) -> None:
    search_source.enqueue_projects_of([instance.project_code])


def _publication_ended(instance: PublishedProject, **_kwargs: Any) -> None:
    _take_off(instance.code)


def _publication_began(instance: PublishedProject, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """A page that was approved while its project was away is not shown by the project's return."""
    if created and not raw:
        _take_off(instance.code)


def _take_off(code: str) -> None:
    """In the transaction of the decision: what was written of a project that was withdrawn waits for an editor."""
    for page in ProjectPage.objects.live().filter(project_code=code):
        page.unpublish()
