"""The small house of the records' tests: the cast, one expediente with its named custodian."""

from __future__ import annotations

from tests.integration.records.conftest import cast, expediente

__all__ = ["cast", "expediente"]
