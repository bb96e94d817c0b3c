"""Which published projects have which values, as sets of bits: a whole number for each value, a bit for each project.

Intersections and counts are then single operations on whole numbers, whatever is filtered: with two thousand projects
each number has 250 bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_


@dataclass(frozen=True)
class Chart:
    """`codes` of the projects in their order: the place of each is the place of its bit. `having` holds for each facet
    its values, each with the projects that have it."""

    codes: Sequence[str]
    having: Sequence[Mapping[str, int]]

    @cached_property
    def place(self) -> dict[str, int]:
        """Code → its place."""
        return {code: at for at, code in enumerate(self.codes)}

    @property
    def everything(self) -> int:
        return (1 << len(self.codes)) - 1

    def tally(self, chosen: Sequence[frozenset[str]]) -> tuple[int, list[dict[str, int]]]:
        """The projects that pass every filter, and for each facet how many of those that pass all the others have each
        value, also when none has."""
        passed = [self._passed(place, wanted) for place, wanted in enumerate(chosen)]
        others = [reduce(and_, passed[:at] + passed[at + 1 :], self.everything) for at in range(len(passed))]
        counts = [
            {value: (bits & left).bit_count() for value, bits in values.items()}
            for values, left in zip(self.having, others, strict=True)
        ]
        return reduce(and_, passed, self.everything), counts

    def _passed(self, place: int, wanted: frozenset[str]) -> int:
        values = self.having[place]
        return reduce(or_, (values.get(value, 0) for value in wanted), 0) if wanted else self.everything

    def counts(self, place: int) -> dict[str, int]:
        """Value → projects that have it, of all; what has none is not named."""
        return {value: bits.bit_count() for value, bits in self.having[place].items() if value}


def chart_of(rows: Iterable[tuple[str, ...]], many: Sequence[bool]) -> Chart:
    """Of rows that begin with their code; a cell of which `many` is told holds several values separated by commas."""
    ordered = sorted(rows)
    cells: list[dict[str, int]] = [defaultdict(int) for _facet in many]
    for place, (_code, *values) in enumerate(ordered):
        for at, cell in enumerate(values):
            cells[at][cell] |= 1 << place
    return Chart([code for code, *_cells in ordered], [_apart(*pair) for pair in zip(cells, many, strict=True)])


def _apart(cells: Mapping[str, int], many: bool) -> dict[str, int]:
    values: dict[str, int] = defaultdict(int)
    for cell, bits in cells.items():
        for value in cell.split(",") if many else (cell,):
            values[value] |= bits
    return dict(values)
