"""Blocks of a call."""

from cms.calls.blocks.calendar import CalendarBlock
from cms.calls.blocks.requirements import RequirementsBlock
from cms.calls.blocks.scoring import ScoringBlock

__all__ = ["CalendarBlock", "RequirementsBlock", "ScoringBlock"]
