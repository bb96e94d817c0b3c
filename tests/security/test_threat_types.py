"""Files that are not what they say, vast ones and flooding pictures; and how what is kept of them leaves the house."""

from __future__ import annotations

import pytest

from records import parsing
from tests.security.threats.disguises import DISGUISED, PICTURES, VAST, sparse
from tests.security.threats.judged import growing_no_more_than, judge, tight_cell, use
from tests.unit.parsing import makers


@pytest.fixture(scope="module", autouse=True)
def _cell():
    with tight_cell():
        yield


@pytest.mark.requirement("K6")
@pytest.mark.rule("C5")
@pytest.mark.criterion(18)
@pytest.mark.parametrize("what", DISGUISED)
def test_a_file_is_what_its_content_is(tmp_path, what):
    name, build, expected = DISGUISED[what]
    judge(tmp_path, name, build(), expected)


@pytest.mark.criterion(16)
@pytest.mark.parametrize("what", PICTURES)
def test_a_picture_costs_no_more_than_it_may(tmp_path, what):
    name, build, expected = PICTURES[what]
    judge(tmp_path, name, build(), expected)


@pytest.mark.criterion(16)
@pytest.mark.parametrize("name", VAST)
def test_ten_gigabytes_of_nothing_are_not_read_whole(tmp_path, name):
    path = sparse(tmp_path, VAST[name])
    with growing_no_more_than(64 * 1024 * 1024):
        found = parsing.inspect(path, name)
        use(path, found)
    assert not found.inspected
    whole = makers.saved(tmp_path, "sano", makers.text_pdf("Custodia"))
    assert parsing.inspect(whole, "sano.pdf").inspected
