"""Every change of a public page reaches the public index through search's outbox, in the same transaction.

Heard where Wagtail writes the row, inside its transaction: its own signals of publishing come after the commit, where
an end of the process would lose the change.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save
from wagtail.models import Page, PageViewRestriction, Site

from cms.core import generation, walls
from cms.publication import search_source

#: Columns that nobody outside sees: a draft that is saved, a lock, a count of children. A page on which only these
#: change is as findable as before, and must not wait for the index.
UNSEEN = frozenset({
    "wagtail_admin_comments", "latest_revision_created_at", "draft_title", "latest_revision", "has_unpublished_changes",
    "numchild", "locked", "locked_at", "locked_by", "go_live_at", "expire_at",
})  # fmt: skip


#: Modules of the rows that kept pages are made of. Historical models of migrations have another module.
SHOWN = ("cms.publication.models", "cms.core.identity", "wagtail.images.models", "wagtail.contrib.redirects.models")
#: Keys of seals stand on a page that is never kept, and are noted before this app has its table.
NOT_SHOWN = ("PublishedKey", "Rendition")


def connect() -> None:
    """Called once, when the apps are ready."""
    pre_save.connect(_copy_begins, dispatch_uid="custodia_copy_begins")
    post_save.connect(_page_saved, dispatch_uid="custodia_page_saved")
    post_delete.connect(_page_deleted, dispatch_uid="custodia_page_deleted")
    for signal in (post_save, post_delete):
        signal.connect(_row_changed, dispatch_uid=f"custodia_published_{id(signal)}")
        signal.connect(_restriction_changed, sender=PageViewRestriction, dispatch_uid=f"custodia_wall_{id(signal)}")
        signal.connect(_site_changed, sender=Site, dispatch_uid=f"custodia_site_{id(signal)}")


def _enqueue(page_ids: list[int]) -> None:
    with transaction.atomic():
        generation.advance()
        search_source.enqueue_pages([str(pk) for pk in page_ids])


def _row_changed(sender: Any, **_kwargs: Any) -> None:
    """Whatever else the public pages are made of: published rows, pictures, the words and signs of the house."""
    if sender.__module__.startswith(SHOWN) and sender.__name__ not in NOT_SHOWN:
        with transaction.atomic():
            generation.advance()


def _copy_begins(instance: Any, *, raw: bool = False, **_kwargs: Any) -> None:
    """A copy of a copy is one of the page itself: its walls are then asked for at once, however often it was copied."""
    copied = instance.alias_of if isinstance(instance, Page) and not raw else None
    if copied is not None and copied.alias_of_id:
        instance.alias_of = copied.alias_of


def _page_saved(
    instance: Any, *, raw: bool = False, update_fields: Collection[str] | None = None, **_kwargs: Any
) -> None:
    if not isinstance(instance, Page) or raw or (update_fields is not None and UNSEEN.issuperset(update_fields)):
        return
    # A move saves the bare page, when its branch has moved already and in the same transaction.
    _enqueue(_branch(instance) if type(instance) is Page else [instance.pk])


def _page_deleted(instance: Any, **_kwargs: Any) -> None:
    if isinstance(instance, Page) and instance.pk:
        _enqueue([instance.pk])


def _restriction_changed(instance: PageViewRestriction, *, raw: bool = False, **_kwargs: Any) -> None:
    """A wall around a page is one around its whole branch and all copies of it. One that is loaded as it was shuts what
    is kept at once."""
    if raw:
        generation.advance()
    else:
        branches = walls.below(walls.with_copies([instance.page.path]))
        _enqueue(list(Page.objects.filter(branches).values_list("pk", flat=True)))


def _site_changed(*, raw: bool = False, **_kwargs: Any) -> None:
    """Another root: what no site leads to is no page of anybody. Rows that are loaded as they were change nothing."""
    if not raw:
        _enqueue(list(Page.objects.values_list("pk", flat=True)))


def _branch(page: Page) -> list[int]:
    return list(page.get_descendants(inclusive=True).values_list("pk", flat=True))
