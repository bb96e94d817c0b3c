"""Start-up checks of the room."""

from __future__ import annotations

import pytest

from search.checks import check_engines

MEMORY = {"BACKEND": "search.engines.memory.MemoryEngine"}


@pytest.mark.criterion(37)
@pytest.mark.parametrize(
    ("configured", "expected"),
    [
        ({"ENGINE": MEMORY}, []),
        (None, ["search.E001"]),
        ({}, ["search.E001"]),
        ({"ENGINE": {"BACKEND": "search.engines.nowhere.Engine"}}, ["search.E002"]),
        ({"ENGINE": {"BACKEND": "search.engines.embedded.EmbeddedEngine"}}, ["search.E002"]),
        ({"ENGINE": MEMORY, "ENGINES": {"other": {}}}, ["search.E002"]),
    ],
)
def test_settings_that_name_no_engine_are_refused(settings, configured: object, expected: list[str]) -> None:
    settings.SEARCH = configured
    assert [fault.id for fault in check_engines()] == expected
