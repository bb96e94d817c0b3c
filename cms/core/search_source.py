"""Live public pages as the public index knows them. Private pages and drafts are not pages here."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.core.models import BasePage


@dataclass(frozen=True)
class Thing:
    """One published thing: what is shown of it and the whole text that may be found."""

    title: str
    url: str
    text: str
    kind: str
    date: datetime.date | None = None


class PublishedPages:
    """The part of the published source whose keys are page ids, as text."""

    prefix = "pagina"

    def ids(self) -> Iterable[str]:
        return [str(pk) for pk in _readable().values_list("pk", flat=True)]

    def things(self, ids: Iterable[str]) -> dict[str, Thing]:
        """The pages of `ids` that everybody may read now; the others are left out."""
        wanted = [int(value) for value in ids if value.isdecimal()]
        pages = _readable().filter(pk__in=wanted).specific()
        return {str(page.pk): _thing(page) for page in pages if isinstance(page, BasePage)}


def _readable() -> PageQuerySet[Page]:
    """Live pages under no view restriction, without the root, which is no page of anybody."""
    return Page.objects.live().public().filter(depth__gt=1).order_by("pk")


def _thing(page: BasePage) -> Thing:
    published = page.last_published_at
    return Thing(
        title=page.title,
        url=page.url or "/",
        text=page.searchable_text(),
        kind=_("Página"),
        date=timezone.localtime(published).date() if published else None,
    )
