"""`file_documents --manifest` with digests: a package, filed whole or refused whole, each path told."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cms.demo.stage import Stage
from records.models import Document, LedgerEvent
from tests.installation import ROOT
from tests.integration.demo.conftest import Ran, command
from tests.integration.demo.test_commands import CD1, ROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files and a manifest that announces them by their names in its own folder."""
    for number in range(3):
        (tmp_path / f"anexo {number}.txt").write_text(f"Anexo de paquete {number}, {tmp_path}\n")
    announce(tmp_path)
    return tmp_path


def announce(folder: Path, **changes: str) -> Path:
    """The manifest of the folder's texts; `changes` is laid over the row of the second."""
    rows = [
        {"path": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "tipo": "anexo_del_convenio",
         "date": "2027-10-01"}
        for file in sorted(folder.glob("*.txt"))
    ]  # fmt: skip
    rows[1] |= changes
    manifest = folder / "manifiesto.json"
    manifest.write_text(json.dumps(rows))
    return manifest


def send(folder: Path, *paths: object, **options: object) -> Ran:
    extra = [part for name, value in options.items() for part in (f"--{name}", value)]
    manifest = folder / "manifiesto.json"
    return command("file_documents", *paths, "--expediente", CD1, "--as", "archivista", "--manifest", manifest, *extra)


def codes(ran: Ran) -> list[str]:
    return [row["error"]["code"] for row in ran.json]


@pytest.mark.requirement("B12")
@pytest.mark.rule("C9", "C2")
def test_a_package_by_its_manifest_alone(stage: Stage, folder: Path) -> None:
    receipts = folder / "recibos.jsonl"
    ran = send(folder, receipts=receipts)
    kept = [json.loads(line) for line in receipts.read_text().splitlines()]
    assert (ran.code, [set(row) for row in ran.json]) == (0, [ROW] * 3)
    assert [row["path"] for row in ran.json] == ["anexo 0.txt", "anexo 1.txt", "anexo 2.txt"]
    assert kept == ran.json
    pieces = Document.objects.filter(pk__in=[row["document"] for row in ran.json])
    assert pieces.order_by().values_list("batch", flat=True).distinct().count() == 1
    assert LedgerEvent.objects.filter(action="batch.filed").count() == 1


@pytest.mark.rule("C9")
def test_paths_given_are_echoed_as_given_and_found_in_the_manifest(stage: Stage, folder: Path) -> None:
    given = [str(folder / "anexo 2.txt"), f"{folder}/./anexo 0.txt", str(folder / "anexo 1.txt")]
    ran = send(folder, *given)
    assert (ran.code, [row["path"] for row in ran.json]) == (0, given)
    for row in ran.json:
        assert row["sha256"] == hashlib.sha256(Path(row["path"]).read_bytes()).hexdigest()


@pytest.mark.requirement("B12")
@pytest.mark.rule("C9", "K8")
def test_one_wrong_digest_and_no_path_is_filed(stage: Stage, folder: Path) -> None:
    announce(folder, sha256="0" * 64)
    before, receipts = Document.objects.count(), folder / "recibos.jsonl"
    ran = send(folder, receipts=receipts)
    assert (ran.code, [row["ok"] for row in ran.json]) == (1, [False] * 3)
    assert codes(ran) == ["package_refused", "digest_differs", "package_refused"]
    assert all(row["error"]["message"] for row in ran.json)
    assert (Document.objects.count(), receipts.read_text()) == (before, "")


@pytest.mark.rule("C9")
def test_a_missing_an_extra_and_an_unreadable_file_are_told_by_path(stage: Stage, folder: Path) -> None:
    extra = folder / "otro.dat"
    extra.write_text("nadie lo anuncia\n")
    (folder / "anexo 1.txt").unlink()
    (folder / "anexo 1.txt").mkdir()
    ran = send(folder, folder / "anexo 1.txt", folder / "anexo 2.txt", extra)
    told = dict(zip([row["path"] for row in ran.json], codes(ran), strict=True))
    assert ran.code == 1
    assert told == {
        str(folder / "anexo 1.txt"): "unreadable_path",
        str(folder / "anexo 2.txt"): "package_refused",
        str(extra): "file_unannounced",
        "anexo 0.txt": "file_absent",
    }


@pytest.mark.rule("C8")
def test_the_same_package_again_is_refused_whole_and_a_decision_files_it(stage: Stage, folder: Path) -> None:
    first, again = send(folder), send(folder)
    kept = send(folder, duplicate="keep", reason="obra en dos trámites")
    assert (first.code, again.code, kept.code) == (0, 1, 0)
    assert codes(again) == ["duplicate"] * 3


def test_what_the_manifest_leaves_out_the_command_says(stage: Stage, folder: Path) -> None:
    rows = json.loads((folder / "manifiesto.json").read_text())
    (folder / "manifiesto.json").write_text(json.dumps([{"path": r["path"], "sha256": r["sha256"]} for r in rows]))
    assert send(folder).json["error"]["code"] == "column_missing"
    assert send(folder, tipo="registro_contable", date="2027-10-02").code == 0


def test_a_manifest_without_digests_answers_file_by_file(stage: Stage, folder: Path) -> None:
    manifest = folder / "lista.csv"
    manifest.write_text(f"Ruta;Tipo documental;Fecha\n{folder}/anexo 0.txt;anexo_del_convenio;01/10/2027\nno.txt;;\n")
    ran = command(
        "file_documents", "--expediente", CD1, "--as", "archivista", "--tipo", "anexo_del_convenio",
        "--manifest", manifest,
    )  # fmt: skip
    assert [row["ok"] for row in ran.json] == [True, False]
    assert ran.json[1]["error"]["code"] == "unreadable_path"


@pytest.mark.parametrize(
    ("content", "word"), [("{", "Línea 1, columna 2"), ("[]", "no anuncia"), ('[{"x": "1"}]', "x")]
)
def test_a_manifest_that_is_none_is_told_with_its_place(stage: Stage, folder: Path, content: str, word: str) -> None:
    (folder / "manifiesto.json").write_text(content)
    ran = send(folder)
    assert (ran.code, ran.json["error"]["code"]) == (2, "usage")
    assert word in ran.json["error"]["message"]


# Help in Spanish ---------------------------------------------------------------------------------
ENGLISH = ("usage:", "options:", "show this", "the following", "error:", "expected", "optional", "positional")


def manage(*words: str) -> tuple[int, str, str]:
    ran = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("words", [("file_documents", "--help"), ("import_inventory", "--help"), ("grant", "--help")])
def test_help_is_in_spanish(words: tuple[str, ...]) -> None:
    code, out, _err = manage(*words)
    assert code == 0
    assert out.startswith("uso: ")
    assert not [word for word in ENGLISH if word in out.lower()]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("grant",), "faltan: --until, --reason, --as"),
        (("verify_custody", "--nada"), "no se conoce: --nada"),
        (("classify", "--level"), "--level espera un valor"),
        (("classify", "--document", "x", "--as", "y", "--level", "secreta"), "--level no admite 'secreta'"),
    ],
)
def test_a_usage_fault_is_told_in_spanish(words: tuple[str, ...], told: str) -> None:
    code, out, err = manage(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert not [word for word in ENGLISH if word in err.lower()]


def test_with_json_a_usage_fault_is_the_only_thing_on_standard_output() -> None:
    code, out, _err = manage("grant", "--json")
    answer: dict[str, Any] = json.loads(out)
    assert (code, answer["error"]["code"]) == (2, "usage")
    assert answer["error"]["message"].startswith("faltan: ")
