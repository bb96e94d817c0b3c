"""How much one file may cost. Every limit is enforced outside the code that parses the file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class CellLimits:
    """Limits of the cell; sizes in bytes, times in seconds.

    ``address_space`` comes on top of the size of the file itself, which is mapped and not copied.
    ``require_isolation``: without bubblewrap nothing is opened at all and every answer is *not inspected*.
    ``workroom_…``: what the second cell may take, where signatures are judged, pages recognised and copies made.
    ``workshop_…``: what a whole program may take over one file (`workshop`).
    ``engines``: what a cell loads before its first file, beyond what every cell does (`work.ENGINES`).
    """

    address_space: int = 768 * MIB
    cpu_seconds: int = 20
    wall_seconds: int = 60
    file_size: int = 200 * MIB
    open_files: int = 64
    answer_bytes: int = 128 * MIB
    image_bytes: int = 48 * MIB
    render_pixels: int = 25_000_000
    image_pixels: int = 100_000_000
    stream_bytes: int = 512 * MIB
    text_bytes: int = 64 * MIB
    mail_bytes: int = 160 * MIB
    mail_parts: int = 5_000
    part_bytes: int = 100 * MIB
    zip_entries: int = 2_000
    zip_bytes: int = 200 * MIB
    zip_ratio: int = 100
    pdf_nodes: int = 400_000
    pages: int = 20_000
    page_chars: int = 1_000_000
    read_restarts: int = 20
    concurrent: int = 0
    workroom_cpu_seconds: int = 60
    workroom_wall_seconds: int = 150
    workroom_address_space: int = 1536 * MIB
    workshop_cpu_seconds: int = 120
    workshop_wall_seconds: int = 180
    workshop_address_space: int = 4096 * MIB
    engines: tuple[str, ...] = ()
    require_isolation: bool = False
    use_bubblewrap: bool = True

    @property
    def slots(self) -> int:
        """How many files one calling process has open in the cell at once."""
        return self.concurrent or max(2, os.cpu_count() or 2)


def of_workroom(limits: CellLimits) -> CellLimits:
    """The limits of the second cell, which loads heavy engines and takes longer over a file."""
    return replace(
        limits,
        cpu_seconds=limits.workroom_cpu_seconds,
        wall_seconds=limits.workroom_wall_seconds,
        address_space=limits.workroom_address_space,
        engines=("signatures", "pdfa", "ocr"),
    )


def limits_from(options: Mapping[str, Any]) -> CellLimits:
    """Build limits from a settings mapping with upper-case keys (``{"WALL_SECONDS": 30}``).

    Raises ValueError naming every key that is not a limit.
    """
    known = {item.name.upper(): item.name for item in fields(CellLimits)}
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ValueError(f"unknown cell limits: {', '.join(unknown)}")
    return CellLimits(**{known[key]: value for key, value in options.items()})


def configured_limits() -> CellLimits:
    """Limits of ``settings.RECORDS`` (``CELL``, ``REQUIRE_ISOLATED_CELL``); the defaults where Django is not set up."""
    try:
        from django.conf import settings
    except ImportError:
        return CellLimits()
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        return CellLimits()
    records = getattr(settings, "RECORDS", {})
    required = {"REQUIRE_ISOLATION": bool(records.get("REQUIRE_ISOLATED_CELL", False))}
    return limits_from({**required, **records.get("CELL", {})})
