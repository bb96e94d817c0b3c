"""A small house: the cast, one derived expediente with its named custodian."""

from __future__ import annotations

from typing import Any

import pytest

from records.models import Expediente
from tests import factories
from tests.people import make_cast


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", convenio_number="CD-2026-001")
    factories.appoint_custodian(made, cast["custodia"])
    return made
