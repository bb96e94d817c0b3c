"""Project cards as decisions hand them over: the worked example's two public projects, and as many more as asked."""

from __future__ import annotations

import dataclasses
import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction

from cms.publication import service
from records.api import ProjectCard

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
