"""A copy of what stands behind a wall is told by nothing that lists or finds pages, however often it was copied."""

from __future__ import annotations

import pytest
from wagtail.models import PageViewRestriction

from cms.norms.models import NormPage
from search import api as search

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A5", "I12")]
COPIES = ("copia-una", "copia-dos", "copia-tres")


@pytest.fixture
def norm(indexed) -> NormPage:
    """A norm with a copy, a copy of that, and a copy of the copy's copy; all of them are found."""
    norm = page = NormPage.objects.live().order_by("path").first()
    for slug in COPIES:
        page = page.create_alias(parent=norm.get_parent(), update_slug=slug)
    search.drain()
    return norm


def told(client, norm: NormPage) -> dict[str, set[str]]:
    addresses = ("/sitemap.xml", "/normas/", "/atom/normas/", f"/buscar/?q={norm.title.replace(' ', '+')}")
    pages = {path: client.get(path).content.decode() for path in addresses}
    return {path: {slug for slug in COPIES if slug in page} for path, page in pages.items()}


def test_copies_go_and_come_with_the_wall_of_what_they_copy(norm, client):
    shown = told(client, norm)
    assert shown["/sitemap.xml"] == shown["/normas/"] == set(COPIES)

    wall = PageViewRestriction.objects.create(page=norm, restriction_type=PageViewRestriction.LOGIN)
    search.drain()

    assert set().union(*told(client, norm).values()) == set()
    assert {client.get(f"/normas/{slug}/").status_code for slug in COPIES} == {404}
    wall.delete()
    search.drain()
    assert told(client, norm) == shown
