"""The server that the tests of this folder share; a test that ends nodes makes its own `elastic.cluster`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services import elastic


@pytest.fixture(scope="session")
def server() -> Iterator[elastic.Cluster]:
    with elastic.shared() as made:
        yield made
