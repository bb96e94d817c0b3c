"""A database of yesterday over today's ledger closes the desk until somebody answers for it (criterion 13); a clock
that went back dates nothing."""

from __future__ import annotations

import datetime
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from cms.core.bootstrap import ensure_site
from records import audit, clock, conf
from records.errors import AccessDenied, ClockBehind, LedgerDiverged, RuleViolation
from records.ledger import checkpoints, rollback, witness
from records.ledger.verification import verify_ledger
from records.models import Checkpoint, Expediente, LedgerEvent
from records.services import arrivals, drafts, jobs, quarantine
from tests import factories
from tests.factories import behind_the_product

YESTERDAY, TODAY = 7, 12


@pytest.fixture
def outside(settings: Any, tmp_path: Path) -> Path:
    """A copy of this test alone, looked at in each request."""
    settings.RECORDS = {**settings.RECORDS, "WITNESS": tmp_path / "witness", "LOOK_SECONDS": 0.0}
    return tmp_path / "witness"


def write(person: Any, count: int) -> None:
    with transaction.atomic():
        audit.record_each("search.run", actor=person, subjects=[("text", {"n": number}) for number in range(count)])


@pytest.fixture
def restored(cast: dict[str, Any], expediente: Expediente, outside: Path) -> Path:
    """Yesterday's rows and heads over today's copy."""
    write(cast["archivista"], YESTERDAY - LedgerEvent.objects.count())
    checkpoints.issue(checkpoints.SCHEDULE)
    write(cast["archivista"], TODAY - YESTERDAY)
    checkpoints.issue(checkpoints.SCHEDULE)
    with behind_the_product():
        LedgerEvent.objects.filter(index__gte=YESTERDAY).delete()
        Checkpoint.objects.filter(size__gt=YESTERDAY).delete()
    return outside


