"""The four lists of things to prove: their ids and sentences, read from the tables beside this file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent

#: mark → (table, title in the report)
LISTS: Mapping[str, tuple[str, str]] = {
    "requirement": ("requirements.csv", "Requirements"),
    "rule": ("rules.csv", "Records rules"),
    "criterion": ("criteria.csv", "Security criteria"),
    "beyond": ("beyond.csv", "Beyond the peers"),
}


def sentences(mark: str) -> dict[str, str]:
    """Id → sentence of one list, in the table's order."""
    with (HERE / LISTS[mark][0]).open(encoding="utf-8", newline="") as table:
        return {row["id"]: row["sentence"] for row in csv.DictReader(table)}


def unknown(mark: str, ids: tuple[object, ...]) -> list[str]:
    """The ids that the list does not have; a mark without ids proves nothing and is unknown too."""
    known = sentences(mark)
    return [str(one) for one in ids if str(one) not in known] if ids else ["(no id)"]
