"""Order and folios of one expediente while many hands file, file in batches and incorporate at once (E2, E10).

On SQLite the hands are processes upon one database file, as they are in the embedded profile; on PostgreSQL they are
threads of this test upon its own database.
"""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from records.models import Document, Expediente, RadicadoCounter
from records.selectors.expedientes import list_rows_for
from records.services import placements
from tests import factories, hands, lives
from tests.ground import EXPEDIENTE
from tests.installation import ROOT, prepared, run_folder
from tests.people import make_cast

HANDS = 3
TURNS = 5
Line = tuple[int, int, int]
LINES = """
SELECT p."order", p.folio_first, p.folio_last FROM {table} p
JOIN records_expediente e ON e.id = p.expediente_id WHERE e.code = ?
"""


def check_gapless(lines: list[Line], counters: tuple[int, int]) -> None:
    """Orders are 1 to n, each range of folios begins where the one before ended, and the counters say the last."""
    assert [order for order, _first, _last in lines] == list(range(1, len(lines) + 1))
    end = 0
    for _order, first, last in lines:
        assert first == end + 1
        assert last >= first
        end = last
    assert counters == (len(lines), end)


def lines_of(shelf: Expediente) -> list[Line]:
    columns = ("order", "folio_first", "folio_last")
    return sorted([*shelf.documents.values_list(*columns), *shelf.placements.values_list(*columns)])


def check_shelf(shelf: Expediente) -> int:
    shelf.refresh_from_db()
    lines = lines_of(shelf)
    check_gapless(lines, (shelf.last_order, shelf.last_folio))
    return len(lines)


@pytest.mark.rule("E2", "E10")
def test_many_processes_at_once_leave_no_gap(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = prepared(run_folder(tmp_path_factory), tmp_path_factory.mktemp("hands") / "home")
    given_to = home.environment() | {"DJANGO_SETTINGS_MODULE": "cms.settings.demo"}
    command = [sys.executable, "-m", "tests.hands"]
    work = [
        subprocess.Popen([*command, str(seed), str(TURNS)], cwd=ROOT, env=given_to, stderr=subprocess.PIPE, text=True)
        for seed in range(HANDS)
    ]
    said = [process.communicate(timeout=300)[1] for process in work]
    assert [process.returncode for process in work] == [0] * HANDS, "\n".join(said)[-3000:]
    tables = ("records_document", "records_placement")
    lines = sorted(line for table in tables for line in home.rows(LINES.format(table=table), EXPEDIENTE))
    (counters,) = home.rows("SELECT last_order, last_folio FROM records_expediente WHERE code = ?", EXPEDIENTE)
    check_gapless(lines, counters)
    assert len(lines) >= HANDS * TURNS, "every turn left its lines"
    assert home.rows(f"SELECT COUNT(*) FROM ({LINES.format(table='records_placement')})", EXPEDIENTE)[0][0] >= HANDS


@pytest.mark.rule("E2", "E10")
@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once_leave_no_gap() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads of one process share the test's database in memory, which locks whole tables")
    cast = make_cast()
    shelf = factories.make_expediente(cast["archivista"])
    faults: list[BaseException] = []
    start = threading.Barrier(HANDS)

    def hand(seed: int) -> None:
        try:
            start.wait(timeout=60)
            hands.work(cast["archivista"], shelf, random.Random(seed), TURNS)
        except BaseException as fault:  # noqa: BLE001 - told by the test that waits for the thread
            faults.append(fault)
        finally:
            connection.close()

    people = [threading.Thread(target=hand, args=(seed,)) for seed in range(HANDS)]
    for person in people:
        person.start()
    for person in people:
        person.join(timeout=300)
    assert not faults, faults
    count = check_shelf(shelf)
    assert count >= HANDS * TURNS
    assert len(list_rows_for(cast["archivista"], shelf)) == count
    numbers = Document.objects.filter(expediente=shelf).values_list("radicado", flat=True)
    assert sorted(int(number.split("-")[1]) for number in numbers) == list(
        range(1, RadicadoCounter.objects.get().last + 1)
    )


class AnyOrder(TestCase):
    """Whatever is done in whatever order, and whatever is refused in between, no place is lost."""

    @pytest.mark.rule("E2", "E10")
    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(("piece", "placement", "refusal")), st.integers(0, 5)), max_size=12))
    def test_no_sequence_leaves_a_gap(self, acts: list[tuple[str, int]]) -> None:
        cast = make_cast()
        shelf = factories.make_expediente(cast["archivista"])
        for act, pages in acts:
            if act == "piece":
                lives.piece(cast, shelf, pages=pages)
            elif act == "placement":
                hands.incorporate(cast["archivista"], shelf, pages)
            else:
                self.refused(cast, shelf)
        assert check_shelf(shelf) == sum(1 for act, _pages in acts if act != "refusal")

    def refused(self, cast: dict[str, Any], shelf: Expediente) -> None:
        piece = lives.piece(cast, factories.make_expediente(cast["archivista"]), state="annulled")
        with pytest.raises(placements.RuleViolation):
            placements.place_document(actor=cast["archivista"], document=piece, expediente=shelf, reason="x")
