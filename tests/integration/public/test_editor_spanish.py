"""The page editor speaks Spanish and leads to our own guide."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.banco.models import BancoPage, ProjectPage
from cms.home.models import HomePage
from tests.integration.public.cards import P001, publish

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


def test_a_picture_asks_for_its_file_and_its_description_in_spanish(site: HomePage, editor: Client) -> None:
    form = editor.get(f"/editor/pages/add/banco/projectpage/{BancoPage.objects.get().pk}/").content.decode()

    assert "para quien no puede verla." in form
    assert "Archivo" in form
    assert not [word for word in ("&quot;Image&quot;", "Alt text", "Texto alternativo") if word in form]


def test_who_finds_no_project_to_write_of_is_told_where_its_page_is(site: HomePage, editor: Client) -> None:
    publish(P001)
    banco = BancoPage.objects.get()
    where, told = f"/editor/pages/add/banco/projectpage/{banco.pk}/", "ábrala en la lista del Banco de Proyectos"
    assert told not in editor.get(where).content.decode()

    banco.add_child(instance=ProjectPage(project_code=P001.code))

    assert told in editor.get(where).content.decode()