def browser(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.criterion(13)
@pytest.mark.rule("U2")
def test_the_desk_is_closed_and_the_public_site_goes_on(restored: Path, cast: dict[str, Any]) -> None:
    ensure_site(80)
    staff = browser(cast["archivista"])
    for path in ("/custodia/", "/custodia/expedientes/", "/custodia/bitacora/", "/custodia/documentos/x/original"):
        answer = staff.get(path)
        assert (answer.status_code, "Custodia está cerrada" in answer.content.decode()) == (503, True)
    assert staff.post("/custodia/expedientes/nuevo/").status_code == 503
    assert Client().get("/custodia/").status_code == 302  # a stranger is told nothing of it
    assert browser(cast["editora"]).get("/custodia/").status_code == 404
    assert Client().get("/").status_code == 200
    assert Client().get("/buscar/").status_code == 200


@pytest.mark.criterion(13)
def test_also_when_the_restored_database_has_grown_past_what_was_lost(restored: Path, cast: dict[str, Any]) -> None:
    write(cast["archivista"], 30)
    assert browser(cast["archivista"]).get("/custodia/").status_code == 503
    with pytest.raises(LedgerDiverged):
        checkpoints.issue(checkpoints.SCHEDULE)


@pytest.mark.criterion(13)
def test_neither_commands_nor_jobs_act_in_the_name_of_a_person(
    restored: Path, cast: dict[str, Any], expediente: Expediente, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call_command("read_again", login="archivista", json=True)
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "ledger_diverged"
    job = jobs.start_job(actor=cast["archivista"], kind="inventory", title="x", rows=[jobs.NewRow("a")])
    assert rollback.look()
    with pytest.raises(LedgerDiverged):
        jobs.run_job(job.pk)


@pytest.mark.criterion(13)
def test_nobody_changes_people_or_groups_through_the_editor(restored: Path, cast: dict[str, Any]) -> None:
    person = cast["administracion"]
    before = LedgerEvent.objects.count()
    for path in ("/editor/users/new/", "/editor/groups/new/", f"/editor/users/{person.pk}/"):
        assert browser(person).post(path, {"username": "x"}).status_code == 503
    assert LedgerEvent.objects.exclude(action="session.opened").count() <= before


@pytest.mark.criterion(13)
def test_nothing_that_came_since_is_taken_for_litter(restored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of rows that the restored database has lost: the right database, brought back, still has them."""
    kept = []
    for folder in (conf.quarantine(), conf.arrivals()):
        folder.mkdir(parents=True, exist_ok=True)
        kept.append(folder / str(uuid.uuid4()))
        kept[-1].write_bytes(b"de hoy")
    monkeypatch.setattr(quarantine, "LITTER_AGE", -1)
    monkeypatch.setattr(arrivals, "SWEEP_EVERY", -1)
    quarantine.sweep()
    drafts.sweep_drafts()
    assert all(file.exists() for file in kept)
    restored.joinpath(witness.HEADS).unlink()
    quarantine.sweep()
    drafts.sweep_drafts()
    assert not any(file.exists() for file in kept), "in its own database it is litter"


@pytest.mark.criterion(13)
def test_an_acknowledgement_opens_it_with_its_event_and_keeps_the_old_copy(
    restored: Path, cast: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: (restored / name).read_bytes() for name in (witness.LEAVES, witness.HEADS)}
    call_command("acknowledge_rollback", login="jefatura", reason="Falló el disco; se restauró la copia.", json=True)
    assert json.loads(capsys.readouterr().out)["aside"] == "0001"
    aside = restored / rollback.ASIDE / "0001"
    assert {name: (aside / name).read_bytes() for name in before} == before
    assert "Falló el disco" in (aside / rollback.REASON).read_text()
    event = LedgerEvent.objects.latest("index")
    facts = json.loads(event.payload)["facts"]
    assert (event.action, event.actor, facts["size"]) == ("rollback.acknowledged", "jefatura", TODAY)
    assert "Falló" not in event.payload
    assert browser(cast["archivista"]).get("/custodia/").status_code == 200
    assert verify_ledger().findings == []
    assert [head.size for head in witness.kept_heads()] == [YESTERDAY, event.index + 1]
    found = verify_ledger(aside / witness.HEADS).findings
    assert {one["problem"] for one in found} <= {"root", "truncated"}
    assert found  # whoever kept the lost heads can still tell


@pytest.mark.criterion(13)
def test_only_who_answers_acknowledges_with_a_reason_and_only_what_happened(
    restored: Path, cast: dict[str, Any]
) -> None:
    with pytest.raises(AccessDenied):
        rollback.acknowledge(actor=cast["archivista"], reason="x")
    with pytest.raises(RuleViolation, match="no_reason"):
        rollback.acknowledge(actor=cast["jefatura"], reason="  ")
    rollback.acknowledge(actor=cast["jefatura"], reason="x")
    with pytest.raises(RuleViolation, match="nothing_rolled_back"):
        rollback.acknowledge(actor=cast["jefatura"], reason="x")


@pytest.mark.criterion(13)
def test_a_head_that_is_being_written_closes_nothing(
    cast: dict[str, Any], expediente: Expediente, outside: Path
) -> None:
    checkpoints.issue(checkpoints.SCHEDULE)
    with (outside / witness.HEADS).open("ab") as heads:
        heads.write(b'{"checkpoint": {"si')
    assert not rollback.look()


@pytest.mark.criterion(13)
def test_a_clock_that_went_back_dates_nothing_until_it_is_right_or_acknowledged(
    cast: dict[str, Any], expediente: Expediente, outside: Path
) -> None:
    piece = factories.insert_piece(cast["archivista"], expediente, "restricted")
    with clock.at(clock.now() + audit.TOLERANCE / 2):
        write(cast["archivista"], 1)
    write(cast["archivista"], 1)  # what a time service corrects is let by
    with clock.at(clock.now() + datetime.timedelta(days=1)):
        write(cast["archivista"], 1)
    before = LedgerEvent.objects.count()
    with pytest.raises(ClockBehind):
        write(cast["archivista"], 1)
    answer = browser(cast["archivista"]).get(f"/custodia/documentos/{piece.pk}/")
    assert (answer.status_code, "El reloj del servidor está atrasado" in answer.content.decode()) == (503, True)
    assert LedgerEvent.objects.count() == before
    call_command("acknowledge_clock", login="jefatura", json=True)
    write(cast["archivista"], 1)
    assert LedgerEvent.objects.count() == before + 2
