"""The page all others are: a title, an introduction of one paragraph, a breadcrumb. No table of its own."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page, PageViewRestriction

from cms.core import known
from cms.core.generation import PublicGeneration
from cms.core.identity import Identity
from cms.core.spanish import as_sentences

__all__ = ["BasePage", "Identity", "PublicGeneration"]


class BasePage(Page):
    """Base of every public page. Menus are fixed addresses, so pages carry no "show in menus" switch."""

    intro = models.TextField(
        _("introducción"), blank=True, help_text=_("Un párrafo en lenguaje claro: qué encuentra aquí quien llega.")
    )

    #: What such a page is, in one word: readers of the public search narrow by it.
    kind_word: ClassVar[Any] = _("Página")
    #: Whether it is shown at an address of its own; otherwise another page shows it, and no list of pages has it.
    has_address: ClassVar[bool] = True
    #: Columns that its page shows beside introduction and body, and that are therefore found.
    shown_columns: ClassVar[tuple[str, ...]] = ()

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    promote_panels: ClassVar[list[Panel]] = [
        FieldPanel("slug"),
        FieldPanel("seo_title"),
        FieldPanel("search_description"),
    ]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["crumbs"] = self.crumbs()
        return context

    @cached_property
    def _walls(self) -> QuerySet[PageViewRestriction]:
        line = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        here = Q(page__path__in=line)
        copied = Q(page__aliases__path__in=line) | Q(page__aliases__aliases__path__in=line)
        walls: QuerySet[PageViewRestriction] = PageViewRestriction.objects.filter(here | copied)
        return walls.distinct()

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Walls of this page and of those above it, and of the pages that any of them copies.

        One question where Wagtail asks two. Asked twice in a request, by Wagtail and by our own hook: read once.
        """
        return self._walls

    def crumbs(self) -> list[dict[str, str]]:
        """From the home page to this one; none for the home page itself."""
        return known.fact(f"crumbs of {self.pk}", self._line) if self.live else self._line()

    def _line(self) -> list[dict[str, str]]:
        line = list(self.get_ancestors(inclusive=True).filter(depth__gt=1).only("title", "url_path", "depth", "slug"))
        if len(line) < 2:
            return []
        top = len(line[0].url_path)
        return [{"label": page.title, "url": f"/{page.url_path[top:]}"} for page in line]

    def searchable_text(self) -> str:
        """What a reader sees of this page below its title, as plain text for the public index."""
        body = getattr(self, "body", None)
        parts = [self.intro, *map(self._shown, self.shown_columns)]
        if body is not None:
            parts += body.stream_block.get_searchable_content(body)
        return as_sentences(*parts)

    def searchable_facts(self) -> dict[str, str]:
        """Facets of this page in the public search, name → value, beside what it is."""
        return {}

    def _shown(self, column: str) -> str:
        """A column as its page says it: the words of a choice, not its code."""
        said = getattr(self, f"get_{column}_display", None)
        return str(said() if said else getattr(self, column) or "")


@functools.cache
def without_address() -> tuple[type[BasePage], ...]:
    """Types of pages that are shown inside another one."""
    return tuple(kind for kind in apps.get_models() if issubclass(kind, BasePage) and not kind.has_address)
