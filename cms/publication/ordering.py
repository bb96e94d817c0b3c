"""In which order the Banco's list is read: by one fact of each project and then by its code, so that no two are equal.

A page ends with a mark of its last row, `value~code`: the next one begins behind it also when that row has since
changed its place or gone.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cms.core.spanish import share

#: Of a name this much is compared: it stands in the address of the next page.
NAME_LENGTH = 80


class Mark(NamedTuple):
    """Where a row stands in an order: the text that is compared, and its code."""

    value: str
    code: str

    def __str__(self) -> str:
        return f"{self.value}~{self.code}" if self.value else self.code


@dataclass(frozen=True)
class Order:
    """Its name in the address, its label, the columns it reads and the text of them that is compared."""

    name: str
    label: Any
    columns: tuple[str, ...] = ()
    value: Callable[..., str] = lambda: ""
    greatest_first: bool = False

    def ranked(self, rows: Iterable[tuple[str, Sequence[Any]]]) -> list[Mark]:
        """The marks of `rows`, code and cells of each, in this order."""
        by_code = sorted((Mark(self.value(*cells), code) for code, cells in rows), key=lambda mark: mark.code)
        return sorted(by_code, key=lambda mark: mark.value, reverse=self.greatest_first)

    def behind(self, marks: Sequence[Mark], last: Mark) -> Iterator[Mark]:
        """Of `marks`, ranked, those that come after `last`; all of them when it is of another order."""
        if bool(last.value) != bool(self.columns):
            return iter(marks)
        return (mark for mark in marks if self._comes_after(mark, last))

    def _comes_after(self, mark: Mark, last: Mark) -> bool:
        if mark.value == last.value:
            return mark.code > last.code
        return (mark.value < last.value) == self.greatest_first


def read_mark(text: str) -> Mark:
    value, _between, code = text.rpartition("~")
    return Mark(value, code)


def _moment(at: datetime.datetime) -> str:
    return at.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%S%f")


def _name(name: str) -> str:
    """As one looks for it: without accents, capitals or signs, and a shorter word before those that begin with it."""
    return slugify(name)[:NAME_LENGTH] or "-"


def _share(executed: Decimal, agreed: Decimal) -> str:
    return f"{share(executed, agreed):022.2f}"


def _amount(agreed: Decimal) -> str:
    return f"{agreed:022.2f}"


#: The first is that of an address that names none.
ORDERS: tuple[Order, ...] = (
    Order("codigo", _("código")),
    Order("nombre", _("nombre"), ("name",), _name),
    Order("actualizado", _("último cambio"), ("decided_at",), _moment, greatest_first=True),
    Order("avance", _("mayor avance"), ("credits_executed", "credits_agreed"), _share, greatest_first=True),
    Order("creditos", _("más créditos"), ("credits_agreed",), _amount, greatest_first=True),
)


def order_named(name: str) -> Order:
    """What an address asks for; nonsense is the order of an address that asks for none."""
    return next((order for order in ORDERS if order.name == name), ORDERS[0])
