"""A project of custody with its convenio and pieces, made public by the acts that do so in life."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from records.api import Document, Expediente
from records.convenios.api import Convenio, Project, publish_project, withdraw_project
from records.vocabulary import Level
from tests import factories


@dataclass(frozen=True)
class Case:
    """People, the convenio derivado's expediente and its project; nothing of it is public yet."""

    cast: dict[str, Any]
    place: Expediente
    project: Project

    def piece(self, level: str = "", **fields: Any) -> Document:
        """A piece of the convenio, with its level approved by two people unless there is none."""
        made = factories.insert_piece(self.cast["archivista"], self.place, **fields)
        if level:
            factories.give_level(made, level, self.cast["custodia"], self.cast["jefatura"])
        return made

    def give(self, piece: Document, level: str) -> None:
        factories.give_level(piece, level, self.cast["custodia"], self.cast["jefatura"])

    def publish(self, **facts: Any) -> None:
        said = {name: facts.pop(name) for name in ("correction", "note") if name in facts}
        for name, value in facts.items():
            setattr(self.project, name, value)
        self.project.save()
        publish_project(actor=self.cast["jefatura"], project=self.project, reason="Comité", **said)

    def another(self, code: str, slug: str, **facts: Any) -> Case:
        """The same convenio with one more project, which nobody sees yet."""
        fields = {field.attname: getattr(self.project, field.attname) for field in Project._meta.concrete_fields}
        named = {"id": uuid.uuid4(), "code": code, "slug": slug, "name": f"Proyecto {code}"}
        return replace(self, project=Project.objects.create(**fields | named | facts))

    def withdraw(self) -> None:
        withdraw_project(actor=self.cast["jefatura"], project=self.project, reason="Revisión")


def make_case(cast: dict[str, Any]) -> Case:
    marco_place = factories.make_expediente(cast["archivista"], kind="framework", convenio_number="CM-2026-001")
    place = factories.make_expediente(cast["archivista"], convenio_number="CD-2026-001")
    factories.appoint_custodian(place, cast["custodia"])
    signed = {"supplier": "Boreal Ficticia Defence AB (inventada)", "signed_on": datetime.date(2026, 6, 10)}
    marco = Convenio.objects.create(
        number="CM-2026-001", title="Marco", expediente=marco_place, credits_agreed=Decimal("12500000.00"), **signed
    )
    convenio = Convenio.objects.create(
        number="CD-2026-001", title="Taller", framework=marco, expediente=place,
        credits_agreed=Decimal("7140000.00"), **signed,
    )  # fmt: skip
    project = Project.objects.create(
        code="P-001", slug="taller", name="Taller regional", phase="execution", objective="Reparar en el país.",
        offset_kind="direct", supplier="Boreal", recipient="Andes", department="Antioquia", municipality="Rionegro",
        area_of_interest="technology_transfer", strategic_bet="defence_life", beneficiaries="40 técnicos",
        inclusion=["women"], convenio=convenio, credits_executed=Decimal("750000.00"),
        bank_entry_approved_on=datetime.date(2026, 5, 26),
        indicators=[
            {"kind": "social", "name": "Personas capacitadas", "unit": "personas", "target": 40, "achieved": 40},
            {"kind": "industrial", "name": "Mipymes integradas", "unit": "mipymes", "target": 0, "achieved": 0},
        ],
    )  # fmt: skip
    return Case(cast, place, project)


PUBLIC, RESTRICTED, RESERVED = Level.PUBLIC, Level.RESTRICTED, Level.RESERVED
