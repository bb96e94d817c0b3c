"""A certified expediente: some pieces with a life, its custodian, and the file that was issued of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from records.certificates.issue import Issued, issue_certificate
from records.certificates.scope import of_expediente
from records.models import Document, Expediente
from tests import factories
from tests.people import make_cast


@pytest.fixture
def cast(db: None) -> dict[str, Any]:
    return make_cast()


@pytest.fixture
def own_witness(settings: Any, tmp_path: Path) -> None:
    """A folder outside the database that knows no other test's ledger."""
    settings.RECORDS = {**settings.RECORDS, "WITNESS": tmp_path / "witness"}


@pytest.fixture
def expediente(cast: dict[str, Any]) -> Expediente:
    made = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", title="Taller regional")
    factories.appoint_custodian(made, cast["custodia"])
    return made


@pytest.fixture
def pieces(cast: dict[str, Any], expediente: Expediente) -> list[Document]:
    titles = ("Acta de inicio", "Informe técnico", "Oferta económica")
    filed = [
        factories.file_piece(cast["archivista"], expediente, f"Pieza {n}: «texto»\n".encode(), title=title)
        for n, title in enumerate(titles)
    ]
    factories.give_level(filed[1], "restricted", cast["custodia"], cast["jefatura"])
    factories.give_level(filed[2], "reserved", cast["custodia"], cast["jefatura"])
    return filed


@pytest.fixture
def issued(
    cast: dict[str, Any], expediente: Expediente, pieces: list[Document], own_witness: None, tmp_path: Path
) -> tuple[Path, Issued]:
    target = tmp_path / "certificado.zip"
    scope = of_expediente(cast["custodia"], expediente)
    return target, issue_certificate(actor=cast["custodia"], scope=scope, with_bytes=True, target=target)
