"""Versions of the schedule: previewed with nothing written, loaded whole, closed and never deleted (R1, R2)."""

from __future__ import annotations

import datetime
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from records import clock, schedules
from records.errors import AccessDenied, Incomplete, RuleViolation
from records.models import Expediente, LedgerEvent, Serie, Subserie, TipoDocumental, TrdVersion
from records.selectors.trd import find_version_on, schedule_of, suggest_code
from records.services.schedules import RefusedSchedule, Seen, load_schedule, preview_schedule
from records.vocabulary import ExpedienteKind
from tests import factories
from tests.installation import prepared, run_folder
from tests.unit.schedules import files

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R1")]

TODAY = datetime.datetime(2026, 6, 1, 15, tzinfo=datetime.UTC)
LATER = "2026-07-01"


@pytest.fixture(autouse=True)
def day() -> Any:
    with clock.at(TODAY):
        yield


@pytest.fixture
def first(cast: dict[str, Any]) -> TrdVersion:
    """The schedule that ships, loaded: version 3."""
    return load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")


def next_file(change: Callable[[dict[str, Any]], Any] = lambda _content: None, since: str = LATER) -> bytes:
    """The shipped schedule as a later version, after `change`."""

    def both(content: dict[str, Any]) -> None:
        content["header"].update(number=None, in_force_from=since)
        change(content)

    return files.as_json(both)


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (TrdVersion, Serie, Subserie, TipoDocumental, LedgerEvent))


def test_what_is_loaded_is_what_the_file_says(first: TrdVersion, cast: dict[str, Any]) -> None:
    assert schedule_of(first) == files.shipped()
    assert (first.number, first.office_code, first.in_force_until) == (3, "GC", None)
    assert (first.loaded_by, first.loaded_at) == (cast["archivista"], TODAY)
    event = LedgerEvent.objects.get(action="retention.loaded")
    facts = json.loads(event.payload)["facts"]
    assert (event.actor, event.object_id) == ("archivista", "3")
    assert facts["digest"] == first.source_digest
    assert (facts["tipos"], facts["closes"], facts["in_force_from"]) == (75, 0, "2025-01-01")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_an_exported_version_read_again_is_the_same(first: TrdVersion, ending: str) -> None:
    assert files.parsed(schedules.write(schedule_of(first), ending), f"v3.{ending}").schedule == schedule_of(first)


def test_a_preview_tells_what_changes_and_writes_nothing(first: TrdVersion, cast: dict[str, Any]) -> None:
    factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", opened_on=datetime.date(2026, 5, 1))

    def change(content: dict[str, Any]) -> None:
        content["series"][2]["subseries"][0].update(years_central=20, disposition="S")
        content["tipos"] = [tipo for tipo in content["tipos"] if tipo["code"] != "rut"]
        content["tipos"].append({**content["tipos"][0], "code": "acta_nueva", "name": "Acta nueva"})
        content["tipos"][0]["demands"][0]["stage"] = "registered"
        content["header"]["rusd"] = "RUSD-1"

    before = counts()
    preview = preview_schedule(actor=cast["archivista"], content=next_file(change), name="v4.json")
    assert counts() == before
    assert (preview.number, preview.closes_on, preview.bound) == (4, datetime.date(2026, 6, 30), 1)
    told = [(line.what, line.register, line.code) for line in preview.changes]
    assert told == [
        ("changed", "encabezado", ""),
        ("changed", "subserie", "130.1"),
        ("changed", "tipo", "acreditacion_offset"),
        ("added", "tipo", "acta_nueva"),
        ("removed", "tipo", "rut"),
    ]
    fields = {line.code: [(f.column, f.before, f.after) for f in line.fields] for line in preview.changes}
    assert fields[""] == [("RUSD", "Por inscribir (valores de demostración)", "RUSD-1")]
    assert fields["130.1"] == [("años central", "15", "20"), ("disposición final", "CT", "S")]
    gone, come = fields["acreditacion_offset"]
    assert ("En ejecución" in gone[1], gone[2], come[1], "Registro y custodia" in come[2]) == (True, "", "", True)


