"""The second cell of a process: the same walls, heavier engines, more time for a file. It starts when first needed.

What people wait for (inspection, text, page images) never queues behind it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import front
from .cell import Cell
from .front import Answer
from .limits import CellLimits, of_workroom


class Workroom(Cell):
    """A cell with the limits and engines of the workroom."""

    @property
    def limits(self) -> CellLimits:
        """Those of the workroom, derived from the ordinary ones."""
        if self._state.limits is None:
            self._state.limits = of_workroom(super().limits)
        return self._state.limits


_room = Workroom()
front.beside.append(_room)


def asked(path: Path | str, order: dict[str, Any]) -> Answer:
    """What a child of the workroom says to ``order`` about the file at ``path``; nothing raises."""
    return front.asked(path, order, _room)
