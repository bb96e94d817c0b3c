"""The citizen's guide is one link away from any page."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
def test_the_guide_is_public_and_linked_from_the_footer(client: Client) -> None:
    page = client.get("/ayuda/")
    assert page.status_code == 200
    assert b"Banco de Proyectos" in page.content
    assert b'href="/ayuda/"' in client.get("/verificar/").content
