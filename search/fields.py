"""The named facts a reader may ask for: `tipo:acta`, `desde:2026-05`, `folio:12-20`. One row per name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from search.analysis import facts, fold
from search.asking import All, Days, Folios, Key
from search.dates import dates

LEVELS = {
    "publica": "public", "publico": "public", "publicas": "public", "publicos": "public",
    "clasificada": "restricted", "clasificado": "restricted", "clasificadas": "restricted",
    "clasificados": "restricted", "reservada": "reserved", "reservado": "reserved", "reservadas": "reserved",
    "reservados": "reserved", "sinclasificar": "unclassified",
}  # fmt: skip
"""A level as people name it, folded → as the index holds it."""

_ISO = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?")
_HERE = re.compile(r"(?:(?:(?P<day>\d{1,2})[-/.])?(?P<month>\d{1,2})[-/.])(?P<year>\d{4})")
_FOLIOS = re.compile(r"(?P<first>\d{1,9})(?:[-–](?P<last>\d{1,9}))?")


Fact = Key | All | Days | Folios


@dataclass(frozen=True)
class Field:
    """How the value of a field is read (None when it cannot be) and how it is written, for who wrote it wrong."""

    read: Callable[[str], Fact | None]
    example: str | Promise


def day_of(text: str) -> date | None:
    """The first day of 2026, 2026-05, 05/2026 or mayo de 2026; the day of 2026-05-31, 31/05/2026 or 31 de mayo de
    2026. None for any other text."""
    match = _ISO.fullmatch(text.strip()) or _HERE.fullmatch(text.strip())
    try:
        return date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)) if match else _written(text)
    except ValueError:
        return None


def _written(text: str) -> date | None:
    found = next(dates(text), None)
    whole = found and not (text[: found.start] + text[found.end :]).strip()
    return date(found.year, found.month, found.day or 1) if found and whole else None


def _fact(name: str) -> Callable[[str], Fact | None]:
    def read(value: str) -> Fact | None:
        keys = tuple(Key(name, term) for term in facts(value))
        return keys[0] if len(keys) == 1 else All(keys) if keys else None

    return read


def _level(value: str) -> Fact | None:
    level = LEVELS.get(fold(value))
    return Key("level", level) if level else None


def _before(value: str) -> Fact | None:
    day = day_of(value)
    return Days(before=day) if day else None


def _since(value: str) -> Fact | None:
    day = day_of(value)
    return Days(since=day) if day else None


def _folio(value: str) -> Fact | None:
    match = _FOLIOS.fullmatch(value.strip())
    if not match:
        return None
    first, last = int(match["first"]), int(match["last"] or match["first"])
    return Folios(first, last) if first <= last else None


FIELDS: dict[str, Field] = {
    "tipo": Field(_fact("tipo"), _("tipo:acta")),
    "convenio": Field(_fact("convenio"), _("convenio:CM-2026-001")),
    "expediente": Field(_fact("expediente"), _("expediente:CM-2026-001")),
    "proveedor": Field(_fact("proveedor"), _('proveedor:"nombre del proveedor"')),
    "fase": Field(_fact("phase"), _("fase:ejecución")),
    "dependencia": Field(_fact("office"), _('dependencia:"nombre de la dependencia"')),
    "oficina": Field(_fact("office"), _('oficina:"nombre de la dependencia"')),
    "nivel": Field(_level, _("nivel:pública, nivel:clasificada o nivel:reservada")),
    "antes": Field(_before, _("antes:2026-05-31")),
    "desde": Field(_since, _("desde:2026-05-31")),
    "folio": Field(_folio, _("folio:12 o folio:12-20")),
}
