"""Formato Único de Inventario Documental, in its two layouts: the classic one (Acuerdo AGN 042 de 2002) and that of
annex 3 of Acuerdo AGN 001 de 2024. One row per unidad documental: an expediente, as one reader knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from records.rendering.sheets import Line, Sheet

CLASSIC, CURRENT = "042", "001"
#: What the norm writes where no date is known.
UNDATED = "S.F."


@dataclass(frozen=True)
class Unit:
    """An expediente in an inventory. Dates are the extreme ones of what its reader reads, None where she reads nothing;
    `paper` says that it has a part on paper, at `place`; `formats` are the formats of its files."""

    code: str
    series: str
    title: str
    first: date | None
    last: date | None
    documents: int
    folios: int
    bytes: int
    formats: Sequence[str]
    paper: bool
    place: str
    where: str
    notes: str = ""


@dataclass(frozen=True)
class Producer:
    """Who hands over: the norm asks for the four, which may be the same."""

    entity: str
    unit: str
    office: str
    purpose: str


def fuid(layout: str, producer: Producer, units: Sequence[Unit], at: datetime) -> Sheet:
    """The inventory of these units. `layout` is CLASSIC or CURRENT."""
    columns, line, shares = LAYOUTS[layout]
    return Sheet(
        title=_("Formato Único de Inventario Documental"),
        head=head_of(producer),
        columns=columns(),
        lines=[line(number, unit) for number, unit in enumerate(units, 1)],
        at=at,
        shares=shares,
        foot=[(title, signed()) for title in (_("Elaborado por"), _("Entregado por"), _("Recibido por"))],
    )


def head_of(producer: Producer) -> list[tuple[str, str]]:
    return [
        (_("Entidad remitente"), producer.entity),
        (_("Entidad productora"), producer.entity),
        (_("Unidad administrativa"), producer.unit),
        (_("Oficina productora"), producer.office),
        (_("Objeto"), producer.purpose),
        (_("Registro de entrada"), _("AÑO ____  MES __  DÍA __  N.T. ____")),
    ]


def signed() -> tuple[str, ...]:
    return _("Nombre"), _("Cargo"), _("Firma"), _("Lugar"), _("Fecha")


def classic_columns() -> tuple[str, ...]:
    return (
        *(_("N.º de orden"), _("Código"), _("Series, subseries o asuntos"), _("Fecha inicial"), _("Fecha final")),
        *(_("Caja"), _("Carpeta"), _("Tomo"), _("Otro"), _("N.º de folios"), _("Soporte")),
        *(_("Frecuencia de consulta"), _("Notas")),
    )


def classic_line(number: int, unit: Unit) -> Line:
    return (
        *(number, unit.code, f"{unit.series}: {unit.title}", day(unit.first), day(unit.last)),
        *("", "", "", "", unit.folios, support(unit), "", noted(unit)),
    )


def current_columns() -> tuple[str, ...]:
    return (
        *(_("N.º"), _("Código"), _("Serie, subserie o asunto"), _("Unidad documental"), _("Fecha inicial")),
        *(_("Fecha final"), _("Físico"), _("Electrónico"), _("Caja"), _("Carpeta"), _("Tomo"), _("Folios")),
        *(_("Tipo"), _("Cantidad"), _("Tamaño (bytes)"), _("Ubicación"), _("Notas")),
    )


def current_line(number: int, unit: Unit) -> Line:
    return (
        *(number, unit.code, unit.series, unit.title, day(unit.first), day(unit.last)),
        *("X" if unit.paper else "", "X", "", "", "", unit.folios),
        *(", ".join(unit.formats), unit.documents, unit.bytes, unit.where, noted(unit)),
    )


def day(value: date | None) -> str:
    return value.isoformat() if value else UNDATED


def noted(unit: Unit) -> str:
    """Boxes and folders are written by hand: the system knows the place of the paper as one text."""
    paper = _("papel en %(place)s") % {"place": unit.place} if unit.paper and unit.place else ""
    return "; ".join(part for part in (paper, unit.notes) if part)


def support(unit: Unit) -> str:
    return _("Híbrido") if unit.paper else _("Electrónico")


LAYOUTS: Mapping[str, tuple[Callable[[], tuple[str, ...]], Callable[[int, Unit], Line], Sequence[int]]] = {
    CLASSIC: (classic_columns, classic_line, (6, 12, 28, 12, 12, 7, 9, 7, 12, 9, 12, 12, 20)),
    CURRENT: (current_columns, current_line, (4, 12, 18, 20, 12, 12, 8, 12, 6, 9, 7, 8, 9, 10, 11, 12, 16)),
}
