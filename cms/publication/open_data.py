"""Open data: each set is a table of columns over published rows only, with the words that explain them.

One table says name, meaning, type and value of every field: the files, their schemas, their dictionary and the API are
made of it, so that none of them can say more than another.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.publication import totals
from cms.publication.models import PublishedIndicator, PublishedProject, WithheldNotice

Row = dict[str, Any]
#: Rows that one question of the database brings while a file is written.
CHUNK = 500

TEXT, AMOUNT, COUNT, DATE, MOMENT = "texto", "cifra", "entero", "fecha", "momento"
#: Kind of a field → how a person reads its form.
KINDS: dict[str, Any] = {
    TEXT: _("Texto"),
    AMOUNT: _("Cifra con punto y dos decimales"),
    COUNT: _("Número entero"),
    DATE: _("Fecha AAAA-MM-DD"),
    MOMENT: _("Fecha y hora ISO 8601"),
}


@dataclass(frozen=True)
class Column:
    """A field: what it means, its kind, how it is read of a published row, and whether every row has it."""

    meaning: Any
    read: Callable[[Any], Any]
    kind: str = TEXT
    always: bool = False

    def value(self, row: Any) -> Any:
        """As JSON holds it: text, a whole number or None; amounts as text, so that no cent is rounded."""
        return _PLAIN[self.kind](self.read(row))


@dataclass(frozen=True)
class Dataset:
    """A set by name: `columns` field → what it is; `things` reads its published rows now, `count` only how many."""

    name: str
    title: Any
    about: Any
    columns: Mapping[str, Column]
    things: Callable[[], Iterable[Any]]
    count: Callable[[], int]

    def rows(self) -> Iterator[Row]:
        for thing in self.things():
            yield self.row(thing)

    def row(self, thing: Any) -> Row:
        return {name: column.value(thing) for name, column in self.columns.items()}


def _amount(value: Any) -> str | None:
    return None if value is None else str(Decimal(value).quantize(Decimal("0.01")))


def _moment(value: datetime.datetime | None) -> str | None:
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None


_PLAIN: dict[str, Callable[[Any], Any]] = {
    TEXT: lambda value: "" if value is None else str(value),
    AMOUNT: _amount,
    COUNT: lambda value: value,
    DATE: lambda value: value.isoformat() if value else None,
    MOMENT: _moment,
}


def last_change() -> datetime.datetime | None:
    """When any of the published rows behind the sets was last decided."""
    newest: datetime.datetime | None = PublishedProject.objects.aggregate(last=Max("decided_at"))["last"]
    return newest


def _read(rows: QuerySet[Any, Any]) -> Callable[[], Iterable[Model]]:
    return lambda: rows.all().iterator(chunk_size=CHUNK)


projects = PublishedProject.objects.order_by("code").prefetch_related("inclusion")
indicators = PublishedIndicator.objects.order_by("project__code", "position").select_related("project")
notices = WithheldNotice.objects.order_by("project__code", "norm", "article", "literal", "id").select_related("project")

_MARCO = _("Número del convenio marco")
_DERIVADO = _("Número del convenio derivado")
_AGREED = _("Créditos Offset acordados; no son dinero")
_EXECUTED = _("Créditos Offset ejecutados; no son dinero")
_PROJECT = _("Código del proyecto")

DATASETS: dict[str, Dataset] = {
    data.name: data
    for data in (
        Dataset(
            "proyectos",
            _("Proyectos del Banco"),
            _("Un renglón por proyecto publicado, con lo que muestra su página."),
            {
                "codigo": Column(_PROJECT, lambda row: row.code, always=True),
                "nombre": Column(_("Nombre"), lambda row: row.name, always=True),
                "direccion": Column(_("Dirección de su página en este sitio"), lambda row: row.url, always=True),
                "fase": Column(_("Fase del Banco"), lambda row: row.phase_label, always=True),
                "objetivo": Column(_("Objetivo"), lambda row: row.objective),
                "departamento": Column(_("Departamento"), lambda row: row.department),
                "municipio": Column(_("Municipio"), lambda row: row.municipality),
                "area_de_interes": Column(_("Área de interés"), lambda row: row.area_label),
                "apuesta": Column(_("Apuesta de reindustrialización"), lambda row: row.bet_label),
                "clase_offset": Column(_("Offset directo o indirecto"), lambda row: row.kind_label),
                "proveedor": Column(_("Proveedor extranjero"), lambda row: row.supplier),
                "receptor": Column(_("Receptor nacional"), lambda row: row.recipient),
                "beneficiarios": Column(_("Beneficiarios"), lambda row: row.beneficiaries),
                "criterios_diferenciales": Column(
                    _("Criterios diferenciales, separados por punto y coma"),
                    lambda row: "; ".join(row.inclusion_labels),
                ),
                "convenio_derivado": Column(_DERIVADO, lambda row: row.convenio_number),
                "convenio_marco": Column(_MARCO, lambda row: row.framework_number),
                "creditos_acordados": Column(_AGREED, lambda row: row.credits_agreed, AMOUNT, always=True),
                "creditos_ejecutados": Column(_EXECUTED, lambda row: row.credits_executed, AMOUNT, always=True),
                "actualizado": Column(
                    _("Cuándo se tomó la decisión que publicó el renglón"),
                    lambda row: row.decided_at,
                    MOMENT,
                    always=True,
                ),
            },
            _read(projects),
            PublishedProject.objects.count,
        ),
        Dataset(
            "indicadores",
            _("Indicadores de los proyectos"),
            _("Meta y logro de cada indicador, con la fecha y la fuente del logro."),
            {
                "proyecto": Column(_PROJECT, lambda row: row.project.code, always=True),
                "impacto": Column(
                    _("Clase de impacto: tecnológico, industrial, social o territorial"),
                    lambda row: row.kind_label,
                    always=True,
                ),
                "indicador": Column(_("Nombre del indicador"), lambda row: row.name, always=True),
                "unidad": Column(_("Unidad de medida"), lambda row: row.unit),
                "meta": Column(_("Meta acordada"), lambda row: row.target, AMOUNT),
                "logro": Column(_("Logro a la fecha"), lambda row: row.achieved, AMOUNT),
                "fecha": Column(_("Fecha del logro"), lambda row: row.measured_on, DATE),
                "fuente": Column(_("Documento del que sale el logro"), lambda row: row.source),
            },
            _read(indicators),
            PublishedIndicator.objects.count,
        ),
        Dataset(
            "convenios",
            _("Convenios derivados"),
            _("Partes y créditos de cada convenio; sin valores de actividades ni multiplicadores."),
            {
                "convenio_marco": Column(_MARCO, lambda row: row["framework_number"]),
                "convenio_derivado": Column(_DERIVADO, lambda row: row["convenio_number"], always=True),
                "objeto": Column(_("Objeto"), lambda row: row["object"]),
                "proveedor": Column(_("Proveedor extranjero"), lambda row: row["supplier"]),
                "creditos_acordados": Column(_AGREED, lambda row: row["agreed"], AMOUNT, always=True),
                "creditos_ejecutados": Column(_EXECUTED, lambda row: row["executed"], AMOUNT, always=True),
            },
            totals.convenios,
            totals.count_convenios,
        ),
        Dataset(
            "reservas",
            _("Lo que se reserva y por qué"),
            _("Cuántos documentos de cada proyecto no se publican, con la norma que lo manda y hasta cuándo."),
            {
                "proyecto": Column(_PROJECT, lambda row: row.project.code, always=True),
                "norma": Column(_("Norma que manda reservar"), lambda row: row.norm, always=True),
                "articulo": Column(_("Artículo"), lambda row: row.article),
                "literal": Column(_("Literal"), lambda row: row.literal),
                "documentos": Column(_("Cuántos documentos"), lambda row: row.count, COUNT, always=True),
                "hasta": Column(_("Hasta cuándo se reservan"), lambda row: row.until, DATE),
            },
            _read(notices),
            WithheldNotice.objects.count,
        ),
    )
}
