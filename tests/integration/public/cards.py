"""Project cards as decisions hand them over: the worked example's two public projects, and as many more as asked."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction

from cms.publication import service
from records.api import ConvenioCard, PieceCard, ProjectCard

DECIDED = datetime.datetime(2027, 10, 20, 9, 14, tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))


def indicator(kind: str, name: str, target: int, achieved: int, date: str | None = "2027-09-16") -> dict[str, Any]:
    return {
        "kind": kind, "name": name, "unit": "", "target": target, "achieved": achieved, "date": date,
        "source": "Acreditación",
    }  # fmt: skip


P001 = ProjectCard(
    project_id=uuid.UUID(int=1),
    code="P-001",
    slug="taller-regional-de-aeropartes-en-compuestos",
    name="Taller regional de aeropartes en compuestos",
    phase="execution",
    objective="Reparar en el país piezas de materiales compuestos.",
    summary="Su primera línea lleva el nombre guayacan1188.",
    department="Antioquia",
    municipality="Rionegro",
    area_of_interest="technology_transfer",
    strategic_bet="defence_life",
    offset_kind="direct",
    supplier="Boreal Ficticia Defence AB (inventada)",
    recipient="Compuestos Andinos de Ejemplo S.A.S. (inventada)",
    beneficiaries="40 técnicos de cinco municipios",
    inclusion=("women", "msme"),
    convenio_number="CD-2026-001",
    framework_number="CM-2026-001",
    credits_agreed=Decimal("7140000.00"),
    credits_executed=Decimal("7140000.00"),
    decision_id=uuid.UUID(int=101),
    decided_at=DECIDED,
    indicators=(
        indicator("technological", "Tecnologías transferidas", 1, 1),
        indicator("social", "Personas capacitadas", 40, 40),
        indicator("industrial", "Mipymes integradas", 6, 6),
        indicator("industrial", "Encadenamientos productivos", 4, 4),
        indicator("technological", "Nuevas capacidades", 1, 1),
    ),
)
P002 = dataclasses.replace(
    P001,
    project_id=uuid.UUID(int=2),
    code="P-002",
    slug="laboratorio-de-electronica-de-potencia",
    name="Laboratorio de electrónica de potencia para movilidad fluvial",
    objective="Ensayar controladores de embarcaciones fluviales eléctricas.",
    summary="El laboratorio ofrece ensayos a astilleros.",
    department="Atlántico",
    municipality="Barranquilla",
    area_of_interest="sustainability",
    strategic_bet="energy_transition",
    offset_kind="indirect",
    recipient="Centro de Investigación Río Imaginario (inventado)",
    beneficiaries="132 personas",
    inclusion=("women",),
    convenio_number="CD-2026-002",
    credits_agreed=Decimal("5360000.00"),
    credits_executed=Decimal("4550000.00"),
    decision_id=uuid.UUID(int=102),
    indicators=(
        indicator("technological", "Tecnologías transferidas", 1, 1),
        indicator("social", "Personas capacitadas", 132, 12),
        indicator("industrial", "Mipymes integradas", 0, 0, None),
        indicator("industrial", "Encadenamientos productivos", 0, 0, None),
        indicator("technological", "Nuevas capacidades", 1, 0, None),
    ),
    withheld=({"norm": "Ley 1712 de 2014", "article": "18", "literal": "c", "count": 1, "until": "2036-06-10"},),
)

MARCO = ConvenioCard(
    number="CM-2026-001", kind="framework", framework_number="", title="Convenio marco de cooperación",
    supplier=P001.supplier, recipient="", signed_on=datetime.date(2026, 4, 20), stage="En ejecución", currency="USD",
    credits_agreed=Decimal("12500000.00"),
)  # fmt: skip
DERIVED = dataclasses.replace(
    MARCO, number="CD-2026-001", kind="derived", framework_number="CM-2026-001", title=P001.name,
    recipient=P001.recipient, credits_agreed=P001.credits_agreed,
)  # fmt: skip
PIECE = PieceCard(
    document_id=uuid.UUID(int=201), convenio_number="CD-2026-001", title="Plan de formación de técnicos",
    tipo="Anexo del convenio", date=datetime.date(2026, 6, 10),
    digest="1de08cb0a8ef0b1b0a6f0d0a1e0a4c33f8ea2e5fbb3ea6ee5cd2c0d5ed4bb27e", size=1834, media_type="application/pdf",
    extension=".pdf", pages=3, version=1, decision_id=uuid.UUID(int=301), text="Módulos de reparación de compuestos.",
)  # fmt: skip
#: The first project with its convenios and a public piece, as custody hands it over.
WHOLE = dataclasses.replace(P001, convenios=(MARCO, DERIVED), pieces=(PIECE,))


def publish(*cards: ProjectCard) -> None:
    """Publishes each card as its decision would."""
    with transaction.atomic():
        for card in cards:
            service.publish(card)


def withdraw(card: ProjectCard) -> None:
    with transaction.atomic():
        service.withdraw(card.project_id)


def publish_many(count: int) -> None:
    """`count` projects beside the worked example's, spread over phases and departments."""
    phases = ("structuring", "review", "execution", "closing")
    publish(
        *(
            dataclasses.replace(
                P002,
                project_id=uuid.uuid4(),
                code=f"P-{number:04d}",
                slug=f"proyecto-{number}",
                phase=phases[number % 4],
                department=f"Departamento {number % 7}",
            )
            for number in range(1000, 1000 + count)
        )
    )
