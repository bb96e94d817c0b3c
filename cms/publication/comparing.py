"""What differs between two public states of a project, in words and figures, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms.core.spanish import day, money, quantity
from cms.publication import vocabulary
from cms.publication.history import State, amount, day_of

Shown = Callable[[Any], str]


def plain(value: Any) -> str:
    return str(value or "")


def worded(words: dict[str, Any]) -> Shown:
    return lambda code: vocabulary.label(words, code) if code else ""


def listed(codes: Any) -> str:
    return ", ".join(vocabulary.label(vocabulary.INCLUSION, code) for code in codes or ())


def credits_of(value: Any) -> str:
    return money(amount(value))


#: Fact of a card → how it is called, and how its value is told.
FACTS: Mapping[str, tuple[Any, Shown]] = {
    "name": (_("Nombre"), plain),
    "phase": (_("Fase"), worded(vocabulary.PHASES)),
    "objective": (_("Objetivo"), plain),
    "summary": (_("Resumen"), plain),
    "department": (_("Departamento"), plain),
    "municipality": (_("Municipio"), plain),
    "area_of_interest": (_("Área de interés"), worded(vocabulary.AREAS)),
    "strategic_bet": (_("Apuesta de reindustrialización"), worded(vocabulary.BETS)),
    "offset_kind": (_("Clase de Offset"), worded(vocabulary.OFFSET_KINDS)),
    "supplier": (_("Proveedor extranjero"), plain),
    "recipient": (_("Receptor nacional"), plain),
    "beneficiaries": (_("Beneficiarios"), plain),
    "inclusion": (_("Criterios diferenciales"), listed),
    "framework_number": (_("Convenio marco"), plain),
    "convenio_number": (_("Convenio derivado"), plain),
    "credits_agreed": (_("Créditos acordados"), credits_of),
    "credits_executed": (_("Créditos ejecutados"), credits_of),
}
CONVENIO: Mapping[str, tuple[Any, Shown]] = {
    "title": (_("Objeto del convenio"), plain),
    "supplier": (_("Proveedor del convenio"), plain),
    "stage": (_("Estado del convenio"), plain),
    "signed_on": (_("Suscripción del convenio"), lambda value: day(day_of(value))),
}
INDICATOR: Mapping[str, tuple[Any, Shown]] = {
    "target": (_("meta"), lambda value: quantity(amount(value))),
    "achieved": (_("logro"), lambda value: quantity(amount(value))),
}
DERIVED = "derived"


@dataclass(frozen=True)
class Difference:
    """One fact that differs; an empty side was not told then."""

    label: str
    before: str
    after: str


def differences(before: State | None, after: State) -> list[Difference]:
    """What changed from one state to a later one; of the first state, everything is new and nothing differs."""
    return [] if before is None else list(_differing(before.card, after.card))


def differs(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether who reads both cards reads another thing."""
    return any(True for _one in _differing(before, after))


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _pairs(FACTS, before, after, "")
    yield from _pairs(CONVENIO, _derived(before), _derived(after), "")
    old, new = _indicators(before), _indicators(after)
    for name in dict.fromkeys([*old, *new]):
        yield from _pairs(INDICATOR, old.get(name, {}), new.get(name, {}), f"{name}: ")


def _pairs(
    facts: Mapping[str, tuple[Any, Shown]], before: Mapping[str, Any], after: Mapping[str, Any], prefix: str
) -> Iterator[Difference]:
    for name, (label, shown) in facts.items():
        old, new = shown(before.get(name)), shown(after.get(name))
        if old != new:
            yield Difference(f"{prefix}{label}", old, new)


def _derived(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its own convenio, of which a card tells the state and since when it is signed."""
    return next((row for row in card.get("convenios") or () if row.get("kind") == DERIVED), {})


def _indicators(card: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {row["name"]: row for row in card.get("indicators") or ()}
