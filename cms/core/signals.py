"""Every change of a public page reaches the public index through search's outbox, in the same transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished

from cms.publication import search_source


def connect() -> None:
    """Called once, when the apps are ready."""
    for signal in (page_published, page_unpublished):
        signal.connect(_page_changed, dispatch_uid=f"custodia_page_{id(signal)}")
    post_delete.connect(_page_deleted, dispatch_uid="custodia_page_deleted")
    for signal in (post_save, post_delete):
        signal.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid=f"custodia_wall_{id(signal)}")


def _enqueue(page_ids: list[int]) -> None:
    with transaction.atomic():
        search_source.enqueue_pages([str(pk) for pk in page_ids])


def _page_changed(instance: Page, **_kwargs: Any) -> None:
    _enqueue([instance.pk])


def _page_deleted(instance: Any, **_kwargs: Any) -> None:
    if isinstance(instance, Page) and instance.pk:
        _enqueue([instance.pk])


def _restriction_changed(instance: PageViewRestriction, **_kwargs: Any) -> None:
    """A wall around a page is one around its whole branch."""
    _enqueue(list(instance.page.get_descendants(inclusive=True).values_list("pk", flat=True)))
