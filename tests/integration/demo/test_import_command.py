"""`import_inventory`: its preview, its JSON, its exit codes, and the same command again."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from cms.demo.stage import Stage
from records.models import Document, Job
from tests.integration.demo.conftest import Ran, command
from tests.integration.demo.test_commands import CD1

pytestmark = pytest.mark.django_db
KEYS = {"ok", "job", "total", "ignored_columns", "rows"}
ROW = {"row", "file", "state", "ok", "expediente", "document", "radicado", "error"}


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """Two files that are there and one row that lacks its own."""
    for number in range(2):
        (tmp_path / f"pieza {number}.txt").write_text(f"Pieza heredada {number}, {tmp_path}\n")
    lines = ["Código de expediente;Archivo;Tipo documental;Fecha;Caja;Color"]
    lines += [f"{CD1};pieza {number}.txt;anexo_del_convenio;01/10/2027;4;verde" for number in range(3)]
    (tmp_path / "inventario.csv").write_text("\n".join(lines))
    return tmp_path / "inventario.csv"


def imports(inventory: Path, *words: object, login: str = "archivista", expediente: str = CD1) -> Ran:
    folder = ("--folder", inventory.parent)
    return command("import_inventory", inventory, *folder, "--expediente", expediente, "--as", login, *words)


@pytest.mark.requirement("B12")
def test_the_preview_files_nothing_and_says_what_would_be(stage: Stage, inventory: Path) -> None:
    before = Document.objects.count()
    ran = imports(inventory, "--preview")
    assert (ran.code, ran.json["ok"], ran.json["job"]) == (1, False, None)
    assert set(ran.json) == KEYS | {"ready", "already", "lacks"}
    assert (ran.json["ready"], ran.json["already"], ran.json["lacks"]) == (2, 0, 1)
    assert [(row["row"], row["state"]) for row in ran.json["rows"]] == [(2, "ready"), (3, "ready"), (4, "lacks")]
    assert ran.json["ignored_columns"] == ["Color"]
    assert (Document.objects.count(), Job.objects.count()) == (before, 0)


@pytest.mark.requirement("B12")
@pytest.mark.parametrize("expediente", [CD1, "column"])
def test_rows_are_filed_and_the_same_command_again_files_only_what_was_missing(
    stage: Stage, inventory: Path, expediente: str
) -> None:
    ran = imports(inventory, expediente=expediente)
    assert (ran.code, set(ran.json)) == (1, KEYS | {"filed", "already", "failed", "pending"})
    assert [set(row) for row in ran.json["rows"]] == [ROW] * 3
    assert [row["state"] for row in ran.json["rows"]] == ["filed", "filed", "failed"]
    assert ran.json["rows"][2]["error"]["code"] == "unreadable_path"
    for row in ran.json["rows"][:2]:
        assert Document.objects.get(pk=row["document"]).radicado == row["radicado"]
    (inventory.parent / "pieza 2.txt").write_text(f"apareció, {inventory}\n")
    again = imports(inventory, expediente=expediente)
    assert (again.code, [row["state"] for row in again.json["rows"]]) == (0, ["already", "already", "filed"])
    assert [row["document"] for row in again.json["rows"][:2]] == [row["document"] for row in ran.json["rows"][:2]]


@pytest.mark.requirement("I8")
def test_who_may_not_file_imports_nothing_and_resumes_nobody_else_s(stage: Stage, inventory: Path) -> None:
    job = imports(inventory).json["job"]
    assert imports(inventory, login="jefatura").json["error"]["code"] == "access_denied"
    assert imports(inventory, login="administracion").json["error"]["code"] == "not_found"
    codes = {
        (login, key): command("import_inventory", "--resume", key, "--as", login).json["error"]["code"]
        for login, key in (("custodia", job), ("ajeno", job), ("archivista", str(uuid.uuid4())), ("archivista", "x"))
    }
    assert list(codes.values()) == ["access_denied", "not_found", "not_found", "not_found"]
    assert command("import_inventory", "--resume", job, "--as", "archivista").json["filed"] == 2


@pytest.mark.parametrize(
    "words", [(), ("x.csv",), ("x.csv", "--folder", "/"), ("x.csv", "--folder", "/nada", "--expediente", CD1)]
)
def test_what_is_not_said_is_a_usage_fault(stage: Stage, words: tuple[str, ...]) -> None:
    ran = command("import_inventory", *words, "--as", "archivista")
    assert (ran.code, ran.json["error"]["code"]) == (2, "usage")


def test_an_inventory_that_is_none_is_refused_with_its_reason(stage: Stage, inventory: Path) -> None:
    inventory.write_text("uno;dos\n1;2\n")
    assert imports(inventory).json["error"]["code"] == "inventory_headless"
    inventory.unlink()
    assert imports(inventory).json["error"]["code"] == "unreadable_path"
