"""TIMESTAMP_AUTHORITY names a service that is reached protected, or the process says what is wrong with it."""

from __future__ import annotations

import pytest

from cms.settings import env


@pytest.mark.parametrize("given", ["https://sello.ejemplo.co/tsa", "http://127.0.0.1:8318/tsa", "http://localhost/"])
def test_a_protected_address_is_taken(given: str) -> None:
    environment = env.Environment({"TIMESTAMP_AUTHORITY": given})
    assert environment.read("TIMESTAMP_AUTHORITY", env.authority, "") == given
    assert environment.faults == []


@pytest.mark.parametrize(
    "given",
    ["http://sello.ejemplo.co/tsa", "sello.ejemplo.co", "https://a@b/", "http://127.0.0.1.ejemplo.co/", "https://"],
)
def test_any_other_is_refused(given: str) -> None:
    environment = env.Environment({"TIMESTAMP_AUTHORITY": given})
    environment.read("TIMESTAMP_AUTHORITY", env.authority, "")
    assert environment.faults == [
        "TIMESTAMP_AUTHORITY: debe ser una dirección https://, o http:// de esta misma máquina"
    ]
