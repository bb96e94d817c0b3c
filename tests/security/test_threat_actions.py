"""A PDF that acts is refused wherever the act stands and however it is hidden; one that only says so is not."""

from __future__ import annotations

import pytest

from records import parsing
from tests.security.threats import pdf_actions
from tests.security.threats.pdf_actions import ACTING, HIDDEN
from tests.unit.parsing import makers


def found(tmp_path, data, name="anexo.pdf"):
    return parsing.inspect(makers.saved(tmp_path, name, data), name)


@pytest.mark.requirement("K6")
@pytest.mark.criterion(18)
@pytest.mark.parametrize("what", pdf_actions.MORE)
def test_a_pdf_that_acts_is_refused_wherever_the_act_stands(tmp_path, what):
    assert found(tmp_path, pdf_actions.acting(what)).refusals == (ACTING[what][1],)


@pytest.mark.requirement("K6")
@pytest.mark.criterion(18)
@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("what", ACTING)
def test_a_pdf_that_acts_is_refused_however_it_is_hidden(tmp_path, what, how):
    assert found(tmp_path, HIDDEN[how](pdf_actions.acting(what))).refusals == (ACTING[what][1],)


@pytest.mark.requirement("K6")
def test_the_last_revision_is_the_one_that_counts(tmp_path):
    assert found(tmp_path, pdf_actions.script_that_came_later()).refusals == ("pdf_javascript",)
    assert found(tmp_path, pdf_actions.script_that_was_taken_out()).refusals == ()
    assert found(tmp_path, pdf_actions.script_nobody_refers_to()).refusals == ()


@pytest.mark.requirement("K6")
@pytest.mark.parametrize("address", ["https://example.org/javascript:", "mailto:a@example.org", "../javascript.pdf"])
def test_an_address_that_runs_nothing_is_a_link(tmp_path, address):
    change = pdf_actions._address(address.encode())
    answer = found(tmp_path, makers.changed_pdf(change))
    assert (answer.refusals, answer.inspected) == ((), True)
    assert "links" in answer.flags