def test_loading_closes_the_former_version_on_the_day_before(first: TrdVersion, cast: dict[str, Any]) -> None:
    fourth = load_schedule(actor=cast["archivista"], content=next_file(), name="v4.json")
    first.refresh_from_db()
    assert (fourth.number, fourth.in_force_until) == (4, None)
    assert first.in_force_until == datetime.date(2026, 6, 30)
    assert find_version_on(datetime.date(2026, 6, 30)) == first
    assert find_version_on(datetime.date(2026, 7, 1)) == fourth


@pytest.mark.rule("R2", "E1")
def test_a_future_version_waits_and_each_expediente_follows_that_of_its_opening(
    first: TrdVersion, cast: dict[str, Any]
) -> None:
    opened = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", opened_on=datetime.date(2026, 6, 1))
    fourth = load_schedule(actor=cast["archivista"], content=next_file(), name="v4.json")
    same_day = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-002", opened_on=datetime.date(2026, 6, 1))
    with clock.at(TODAY + datetime.timedelta(days=40)):
        new = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-003", opened_on=datetime.date(2026, 7, 2))
        old = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-004", opened_on=datetime.date(2026, 6, 9))
    assert {row.trd for row in (opened, same_day, old)} == {first}
    assert new.trd == fourth
    assert new.subserie
    assert new.subserie.serie.trd == fourth
    opened.refresh_from_db()
    assert opened.trd == first


REFUSALS: tuple[tuple[Callable[[], bytes], list[str]], ...] = (
    (files.fixture, ["repeated_file"]),
    (lambda: next_file(since="2025-01-01"), ["before_former"]),
    (lambda: next_file(since="2024-12-31"), ["before_former"]),
    (lambda: next_file(lambda content: content["header"].update(number=9)), ["wrong_number"]),
    (
        lambda: next_file(
            lambda content: (content["header"].update(number=9), content["tipos"][0].update(kinds=["x"])), "2024-01-01"
        ),
        ["wrong_number", "before_former", "unknown_choice"],
    ),
    (lambda: b" " * (8 * 1024 * 1024 + 1), ["too_large"]),
    (lambda: b"", ["empty"]),
)


@pytest.mark.parametrize(("content", "codes"), REFUSALS)
def test_what_cannot_follow_the_last_version_is_refused_whole(
    first: TrdVersion, cast: dict[str, Any], content: Callable[[], bytes], codes: list[str]
) -> None:
    before = counts()
    with pytest.raises(RefusedSchedule) as refusal:
        load_schedule(actor=cast["archivista"], content=content(), name="v4.json")
    assert [fault.code for fault in refusal.value.faults] == codes
    assert counts() == before
    first.refresh_from_db()
    assert first.in_force_until is None


def test_what_is_told_before_loading(first: TrdVersion, cast: dict[str, Any]) -> None:
    preview = preview_schedule(actor=cast["archivista"], content=next_file(since="2026-02-01"), name="v4.json")
    assert [notice.code for notice in preview.notices] == ["past_start", "nothing_new"]


@pytest.mark.parametrize("login", ["jefatura", "revisora", "auditoria", "administracion", "inactivo", "ajeno"])
def test_only_the_contracts_group_previews_or_loads(cast: dict[str, Any], login: str) -> None:
    for act in (preview_schedule, load_schedule):
        with pytest.raises(AccessDenied):
            act(actor=cast[login], content=files.fixture(), name="trd.json")
    assert counts()[:4] == (0, 0, 0, 0)


