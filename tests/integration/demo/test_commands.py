"""Operators' commands: their JSON, their exit codes, the same permissions and events as the screens."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cms.demo.stage import Stage
from records import clock, storage
from records.models import ClassificationAct, Document, LedgerEvent
from tests.integration.demo.conftest import Ran, command

pytestmark = pytest.mark.django_db

CD1, CD2 = "GC-130-CD-2026-001", "GC-130-CD-2026-002"
ROW = {"path", "ok", "document", "radicado", "sha256", "bytes", "pages", "folios", "error"}
GROUNDS = {
    "norm": "Ley 1712 de 2014",
    "article": "18",
    "literal": "c",
    "harm": {"present": "a", "probable": "b", "specific": "c"},
    "balance": "d",
    "extent": "total",
    "generated": "2027-06-10",
    "until": "2032-06-10",
    "responsible": "custodia",
    "safe_title": "Pieza clasificada",
}


def files(*paths: object, login: str = "archivista", expediente: str = CD1, **options: object) -> Ran:
    extra = [part for name, value in options.items() for part in (f"--{name}", value)]
    tipo = () if "tipo" in options else ("--tipo", "anexo_del_convenio")
    return command("file_documents", *paths, "--expediente", expediente, "--as", login, *tipo, *extra)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    file = tmp_path / "nota de prueba.txt"
    file.write_text("Nota de prueba para radicar.\n")
    return file


@pytest.fixture
def filed(stage: Stage, note: Path) -> str:
    return str(files(note).json[0]["document"])


@pytest.fixture
def grounds(tmp_path: Path) -> Path:
    file = tmp_path / "fundamento.json"
    file.write_text(json.dumps(GROUNDS))
    return file


# file_documents ----------------------------------------------------------------------------------
@pytest.mark.requirement("B5")
def test_a_filed_file_is_answered_with_its_receipt(stage: Stage, note: Path) -> None:
    ran = files(note, date="2027-10-19", title="Nota")
    (row,) = ran.json

    document = Document.objects.get(pk=row["document"])
    assert (ran.code, set(row), row["path"], row["ok"], row["error"]) == (0, ROW, str(note), True, None)
    assert row["sha256"] == hashlib.sha256(note.read_bytes()).hexdigest()
    assert (row["bytes"], row["folios"]) == (note.stat().st_size, [document.folio_first, document.folio_last])
    assert (document.title, document.date, document.level) == ("Nota", datetime.date(2027, 10, 19), "unclassified")
    assert LedgerEvent.objects.filter(action="document.filed", object_id=row["document"]).count() == 1


@pytest.mark.requirement("B12")
def test_of_twenty_files_two_bad_ones_are_named_and_eighteen_filed(stage: Stage, tmp_path: Path) -> None:
    paths = [tmp_path / f"anexo {number:02}.txt" for number in range(20)]
    for number, path in enumerate(paths):
        path.write_text(f"Anexo número {number}\n")
    paths[3].write_bytes(b"")
    paths[11].write_bytes(b"MZ\x90\x00" + b"\x00" * 200)
    receipts = tmp_path / "recibos.jsonl"

    ran = files(*paths, receipts=receipts)

    rows = ran.json
    kept = [json.loads(line) for line in receipts.read_text().splitlines()]
    bad = [row for row in rows if not row["ok"]]
    assert ran.code == 1
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    assert [row["path"] for row in bad] == [str(paths[3]), str(paths[11])]
    assert all(row["error"]["code"] and row["error"]["message"] for row in bad)
    assert kept == [row for row in rows if row["ok"]]
    assert len(kept) == 18


@pytest.mark.requirement("B12")
def test_a_path_that_cannot_be_read_is_a_row_like_any_other(stage: Stage, tmp_path: Path, note: Path) -> None:
    ran = files(tmp_path / "no existe.pdf", tmp_path, note, "con\0nulo")

    assert [row["ok"] for row in ran.json] == [False, False, True, False]
    assert {row["error"]["code"] for row in ran.json if not row["ok"]} == {"unreadable_path"}


def test_the_same_bytes_again_need_a_decision(stage: Stage, filed: str, note: Path) -> None:
    refused = files(note)
    linked = files(note, duplicate="link", reason="anexo de otra acta")
    kept = files(note, duplicate="keep", reason="obra en dos trámites")

    assert (refused.code, refused.json[0]["error"]["code"]) == (1, "duplicate")
    assert (linked.code, kept.code) == (0, 0)


def test_keeping_a_duplicate_without_a_reason_is_a_usage_fault(stage: Stage, note: Path) -> None:
    assert files(note, duplicate="keep").code == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"date": "2027-10-21"}, "incomplete"),
        ({"tipo": "acta_de_comite"}, "incomplete"),
        ({"tipo": "no_existe"}, "incomplete"),
    ],
)
def test_bad_metadata_refuses_the_file_with_what_is_missing(
    stage: Stage, note: Path, options: dict[str, Any], code: str
) -> None:
    ran = files(note, **options)

    assert (ran.code, ran.json[0]["error"]["code"]) == (1, code)
    assert ran.json[0]["error"]["message"]


@pytest.mark.requirement("I8")
@pytest.mark.parametrize(
    ("login", "expediente"),
    [("ajeno", "GC-140-P-003-PR"), ("ajeno", "GC-000-NADA"), ("inactivo", CD1), ("administracion", CD1)],
)
def test_a_strangers_expediente_is_refused_as_an_unknown_one(
    stage: Stage, note: Path, login: str, expediente: str
) -> None:
    ran = files(note, login=login, expediente=expediente)

    assert ran.code == 1
    assert ran.json == files(note, login=login, expediente="GC-OTRO-DESCONOCIDO").json
    assert ran.json["error"]["code"] == "not_found"


def test_who_sees_but_may_not_file_is_told_so(stage: Stage, note: Path) -> None:
    ran = files(note, login="jefatura")

    assert (ran.code, ran.json["ok"], ran.json["error"]["code"]) == (1, False, "access_denied")


def test_an_unknown_person_is_named(stage: Stage, note: Path) -> None:
    assert files(note, login="nadie").json["error"]["code"] == "unknown_person"


def test_receipts_that_cannot_be_kept_refuse_before_anything_is_filed(stage: Stage, note: Path, tmp_path: Path) -> None:
    before = Document.objects.count()

    ran = files(note, receipts=tmp_path)

    assert (ran.code, ran.json["error"]["code"]) == (1, "receipts_unwritable")
    assert Document.objects.count() == before


def test_a_manifest_says_each_files_tipo_and_date(stage: Stage, note: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "lista.json"
    manifest.write_text(
        json.dumps([{"path": str(note), "tipo": "registro_contable", "date": "2027-10-01", "title": "RC"}])
    )

    ran = command("file_documents", "--expediente", CD1, "--as", "archivista", "--manifest", manifest)

    document = Document.objects.get(pk=ran.json[0]["document"])
    day = datetime.date(2027, 10, 1)
    assert (document.tipo.code, document.date, document.title) == ("registro_contable", day, "RC")


@pytest.mark.parametrize("content", ["{", "{}", '[{"tipo": "x"}]', '[{"path": "a", "date": "ayer"}]', '[{"path": 3}]'])
def test_a_manifest_that_is_not_one_is_a_usage_fault(stage: Stage, note: Path, tmp_path: Path, content: str) -> None:
    manifest = tmp_path / "lista.json"
    manifest.write_text(content)

    ran = files(note, manifest=manifest)

    assert (ran.code, ran.json["error"]["code"]) == (2, "usage")


def test_without_files_it_is_a_usage_fault(stage: Stage) -> None:
    assert files().code == 2


# classify, approve -------------------------------------------------------------------------------
def classify(document: str, level: str = "restricted", login: str = "custodia", **options: object) -> Ran:
    extra = [part for name, value in options.items() for part in (f"--{name}", value)]
    return command("classify", "--document", document, "--level", level, "--as", login, *extra)


@pytest.mark.requirement("I1")
def test_a_level_is_proposed_by_one_and_approved_by_another(stage: Stage, filed: str, grounds: Path) -> None:
    proposed = classify(filed, grounds=grounds)
    own = command("approve", "--act", proposed.json["act"], "--as", "custodia")
    approved = command("approve", "--act", proposed.json["act"], "--as", "jefatura")

    assert proposed.json == {"ok": True, "act": proposed.json["act"], "state": "proposed", "missing": []}
    assert (own.code, own.json["ok"]) == (1, False)
    assert (approved.code, approved.json["state"]) == (0, "in_force")
    assert Document.objects.get(pk=filed).level == "restricted"


@pytest.mark.requirement("I1")
def test_a_proposal_without_ground_lists_all_that_is_missing(stage: Stage, filed: str) -> None:
    ran = classify(filed)

    assert (ran.code, ran.json["ok"], ran.json["act"], ran.json["state"]) == (1, False, None, "refused")
    assert {"norm", "article", "harm_present", "balance", "until", "responsible"} <= set(ran.json["missing"])
    assert set(ran.json) == {"ok", "act", "state", "missing"}


@pytest.mark.requirement("I8")
@pytest.mark.parametrize("login", ["ajeno", "revisora", "inactivo", "administracion", "editora"])
def test_whoever_may_not_know_a_piece_is_answered_as_for_no_piece(
    stage: Stage, filed: str, grounds: Path, login: str
) -> None:
    known, unknown = (
        classify(filed, login=login, grounds=grounds),
        classify(str(uuid.uuid4()), login=login, grounds=grounds),
    )

    assert known.output == unknown.output
    assert (known.code, known.json["error"]["code"]) == (1, "not_found")


@pytest.mark.parametrize("content", [None, "{", "[]"])
def test_grounds_that_cannot_be_read_are_a_usage_fault(
    stage: Stage, filed: str, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "mal.json"
    if content is not None:
        file.write_text(content)

    ran = classify(filed, grounds=file)

    assert (ran.code, ran.json["error"]["code"]) == (2, "usage")


@pytest.mark.parametrize("act", ["no-es-un-uuid", "00000000-0000-4000-8000-000000000000"])
def test_an_unknown_act_is_not_found(stage: Stage, act: str) -> None:
    assert command("approve", "--act", act, "--as", "jefatura").json["error"]["code"] == "not_found"


@pytest.mark.requirement("I8")
def test_an_act_over_a_piece_one_may_not_know_is_an_unknown_act(stage: Stage) -> None:
    act = ClassificationAct.objects.filter(state="proposed").get()

    assert (
        command("approve", "--act", act.pk, "--as", "ajeno").output
        == command("approve", "--act", uuid.uuid4(), "--as", "ajeno").output
    )


# grant, revoke, explain_access -------------------------------------------------------------------
def grant(*target: object, to: str = "revisora", until: str = "2028-01-31", login: str = "custodia") -> Ran:
    return command("grant", *target, "--to", to, "--until", until, "--reason", "revisión", "--as", login)


@pytest.mark.requirement("I3", "J4")
def test_a_grant_opens_one_piece_and_its_withdrawal_closes_it(stage: Stage) -> None:
    piece = str(stage.document("cd002.suscrito").pk)

    given = grant("--document", piece)
    opened = command("explain_access", "--document", piece, "--as", "revisora").json
    taken = command("revoke", "--grant", opened["because"][0]["act"], "--as", "custodia")
    closed = command("explain_access", "--document", piece, "--as", "revisora").json

    assert given.json == {"ok": True, "grant": given.json["grant"]}
    assert opened["allowed"]["view"] is True
    assert opened["because"][0]["act"] == given.json["grant"] == taken.json["grant"]
    assert closed["allowed"]["view"] is False


def test_a_grant_over_an_expediente_is_named_by_its_code(stage: Stage) -> None:
    assert grant("--expediente", CD2).code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"until": "2027-10-19"}, "incomplete"),
        ({"to": "inactivo"}, "person_disabled"),
        ({"to": "custodia"}, "grant_to_oneself"),
        ({"to": "nadie"}, "unknown_person"),
        ({"login": "archivista"}, "access_denied"),
        ({"login": "ajeno"}, "not_found"),
    ],
)
def test_a_grant_that_may_not_be_given_says_why(stage: Stage, arguments: dict[str, str], code: str) -> None:
    ran = grant("--document", stage.document("cd002.suscrito").pk, **arguments)

    assert (ran.code, ran.json["ok"], ran.json["error"]["code"]) == (1, False, code)


def test_a_grant_names_a_piece_or_an_expediente_not_both(stage: Stage) -> None:
    with pytest.raises(CommandError):
        grant("--document", uuid.uuid4(), "--expediente", CD2)


def test_a_grant_withdrawn_twice_is_refused(stage: Stage) -> None:
    held = stage.document("cd002.pi-a2.1").grants.get().pk
    first = command("revoke", "--grant", held, "--as", "custodia")
    second = command("revoke", "--grant", held, "--as", "custodia")

    assert (first.code, second.code, second.json["error"]["code"]) == (0, 1, "already_withdrawn")


@pytest.mark.requirement("I3")
def test_an_explanation_of_the_past_is_what_was_true_then(stage: Stage) -> None:
    piece = stage.document("cd002.pi-a2.1").pk

    before = command("explain_access", "--document", piece, "--as", "revisora", "--at", "2026-08-19").json
    since = command("explain_access", "--document", piece, "--as", "revisora", "--at", "2026-08-21T10:00").json

    assert (before["allowed"]["view"], since["allowed"]["view"]) == (False, True)
    assert set(since["because"][0]) == {"rule", "sentence", "act"}


@pytest.mark.requirement("I8")
def test_a_reserved_piece_is_explained_to_a_stranger_like_no_piece(stage: Stage) -> None:
    hidden = command("explain_access", "--document", stage.document("cd001.sd-a1.1").pk, "--as", "ajeno")
    unknown = command("explain_access", "--document", uuid.uuid4(), "--as", "ajeno")

    assert hidden.output == unknown.output
    assert hidden.json["allowed"]["view"] is False


# verify_custody ----------------------------------------------------------------------------------
@pytest.mark.requirement("B5")
def test_custody_holds_and_an_altered_byte_names_its_document_alone(stage: Stage) -> None:
    whole = command("verify_custody")
    victim = stage.document("cd001.suscrito")
    path = Path(storage.store().path_of(victim.blob_id))
    before, mode = path.read_bytes(), path.stat().st_mode
    path.chmod(0o600)
    try:
        path.write_bytes(before[:-1] + b"\x00")
        altered = command("verify_custody")
        elsewhere = command("verify_custody", "--expediente", CD2)
    finally:
        path.write_bytes(before)
        path.chmod(mode)

    assert (whole.code, whole.json["checked"], whole.json["findings"]) == (0, 81, [])
    assert set(whole.json) == {"checked", "bytes", "set_aside", "holds", "findings"}
    assert (altered.code, [row["document"] for row in altered.json["findings"]]) == (1, [str(victim.pk)])
    assert (elsewhere.code, elsewhere.json["findings"]) == (0, [])


def test_custody_of_an_unknown_expediente_is_refused(stage: Stage) -> None:
    assert command("verify_custody", "--expediente", "GC-NADA").json["error"]["code"] == "not_found"


# The manner of all -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "arguments",
    [
        ("grant", "--document", "x", "--to", "a", "--until", "mañana", "--reason", "r", "--as", "custodia"),
        ("explain_access", "--document", "x", "--as", "custodia", "--at", "ayer"),
        ("classify", "--document", "x", "--level", "secreta", "--as", "custodia"),
        ("file_documents", "x", "--expediente", CD1, "--as", "custodia", "--date", "2027-13-01"),
        ("demo", "--on", "nunca"),
    ],
)
def test_arguments_that_cannot_be_read_are_usage_faults(stage: Stage, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command(*arguments)


def test_the_demo_is_refused_outside_its_profile(stage: Stage) -> None:
    ran = command("demo", "--load-only")

    assert (ran.code, ran.json["ok"], ran.json["error"]["code"]) == (1, False, "not_demo")


def test_without_json_people_read_sentences(stage: Stage, note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("file_documents", str(note), "--expediente", CD1, "--as", "archivista", "--tipo", "anexo_del_convenio")

    assert f"{clock.today().year}-" in capsys.readouterr().out
