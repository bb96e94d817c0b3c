"""The page editor speaks Spanish and leads to our own guide."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.home.models import HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A5")]


def test_rooms_of_the_editor_are_told_in_spanish(site: HomePage, editor: Client) -> None:
    first, explorer = (editor.get(f"/editor/{room}").content.decode() for room in ("", f"pages/{site.pk}/"))

    assert "Buscar en todas las páginas…" in first
    assert "Search all" not in first
    assert "Más opciones para «" in explorer
    assert "More options" not in explorer


def test_help_is_our_own_guide(site: HomePage, editor: Client) -> None:
    menu = editor.get("/editor/").content.decode()

    assert "/ayuda/edicion/" in menu
    assert "whats-new-in-wagtail" not in menu
    assert '"name": "editor-guide"' not in menu
