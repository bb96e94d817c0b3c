"""What the editor previews is looked at by its checks; nothing of them reaches a reader."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.home.models import ContentPage, HomePage
from tests.integration.public.test_editor import BODY, words

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A5")]


def test_a_preview_is_looked_at_and_a_public_page_carries_nothing_of_it(site: HomePage, editor: Client) -> None:
    page = ContentPage.objects.get(slug="que-es-offset")
    public = editor.get("/que-es-offset/").content.decode()

    address = f"/editor/pages/{page.pk}/edit/preview/"
    assert editor.post(address, words(BODY)).json()["is_valid"]
    shown = editor.get(f"{address}?in_preview_panel=true")

    assert "wagtail-userbar" in shown.content.decode()
    assert "userbar" not in public
