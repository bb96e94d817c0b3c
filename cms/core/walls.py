"""Which pages stand behind a wall: those it was put around, those below, and copies of any of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from wagtail.models import Page, PageViewRestriction


def open_to_all(pages: Any) -> Any:
    """Those of the query `pages` that everybody may read. Wagtail's own `public()` tells of copies of what is not."""
    shut = with_copies(PageViewRestriction.objects.values_list("page__path", flat=True))
    return pages.exclude(below(shut)) if shut else pages


def with_copies(paths: Iterable[str]) -> set[str]:
    """These branches and those of every copy of a page of theirs, and of its copies."""
    found: set[str] = set()
    new = set(paths)
    while new:
        found |= new
        copies = Page.objects.filter(alias_of__in=Page.objects.filter(below(new)))
        new = set(copies.values_list("path", flat=True)) - found
    return found


def below(paths: Iterable[str]) -> Q:
    return reduce(or_, (Q(path__startswith=path) for path in paths))
