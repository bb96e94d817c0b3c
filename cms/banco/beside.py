"""What follows where editors' words and the projection meet: search, and the end of a publication (ADR 55)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models.signals import post_delete, pre_delete, pre_save

from cms.banco.project_page import ProjectPage
from cms.core.walls import open_to_all
from cms.publication import search_source
from cms.publication.models import PublishedProject


class EditorsWords:
    """What the public index reads of these pages: only through the project, and only while everybody may read them."""

    def words_of(self, codes: Iterable[str]) -> dict[str, str]:
        shown = open_to_all(ProjectPage.objects.live().filter(project_code__in=list(codes)))
        return dict(shown.values_list("project_code", "said"))

    def codes_of(self, page_ids: Iterable[str]) -> set[str]:
        return set(ProjectPage.objects.filter(pk__in=list(page_ids)).values_list("project_code", flat=True))


def connect() -> None:
    """Called once, when the apps are ready."""
    search_source.use_words_beside(EditorsWords())
    post_delete.connect(_page_gone, sender=ProjectPage, dispatch_uid="custodia_project_page_gone")
    # Before the row is written: an editor's act too locks the page and then the mark of what is public, and who locked
    # them the other way round would wait for it while it waits for her.
    pre_delete.connect(_publication_ends, sender=PublishedProject, dispatch_uid="custodia_publication_ends")
    pre_save.connect(_publication_begins, sender=PublishedProject, dispatch_uid="custodia_publication_begins")


def _page_gone(instance: ProjectPage, **_kwargs: Any) -> None:
    search_source.enqueue_projects_of([instance.project_code])


def _publication_ends(instance: PublishedProject, **_kwargs: Any) -> None:
    _take_off(instance.code)


def _publication_begins(
    instance: PublishedProject, raw: bool = False, update_fields: Collection[str] | None = None, **_kwargs: Any
) -> None:
    """A page that was approved while its project was away is not shown by the project's return, nor by a project that
    takes over the code of another."""
    if raw or (update_fields is not None and "code" not in update_fields):
        return
    former = PublishedProject.objects.filter(pk=instance.pk).values_list("code", flat=True).first()
    if former != instance.code:
        _take_off(former, instance.code)


def _take_off(*codes: str | None) -> None:
    """In the transaction of the decision: what was written of a project that was withdrawn waits for an editor, also
    what was set for a moment that is yet to come. Who publishes it meanwhile has either done so or comes after."""
    pages = ProjectPage.objects.filter(project_code__in=filter(None, codes)).order_by("pk")
    for page in pages.select_for_update(of=("page_ptr",)):
        page.unpublish()
        page.revisions.exclude(approved_go_live_at=None).update(approved_go_live_at=None)
