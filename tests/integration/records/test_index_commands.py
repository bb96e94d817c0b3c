"""Indexes by operators' commands: the screens' services, permissions and events; what does not hold is named."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from records import storage
from records.fixity import care
from records.models import Expediente, IndexIssue, LedgerEvent
from records.vocabulary import Level
from tests import lives


def ran(*words: object) -> tuple[int, Any]:
    """Exit status and JSON document of a command."""
    said = io.StringIO()
    try:
        call_command(*map(str, words), "--json", stdout=said, stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code or 0), json.loads(said.getvalue())
    return 0, json.loads(said.getvalue())


@pytest.fixture
def shelf(cast: dict[str, Any], expediente: Expediente) -> Expediente:
    lives.registered(cast, expediente, Level.RESERVED, title="Fórmula secreta", pages=3)
    expediente.refresh_from_db()
    return expediente


@pytest.fixture
def issued(cast: dict[str, Any], shelf: Expediente) -> IndexIssue:
    assert ran("issue_index", shelf.code, "--as", "archivista")[0] == 0
    return IndexIssue.objects.get()


def kept(digest: str) -> Path:
    file = storage.store().path_of(digest)
    file.chmod(0o600)
    return file


@pytest.mark.rule("E3", "E5")
def test_an_index_is_issued_as_on_the_screen(cast: dict[str, Any], shelf: Expediente) -> None:
    for number in (1, 2):
        status, told = ran("issue_index", shelf.code, "--as", "archivista")
        made = IndexIssue.objects.get(number=number)
        assert (status, told) == (0, {
            "ok": True, "number": number, "documents": 1, "folios": 3, "sha256": made.file_id, "cover": made.cover_id,
        })  # fmt: skip
        event = LedgerEvent.objects.filter(action="index.issued").latest("index")
        assert (event.actor, event.object_id) == ("archivista", str(shelf.pk))


@pytest.mark.rule("E4")
@pytest.mark.parametrize("login", ["ajeno", "auditoria"])
def test_who_may_not_is_refused_as_on_the_screen(shelf: Expediente, login: str) -> None:
    status, told = ran("issue_index", shelf.code, "--as", login)
    assert (status, told["error"]["code"]) == (1, "not_found")
    assert ran("issue_index", "GC-130-CD-2000-999", "--as", "archivista")[1]["error"]["code"] == "not_found"
    kept(shelf.documents.get().blob_id).write_bytes(b"otros")
    assert ran("issue_index", shelf.code, "--as", "archivista")[1]["error"]["code"] == "index_mismatch"
    assert not IndexIssue.objects.exists()


@pytest.mark.rule("E5", "E6")
def test_every_index_of_an_expediente_is_proved_and_the_one_that_fails_is_named(
    shelf: Expediente, issued: IndexIssue
) -> None:
    ran("issue_index", shelf.code, "--as", "archivista")
    status, told = ran("verify_index", shelf.code)
    assert (status, [one["number"] for one in told["indexes"]]) == (0, [1, 2])
    steps = {step["step"]: step["state"] for step in told["indexes"][1]["steps"]}
    assert {"file_bytes", "file_schema", "signature", "cover", "chain", "ledger"} <= steps.keys()
    assert "fails" not in steps.values()
    file = kept(issued.cover_id)
    file.write_bytes(file.read_bytes().replace(b"<NumeroFolios>3", b"<NumeroFolios>4"))
    status, told = ran("verify_index", shelf.code)
    assert status == 1
    assert {"cover_bytes", "signature"} <= set(told["indexes"][0]["faults"])
    assert "secreta" not in json.dumps(told)
    assert LedgerEvent.objects.filter(action="index.verified", actor="").count() == 4


@pytest.mark.rule("E6")
def test_a_file_that_somebody_kept_is_held_against_what_was_issued(issued: IndexIssue, tmp_path: Path) -> None:
    whole = tmp_path / "indice.xml"
    for digest in (issued.file_id, issued.cover_id):
        whole.write_bytes(kept(digest).read_bytes())
        status, told = ran("verify_index", whole)
        assert (status, told["indexes"][0]["number"], told["indexes"][0]["faults"]) == (0, 1, [])
    whole.write_bytes(whole.read_bytes() + b" ")
    assert ran("verify_index", whole)[1]["error"]["code"] == "not_issued"
    assert ran("verify_index", tmp_path / "no está")[1]["error"]["code"] == "not_found"
    assert ran("verify_index", tmp_path)[0] == 1


def test_an_expediente_without_indexes_is_told(shelf: Expediente) -> None:
    assert ran("verify_index", shelf.code)[1]["error"]["code"] == "no_index"


def test_for_people_each_step_is_a_sentence(issued: IndexIssue, shelf: Expediente) -> None:
    said = io.StringIO()
    call_command("verify_index", shelf.code, stdout=said)
    assert f"{shelf.code}, índice 1\n" in said.getvalue()
    assert "Bien: La firma vale y cubre toda la cubierta" in said.getvalue()


@pytest.mark.rule("K1", "K2")
def test_an_index_whose_stored_bytes_are_damaged_is_proved_from_the_copy_that_has_them_right(
    settings: Any, tmp_path: Path, cast: dict[str, Any], expediente: Expediente
) -> None:
    backend = settings.RECORDS["STORE"]["BACKEND"]
    store, copy = ({"BACKEND": backend, "OPTIONS": {"root": tmp_path / name}} for name in ("store", "copies"))
    settings.RECORDS = {**settings.RECORDS, "STORE": store, "COPIES": {"copies": copy}}
    lives.registered(cast, expediente, Level.PUBLIC)
    assert ran("issue_index", expediente.code, "--as", "archivista")[0] == 0
    care.care_now()
    made = IndexIssue.objects.get()
    for digest in (made.file_id, made.cover_id):
        kept(digest).write_bytes(b"otros bytes")
    status, told = ran("verify_index", expediente.code)
    steps = {step["step"]: (step["state"], step["detail"]) for step in told["indexes"][0]["steps"]}
    assert (status, steps["file_bytes"], steps["cover_bytes"]) == (0, ("holds", "altered"), ("holds", "altered"))
    assert LedgerEvent.objects.filter(action="custody.mended").count() == 2
    assert hashlib.sha256(kept(made.file_id).read_bytes()).hexdigest() == made.file_id, "written anew"
    assert ran("verify_index", expediente.code)[1]["indexes"][0]["steps"][0]["detail"] == ""
