"""Queries of the lists that no other test counts: as many for sixty rows as for six."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.core.bootstrap import ensure_site
from records.convenios.models import Convenio, Project
from records.services import classification
from records.vocabulary import Level
from search import api as search
from tests import factories
from tests.integration.public.cards import P002, publish
from tests.people import make_cast


@pytest.fixture
def cast(db: None, settings: Any, tmp_path: Path) -> dict[str, Any]:
    settings.SEARCH = {"ENGINE": {"BACKEND": "search.engines.embedded.EmbeddedEngine", "OPTIONS": {"path": tmp_path}}}
    ensure_site(80)
    return make_cast()


def more_proposals(cast: dict[str, Any], count: int) -> None:
    for _number in range(count):
        opened = factories.make_expediente(cast["archivista"])
        factories.appoint_custodian(opened, cast["custodia"])
        piece = factories.insert_piece(cast["archivista"], opened)
        classification.propose_level(
            actor=cast["custodia"],
            document=piece,
            level=Level.RESTRICTED,
            grounds=factories.grounds_for(Level.RESTRICTED),
        )


def more_projects(cast: dict[str, Any], count: int) -> None:
    opened = factories.make_expediente(cast["archivista"])
    for _number in range(count):
        name = uuid.uuid4().hex[:12]
        convenio = Convenio.objects.create(number=f"CD-{name}", title="o", expediente=opened, supplier="s")
        Project.objects.create(
            code=name, slug=name, name=name, phase="review", objective="o", offset_kind="direct",
            supplier="s", recipient="r", convenio=convenio,
        )  # fmt: skip


def more_published(_cast: dict[str, Any], count: int) -> None:
    names = [uuid.uuid4().hex[:12] for _number in range(count)]
    publish(*(dataclasses.replace(P002, project_id=uuid.uuid4(), code=name, slug=name) for name in names))
    search.rebuild()


More = Callable[[dict[str, Any], int], None]
LISTS: dict[str, tuple[str, More]] = {
    "/custodia/aprobaciones/": ("jefatura", more_proposals),
    "/custodia/bitacora/": ("auditoria", more_proposals),
    "/custodia/proyectos/": ("archivista", more_projects),
    "/custodia/convenios/": ("archivista", more_projects),
    "/datos/": ("", more_published),
    "/datos/proyectos.csv": ("", more_published),
    "/sitemap.xml": ("", more_published),
    "/buscar/?q=laboratorio": ("", more_published),
    "/buscar/?q=laboratorio&seccion=proyectos&orden=recientes": ("", more_published),
    "/buscar/atom/?q=laboratorio": ("", more_published),
}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_for_any_number_of_rows(cast: dict[str, Any], address: str) -> None:
    login, more = LISTS[address]
    client = Client()
    if login:
        client.force_login(cast[login])
    more(cast, 6)
    few = queries(client, address)
    more(cast, 54)
    assert queries(client, address) == few


def queries(client: Client, address: str) -> int:
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
