"""Numbers, money, dates and sizes as read in Colombia (es-CO), from plain values and nothing else.

Own functions and not the locale's: `12.500.000,00` must be the same on every machine and in every profile.
"""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
SHORT_MONTHS = tuple(name[:3] for name in MONTHS)
UNITS = ("bytes", "kB", "MB", "GB", "TB")

Day = datetime.date | datetime.datetime | None
Amount = Decimal | int | float | str | None


def _decimal(value: Amount, places: int) -> Decimal | None:
    """The value with `places` decimals, half up; None for what is not a finite number."""
    if value is None or value == "":
        return None
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) if exact.is_finite() else None
    except InvalidOperation:
        return None


def number(value: Amount, places: int = 0) -> str:
    """`12500000` → `12.500.000`; an empty string for what is not a number."""
    exact = _decimal(value, places)
    if exact is None:
        return ""
    return f"{exact:,.{places}f}".translate(str.maketrans(",.", ".,"))


def money(value: Amount) -> str:
    """Two decimals always: `12.500.000,00`. The currency is named beside it, never by a sign."""
    return number(value, 2)


def quantity(value: Amount) -> str:
    """A count or measure with only the decimals it has: `40`, `32,59`."""
    exact = _decimal(value, 2)
    if exact is None:
        return ""
    text = number(exact, 2)
    return text.rstrip("0").rstrip(",")


def percent(value: Amount) -> str:
    """`93.52` → `93,52 %`, with a space that does not break."""
    text = quantity(value)
    return f"{text}\u00a0%" if text else ""


def share(part: Amount, whole: Amount) -> Decimal:
    """What percentage `part` is of `whole`, two decimals; 0 when there is no whole."""
    top, bottom = _decimal(part, 2), _decimal(whole, 2)
    if not top or not bottom:
        return Decimal("0.00")
    return (top * 100 / bottom).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _local(value: datetime.date | datetime.datetime) -> datetime.date | datetime.datetime:
    """Moments are told in Bogotá; plain dates have no zone."""
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: Day) -> str:
    """`20 oct 2027`."""
    if value is None or value == "":
        return ""
    local = _local(value)
    return f"{local.day}\u00a0{SHORT_MONTHS[local.month - 1]}\u00a0{local.year}"


def long_day(value: Day) -> str:
    """`20 de octubre de 2027`."""
    if value is None or value == "":
        return ""
    local = _local(value)
    return f"{local.day} de {MONTHS[local.month - 1]} de {local.year}"


def hour(value: datetime.datetime | None) -> str:
    """`09:14`, in Bogotá; empty for a plain date, which has no hour."""
    if not isinstance(value, datetime.datetime):
        return ""
    return f"{_local(value):%H:%M}"


def moment(value: datetime.datetime | None) -> str:
    """`14 may 2027, 10:02:17`: where order matters."""
    if not isinstance(value, datetime.datetime):
        return ""
    return f"{day(value)}, {_local(value):%H:%M:%S}"


def minute(value: datetime.datetime | None) -> str:
    """`14 may 2027, 10:02`: where people read it and nothing hangs on the second."""
    return f"{day(value)}, {hour(value)}" if isinstance(value, datetime.datetime) else ""


def size(count: int | None) -> str:
    """Bytes as people read them, decimal units: `1,4 MB`."""
    if count is None:
        return ""
    amount, step = float(count), 0
    while amount >= 1000 and step < len(UNITS) - 1:
        amount, step = amount / 1000, step + 1
    text = number(amount, 1 if step and amount < 100 else 0)
    return f"{text.removesuffix(',0')}\u00a0{UNITS[step]}"


def as_sentences(*parts: str) -> str:
    """Pieces of text as one running text, each ended by a full stop if nothing else ends it."""
    told = (" ".join(str(part).split()) for part in parts)
    return " ".join(part if part[-1] in ".:;?!…" else f"{part}." for part in told if part)
