"""The catalogue of tipos documentales and the retention schedule, as rows."""

from __future__ import annotations

import datetime

from cms.demo import fixtures
from cms.demo.fixtures import Row
from records.api import Serie, Subserie, TipoDocumental, TrdVersion

VERSION = 3
IN_FORCE_FROM = datetime.date(2025, 1, 1)


def load() -> str:
    """Write the schedule once; nothing changes when it is there."""
    data = fixtures.read("trd")
    trd, made = TrdVersion.objects.get_or_create(
        number=VERSION, defaults={"in_force_from": IN_FORCE_FROM, "office_code": "GC", "name": data["version"]}
    )
    for serie in data["series"]:
        load_serie(trd, serie)
    if made:
        TipoDocumental.objects.bulk_create(tipo_of(row, trd) for row in data["tipos"])
    return str(trd.pk)


def load_serie(trd: TrdVersion, row: Row) -> None:
    serie, _made = Serie.objects.get_or_create(trd=trd, code=row["code"], defaults={"name": row["name"]})
    for inner in row["subseries"]:
        Subserie.objects.get_or_create(
            serie=serie, code=inner["code"], defaults={"name": inner["name"], "kind": inner["kind"]}
        )


def tipo_of(row: Row, trd: TrdVersion) -> TipoDocumental:
    duty = "Obligatorio" if row["mandatory"] else "Si procede"
    return TipoDocumental(
        trd=trd,
        code=row["code"],
        name=row["name"],
        kinds=row["kinds"],
        stage=f"{duty}. {row['when']} ({row['source']})",
        producer=row["producer"],
        default_level=row["default_level"],
        default_reasons=row["default_reasons"],
        template=row["template"],
        formats=", ".join(row["formats"]),
    )
