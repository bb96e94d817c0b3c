"""Counting with sets of bits tells what counting row by row tells."""

from __future__ import annotations

import random

import pytest

from cms.publication.chart import chart_of

MANY = (False, True, False)
VALUES = ("a", "b", "c", "")
Row = tuple[str, ...]


def rows_of(seeded: random.Random) -> list[Row]:
    codes = seeded.sample(range(1000), seeded.randrange(70))
    kinds = [",".join(seeded.sample("xyz", seeded.randrange(3))) for _code in codes]
    return [
        (f"P-{code:03d}", seeded.choice(VALUES), several, seeded.choice("mn"))
        for code, several in zip(codes, kinds, strict=True)
    ]


def values_of(row: Row) -> list[set[str]]:
    return [set(cell.split(",")) if many else {cell} for cell, many in zip(row[1:], MANY, strict=True)]


def counted(rows: list[Row], chosen: list[frozenset[str]]) -> tuple[list[str], list[dict[str, int]]]:
    """Row by row: who passes all, and who passes all but the facet itself."""
    failed = [
        {at for at, wanted in enumerate(chosen) if wanted and not wanted & values_of(row)[at]} for row in rows
    ]  # fmt: skip
    counts: list[dict[str, int]] = [{} for _facet in MANY]
    for row, faults in zip(rows, failed, strict=True):
        for at, values in enumerate(values_of(row)):
            for value in values:
                counts[at][value] = counts[at].get(value, 0) + (faults <= {at})
    return sorted(row[0] for row, faults in zip(rows, failed, strict=True) if not faults), counts


@pytest.mark.requirement("L1")
@pytest.mark.parametrize("seed", range(40))
def test_bits_count_as_rows_do(seed: int) -> None:
    seeded = random.Random(seed)
    rows = rows_of(seeded)
    chosen = [frozenset(seeded.sample(["a", "b", "x", "y", "m", "none"], seeded.randrange(3))) for _facet in MANY]
    chart = chart_of(rows, MANY)

    left, counts = chart.tally(chosen)

    codes, expected = counted(rows, chosen)
    assert [code for code in sorted(chart.codes) if left >> chart.place[code] & 1] == codes
    assert left.bit_count() == len(codes)
    assert counts == expected
