"""Office files with programs, calls to outside and bombs; ordinary ones beside them stay as they were."""

from __future__ import annotations

import pytest

from records import parsing
from tests.security.threats.judged import judge, tight_cell
from tests.security.threats.office import OFFICE, instruction
from tests.unit.parsing import makers


@pytest.fixture(scope="module", autouse=True)
def _cell():
    with tight_cell():
        yield


@pytest.mark.requirement("K6")
@pytest.mark.criterion(16, 18)
@pytest.mark.parametrize("what", OFFICE)
def test_a_hostile_office_file_becomes_what_the_table_says(tmp_path, what):
    name, build, expected = OFFICE[what]
    judge(tmp_path, name, build(), expected)


@pytest.mark.requirement("K6")
@pytest.mark.parametrize("data", [makers.docx(makers.paragraphs("DDEAUTO cmd")), instruction("PAGE \\* MERGEFORMAT")])
def test_what_only_speaks_of_it_is_not_flagged(tmp_path, data):
    found = parsing.inspect(makers.saved(tmp_path, "a", data), "a.docx")
    assert (found.inspected, found.flags, found.refusals) == (True, (), ())
