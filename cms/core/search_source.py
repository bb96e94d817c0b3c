"""Live public pages as the public index knows them. Private pages and drafts are not pages here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, Q
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.query import PageQuerySet

from cms.core.models import BasePage, without_address
from cms.core.walls import open_to_all


@dataclass(frozen=True)
class Thing:
    """One published thing: what is shown of it and the whole text that may be found. `kind` says what it is in one
    Spanish word; `facts` are further facets, name → value."""

    title: str
    url: str
    text: str
    kind: str
    changed: datetime.datetime | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def date(self) -> datetime.date | None:
        """The day of its last change, here."""
        return timezone.localtime(self.changed).date() if self.changed else None


class PublishedPages:
    """The part of the published source whose keys are page ids, as text."""

    prefix = "pagina"

    def ids(self) -> Iterable[str]:
        return [str(pk) for pk in readable().values_list("pk", flat=True)]

    def last_change(self) -> datetime.datetime | None:
        """When one that everybody may read was last published; None where none was by hand."""
        changed: datetime.datetime | None = readable().order_by().aggregate(last=Max("last_published_at"))["last"]
        return changed

    def among(self, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that everybody may read now."""
        return {str(pk) for pk in readable().filter(pk__in=_numbers(ids)).values_list("pk", flat=True)}

    def things(self, ids: Iterable[str]) -> dict[str, Thing]:
        """The pages of `ids` that everybody may read now; the others are left out."""
        pages = readable().filter(pk__in=_numbers(ids)).specific()
        return {str(page.pk): _thing(page) for page in pages if isinstance(page, BasePage)}


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(value) for value in ids if value.isdecimal()]


def readable() -> PageQuerySet[Page]:
    """Live pages at an address of their own, under no view restriction, that some site leads to; the root is no page
    of anybody."""
    reached = Q()
    for root in Site.get_site_root_paths():
        reached |= Q(url_path__startswith=root.root_path)
    pages = open_to_all(Page.objects.live()).filter(depth__gt=1).not_exact_type(*without_address()).order_by("pk")
    return pages.filter(reached) if reached else pages.none()


def _thing(page: BasePage) -> Thing:
    return Thing(
        title=page.title,
        url=page.url or "/",
        text=page.searchable_text(),
        kind=str(page.kind_word),
        changed=page.last_published_at,
        facts=page.searchable_facts(),
    )
