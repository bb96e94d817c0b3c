"""What other rooms show on custody's own pages. Custody does not know them: wiring hands their functions over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NewsLine:
    """Something of hers in which there is something new: its name as she gave it, where it is read, and how many."""

    title: str
    url: str
    count: int


@dataclass(frozen=True)
class OtherCheck:
    """How something stands that custody does not know: as a line of *Estado del servicio*."""

    name: Any
    well: bool
    sentence: Any


Teller = Callable[[Any], Sequence[NewsLine]]
Checker = Callable[[Any], OtherCheck]
"""(person): figures that count what is hidden are for whoever answers for them."""

_tellers: list[Teller] = []
_checkers: list[Checker] = []


def use_news(teller: Teller) -> None:
    """Ask this function of the lines of a person from now on; twice is the same as once."""
    if teller not in _tellers:
        _tellers.append(teller)


def use_check(checker: Checker) -> None:
    """Tell this on *Estado del servicio* from now on; twice is the same as once."""
    if checker not in _checkers:
        _checkers.append(checker)


def news_for(person: Any) -> list[NewsLine]:
    return [line for teller in _tellers for line in teller(person)]


def other_checks(person: Any) -> list[OtherCheck]:
    return [checker(person) for checker in _checkers]