def test_only_what_was_seen_is_loaded_upon_the_version_it_was_compared_with(
    first: TrdVersion, cast: dict[str, Any]
) -> None:
    seen = preview_schedule(actor=cast["archivista"], content=next_file(), name="v4.json").seen
    other = next_file(lambda content: content["header"].update(rusd="otro"))
    with pytest.raises(RuleViolation, match="schedule_changed"):
        load_schedule(actor=cast["archivista"], content=other, name="v4.json", seen=seen)
    load_schedule(actor=cast["custodia"], content=other, name="v4.json")
    with pytest.raises(RuleViolation, match="schedule_overtaken"):
        load_schedule(
            actor=cast["archivista"],
            content=next_file(since="2026-08-01"),
            name="v4.json",
            seen=Seen(preview_digest(next_file(since="2026-08-01")), seen.former),
        )
    assert TrdVersion.objects.count() == 2


def preview_digest(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_load_at_once_one_wins_and_the_other_is_told(cast: dict[str, Any]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads of one process share the test's database in memory, which locks whole tables")
    load_schedule(actor=cast["archivista"], content=files.fixture(), name="trd.json")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def load(login: str, rusd: str) -> None:
        content = next_file(lambda data: data["header"].update(rusd=rusd))
        try:
            with clock.at(TODAY):
                seen = preview_schedule(actor=cast[login], content=content, name="v4.json").seen
                start.wait(timeout=60)
                trd = load_schedule(actor=cast[login], content=content, name="v4.json", seen=seen)
                outcomes.append(str(trd.number))
        except RuleViolation as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    people = [threading.Thread(target=load, args=pair) for pair in (("archivista", "uno"), ("custodia", "dos"))]
    for person in people:
        person.start()
    for person in people:
        person.join(timeout=120)
    assert sorted(outcomes) == ["4", "schedule_overtaken"]
    assert TrdVersion.objects.count() == 2
    assert TipoDocumental.objects.filter(trd=4).count() == 75


def test_of_two_processes_that_load_at_once_one_wins(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On one database file, as in the embedded profile."""
    home = prepared(run_folder(tmp_path_factory), tmp_path / "home")
    names = ("uno.json", "dos.json")
    for name in names:
        (tmp_path / name).write_bytes(next_file(lambda data, name=name: data["header"].update(rusd=name)))
    work = [home.popen("load_trd", str(tmp_path / name), "--as", "archivista", "--json") for name in names]
    said = [json.loads(process.communicate(timeout=300)[0]) for process in work]
    assert sorted(process.returncode for process in work) == [0, 1]
    refused = next(answer for answer in said if not answer["ok"])
    assert refused["error"]["code"] in ("schedule_overtaken", "schedule_refused")
    assert home.rows("SELECT number FROM records_trdversion ORDER BY number") == [(1,), (2,)]
    assert home.rows("SELECT COUNT(*) FROM records_tipodocumental WHERE trd_id = 2") == [(75,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_subserie SET years_central = 1",
        "UPDATE records_trdversion SET in_force_from = '2020-01-01'",
        "UPDATE records_tipodocumental SET name = 'otro'",
        "UPDATE records_serie SET code = '1'",
        "DELETE FROM records_tipodocumental",
        "DELETE FROM records_trdversion",
    ],
)
def test_the_rows_of_a_version_are_held_by_the_database(first: TrdVersion, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert schedule_of(TrdVersion.objects.get()) == files.shipped()


# -- the code of an expediente -------------------------------------------------------------------------------------

DAY = datetime.date(2026, 5, 4)
CODES: tuple[tuple[str, str, str], ...] = (
    (ExpedienteKind.ACQUISITION, "", "GC-110-AD-2026-001"),
    (ExpedienteKind.FRAMEWORK, "", "GC-120-CM-2026-001"),
    (ExpedienteKind.DERIVED, "", "GC-130-CD-2026-002"),
    (ExpedienteKind.DERIVED, "CD-2026-007", "GC-130-CD-2026-007"),
    (ExpedienteKind.DERIVED, "CD-2026-001", "GC-130-CD-2026-002"),
    (ExpedienteKind.PROJECT, "", "GC-140-P-001-PR"),
    (ExpedienteKind.SESSION, "", "GC-150-CE-2026-05-04-SE"),
    (ExpedienteKind.REPORTS, "CD-2026-001", "GC-160-CD-2026-001-RE"),
    (ExpedienteKind.SETTLEMENT, "CD-2026-001", "GC-170-CD-2026-001-LI"),
    (ExpedienteKind.NORMS, "", "GC-180-NO-2026-001"),
    (ExpedienteKind.CALL, "", "GC-190-CO-2026-001"),
    ("treaty", "", ""),
)


@pytest.mark.rule("E1")
@pytest.mark.parametrize(("kind", "number", "expected"), CODES)
def test_a_code_is_suggested_after_the_classification_scheme(
    first: TrdVersion, cast: dict[str, Any], kind: str, number: str, expected: str
) -> None:
    factories.make_expediente(cast["archivista"], "GC-130-CD-2026-001", opened_on=DAY)
    code = suggest_code(kind, opened_on=DAY, convenio_number=number)
    assert code == expected
    if code:
        opened = factories.make_expediente(cast["archivista"], code, kind=kind, opened_on=DAY, convenio_number=number)
        assert suggest_code(kind, opened_on=DAY, convenio_number=number) != opened.code


@pytest.mark.rule("E1")
def test_what_hangs_from_a_convenio_takes_its_number_and_no_version_gives_no_code(
    first: TrdVersion, cast: dict[str, Any]
) -> None:
    parent = factories.make_expediente(
        cast["archivista"], "GC-130-CD-2026-001", opened_on=DAY, convenio_number="CD-2026-001"
    )
    assert suggest_code(ExpedienteKind.SETTLEMENT, opened_on=DAY, parent=parent) == "GC-170-CD-2026-001-LI"
    assert suggest_code(ExpedienteKind.DERIVED, opened_on=datetime.date(1999, 12, 31)) == ""
    with pytest.raises(Incomplete):
        factories.make_expediente(cast["archivista"], "GC-130-X", opened_on=datetime.date(1999, 1, 1))
    assert Expediente.objects.count() == 1


# -- the command ---------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, Any]:
    sink, status = io.StringIO(), 0
    try:
        call_command("load_trd", *arguments, "--json", stdout=sink, stderr=io.StringIO())
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(sink.getvalue())


def test_the_command_previews_loads_and_names_every_fault(
    first: TrdVersion, cast: dict[str, Any], tmp_path: Path
) -> None:
    good, bad = tmp_path / "v4.json", tmp_path / "mala.csv"
    good.write_bytes(next_file(lambda content: content["header"].update(rusd="RUSD-1")))
    lines = files.rows()
    files.row_of(lines, "subserie", 2)[files.column(lines, "años gestión")] = "x"
    bad.write_bytes(files.as_csv(lines))

    status, told = run(str(good), "--as", "archivista", "--preview")
    assert (status, told["ok"], told["loaded"], told["version"]) == (0, True, False, 4)
    assert told["closes"] == {"version": 3, "until": "2026-06-30"}
    assert [change["register"] for change in told["changes"]] == ["encabezado"]
    assert TrdVersion.objects.count() == 1

    status, told = run(str(good), "--as", "archivista")
    assert (status, told["loaded"], TrdVersion.objects.count()) == (0, True, 2)

    status, told = run(str(good), "--as", "archivista")
    assert (status, told["error"]["code"], [fault["code"] for fault in told["faults"]]) == (
        1, "schedule_refused", ["repeated_file"],
    )  # fmt: skip

    status, told = run(str(bad), "--as", "archivista")
    fault = next(fault for fault in told["faults"] if fault["code"] == "bad_years")
    assert status == 1
    assert (fault["line"], fault["column"]) == files.place_of(lines, files.row_of(lines, "subserie", 2), "años gestión")
    assert "número de años" in fault["message"]

    assert run(str(good), "--as", "jefatura")[1]["error"]["code"] == "access_denied"
    assert run(str(good), "--as", "nadie")[1]["error"]["code"] == "unknown_person"
    assert run(str(tmp_path / "no-hay.csv"), "--as", "archivista")[0] == 2
