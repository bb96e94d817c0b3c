"""Bombs, loops, depths and multitudes: the child dies or gives up inside its limits, and nobody else pays."""

from __future__ import annotations

import pytest

from tests.security.threats.judged import judge, tight_cell
from tests.security.threats.pdf_weights import WEIGHTS


@pytest.fixture(scope="module", autouse=True)
def _cell():
    with tight_cell():
        yield


@pytest.mark.criterion(16)
@pytest.mark.parametrize("what", WEIGHTS)
def test_a_heavy_pdf_costs_nothing_but_its_child(tmp_path, what):
    build, expected = WEIGHTS[what]
    judge(tmp_path, "anexo.pdf", build(), expected)
