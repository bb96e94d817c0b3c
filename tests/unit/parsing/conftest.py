"""What the cell's tests share: a file in a temporary folder, and the three questions asked about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from records import parsing
from tests.unit.parsing import makers


class Asked:
    """A received file and what the cell answers about it."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.inspection = parsing.inspect(path, name)

    def read(self) -> parsing.Reading:
        """Its text."""
        return parsing.read(self.path, self.inspection.media_type)

    def render(self, number: int = 1, dpi: int = 60) -> bytes:
        """The image of one page."""
        return parsing.render(self.path, self.inspection.media_type, number, dpi)


@pytest.fixture
def received(tmp_path: Path) -> Callable[[str, bytes], Asked]:
    """Receive bytes under a name: ``received("a.pdf", data)``."""
    return lambda name, data: Asked(makers.saved(tmp_path, name, data), name)
