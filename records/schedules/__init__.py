"""Schedules as files: reading a classification scheme and retention schedule (CCD, TRD) that a person loads,
naming every fault of it by its place, comparing two of them, and writing one as CSV, XLSX or JSON.

Nothing here knows a person or writes a row; `records.services.schedules` does. The layout is told in `layout`.
"""

from __future__ import annotations

from .checking import Parsed
from .comparing import Change, compare
from .faults import Fault, Place
from .shapes import Demand, Header, Schedule, SerieLine, SubserieLine, TipoLine, demand_from, slug_of
from .sources import parse
from .writing import FORMATS, blank, write

__all__ = [
    "FORMATS",
    "Change",
    "Demand",
    "Fault",
    "Header",
    "Parsed",
    "Place",
    "Schedule",
    "SerieLine",
    "SubserieLine",
    "TipoLine",
    "blank",
    "compare",
    "demand_from",
    "parse",
    "slug_of",
    "write",
]
