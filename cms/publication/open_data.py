"""Open data: each set is a list of plain rows made of published columns only, with the words that explain them.

Cells that a spreadsheet would run as a formula are made inert by a leading apostrophe (ASVS 1.2.10).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.publication import totals
from cms.publication.models import PublishedIndicator, PublishedProject

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """A set by name: `columns` field → what it means; `rows` reads it now, `count` only its size."""

    name: str
    title: Any
    about: Any
    columns: Mapping[str, Any]
    rows: Callable[[], Iterable[Row]]
    count: Callable[[], int]


def _projects() -> Iterable[Row]:
    shown = PublishedProject.objects.order_by("code").prefetch_related("inclusion")
    return [
        {
            "codigo": row.code,
            "nombre": row.name,
            "direccion": row.url,
            "fase": row.phase_label,
            "objetivo": row.objective,
            "departamento": row.department,
            "municipio": row.municipality,
            "area_de_interes": row.area_label,
            "apuesta": row.bet_label,
            "clase_offset": row.kind_label,
            "proveedor": row.supplier,
            "receptor": row.recipient,
            "beneficiarios": row.beneficiaries,
            "criterios_diferenciales": "; ".join(row.inclusion_labels),
            "convenio_derivado": row.convenio_number,
            "convenio_marco": row.framework_number,
            "creditos_acordados": str(row.credits_agreed),
            "creditos_ejecutados": str(row.credits_executed),
            "actualizado": timezone.localtime(row.decided_at).isoformat(timespec="seconds"),
        }
        for row in shown
    ]


def _indicators() -> Iterable[Row]:
    shown = PublishedIndicator.objects.order_by("project__code", "position").select_related("project")
    return [
        {
            "proyecto": row.project.code,
            "impacto": row.kind_label,
            "indicador": row.name,
            "unidad": row.unit,
            "meta": _plain(row.target),
            "logro": _plain(row.achieved),
            "fecha": row.measured_on.isoformat() if row.measured_on else None,
            "fuente": row.source,
        }
        for row in shown
    ]


def _convenios() -> Iterable[Row]:
    return [
        {
            "convenio_marco": row["framework_number"],
            "convenio_derivado": row["convenio_number"],
            "objeto": row["object"],
            "proveedor": row["supplier"],
            "creditos_acordados": str(row["agreed"]),
            "creditos_ejecutados": str(row["executed"]),
        }
        for row in totals.convenios()
    ]


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


_MARCO = _("Número del convenio marco")
_DERIVADO = _("Número del convenio derivado")
_AGREED = _("Créditos Offset acordados, con punto y dos decimales")
_EXECUTED = _("Créditos Offset ejecutados, con punto y dos decimales")

DATASETS: dict[str, Dataset] = {
    data.name: data
    for data in (
        Dataset(
            "proyectos",
            _("Proyectos del Banco"),
            _("Un renglón por proyecto publicado, con lo que muestra su página."),
            {
                "codigo": _("Código del proyecto"),
                "nombre": _("Nombre"),
                "direccion": _("Dirección de su página en este sitio"),
                "fase": _("Fase del Banco"),
                "objetivo": _("Objetivo"),
                "departamento": _("Departamento"),
                "municipio": _("Municipio"),
                "area_de_interes": _("Área de interés"),
                "apuesta": _("Apuesta de reindustrialización"),
                "clase_offset": _("Offset directo o indirecto"),
                "proveedor": _("Proveedor extranjero"),
                "receptor": _("Receptor nacional"),
                "beneficiarios": _("Beneficiarios"),
                "criterios_diferenciales": _("Criterios diferenciales, separados por punto y coma"),
                "convenio_derivado": _DERIVADO,
                "convenio_marco": _MARCO,
                "creditos_acordados": _AGREED,
                "creditos_ejecutados": _EXECUTED,
                "actualizado": _("Fecha y hora de la decisión que publicó el renglón"),
            },
            _projects,
            PublishedProject.objects.count,
        ),
        Dataset(
            "indicadores",
            _("Indicadores de los proyectos"),
            _("Meta y logro de cada indicador, con la fecha y la fuente del logro."),
            {
                "proyecto": _("Código del proyecto"),
                "impacto": _("Clase de impacto: tecnológico, industrial, social o territorial"),
                "indicador": _("Nombre del indicador"),
                "unidad": _("Unidad de medida"),
                "meta": _("Meta acordada"),
                "logro": _("Logro a la fecha"),
                "fecha": _("Fecha del logro, AAAA-MM-DD"),
                "fuente": _("Documento del que sale el logro"),
            },
            _indicators,
            PublishedIndicator.objects.count,
        ),
        Dataset(
            "convenios",
            _("Convenios derivados"),
            _("Partes y créditos de cada convenio; sin valores de actividades ni multiplicadores."),
            {
                "convenio_marco": _MARCO,
                "convenio_derivado": _DERIVADO,
                "objeto": _("Objeto"),
                "proveedor": _("Proveedor extranjero"),
                "creditos_acordados": _AGREED,
                "creditos_ejecutados": _EXECUTED,
            },
            _convenios,
            totals.count_convenios,
        ),
    )
}


def as_csv(dataset: Dataset) -> str:
    """The set as RFC 4180 text with a byte order mark, which spreadsheets need to read accents."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(dataset.columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: inert(value) for name, value in row.items()} for row in dataset.rows())
    return f"\ufeff{text.getvalue()}"


def inert(value: Any) -> str:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
