"""Importing an inventory: previewed row by row, each row filed once, paper noted, nothing outside the folder read."""

from __future__ import annotations

import csv
import datetime
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cms import worker
from records.models import Document, Draft, Expediente, Job, JobRow, LedgerEvent, PhysicalPlace
from records.services import drafts, jobs
from records.services.filing import Upload
from records.services.importing import (
    among_drafts,
    in_folder,
    start_import,
    told_beforehand,
    waiting_drafts,
)
from records.services.inventories import Plan, UnreadableInventory, plan_import, read_inventory
from records.services.receiving import DuplicateDecision
from records.vocabulary import ExpedienteFormat, ExpedienteState, JobState, Level, RowState
from tests import factories

CODE = "GC-130-CD-2026-001"
HEADERS = ("Código de expediente", "Tipo documental", "Título", "Fecha", "Autor", "Origen", "Folios", "Archivo", "Caja",
           "Carpeta", "Observaciones")  # fmt: skip
Row = Mapping[str, str]


def a_row(number: int, **cells: str) -> dict[str, str]:
    return {
        "Código de expediente": CODE,
        "Tipo documental": "Anexo del convenio",
        "Título": f"Anexo {number}",
        "Fecha": f"{number + 1:02}/06/2026",
        "Archivo": f"caja 1/anexo {number}.txt",
        **cells,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four files in a box."""
    (tmp_path / "legado" / "caja 1").mkdir(parents=True)
    for number in range(4):
        (tmp_path / "legado" / "caja 1" / f"anexo {number}.txt").write_text(f"Anexo heredado {number}\n")
    return tmp_path / "legado"


def as_csv(rows: Sequence[Row], headers: tuple[str, ...] = HEADERS) -> Upload:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, headers, delimiter=";", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return Upload("inventario.csv", io.BytesIO(sheet.getvalue().encode("cp1252")))


def as_xlsx(rows: Sequence[Row]) -> Upload:
    """A sheet as offices have them: a title and a blank above the headers, dates as dates."""
    book = openpyxl.Workbook()
    book.active.append(["INVENTARIO DOCUMENTAL", None, "Hoja 1"])
    book.active.append([])
    book.active.append([*HEADERS, "Signatura"])
    for row in rows:
        day = datetime.datetime.strptime(row["Fecha"], "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone
        book.active.append([day if name == "Fecha" else row.get(name) for name in HEADERS])
    sheet = io.BytesIO()
    book.save(sheet)
    return Upload("inventario.xlsx", io.BytesIO(sheet.getvalue()))


def plan(cast: dict[str, Any], upload: Upload, folder: Path, expediente: Expediente | None = None) -> Plan:
    inventory = read_inventory(upload, expediente)
    return plan_import(cast["archivista"], inventory, expediente, in_folder(folder))


def run(cast: dict[str, Any], made: Plan, folder: Path, **options: Any) -> Job:
    job = start_import(actor=cast["archivista"], plan=made, folder=folder, **options)
    worker.drain_once()
    job.refresh_from_db()
    return job


def codes(made: Plan) -> list[list[str]]:
    return [[code for error in row.lacks for code in getattr(error, "missing", (error.code,))] for row in made.rows]


def results(job: Job) -> list[tuple[str, str]]:
    return list(job.rows.order_by("number").values_list("state", "code"))


# Filing what an inventory lists ------------------------------------------------------------------
@pytest.mark.requirement("B12")
@pytest.mark.rule("K8")
@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_rows_are_filed_with_what_they_say(
    cast: dict[str, Any], expediente: Expediente, folder: Path, written: Any
) -> None:
    rows = [a_row(0, Autor="Aeroservicios S.A.", Origen="Digitalizado"), a_row(1), a_row(2)]
    made = plan(cast, written(rows), folder)
    assert codes(made) == [[], [], []]
    assert not Document.objects.exists(), "planning files nothing"
    job = run(cast, made, folder)
    assert (job.state, job.done, job.failed) == (JobState.DONE, 3, 0)
    first, second, _third = Document.objects.order_by("order")
    assert (first.title, first.author, first.origin) == ("Anexo 0", "Aeroservicios S.A.", "digitalizado")
    assert (second.date, second.author) == (datetime.date(2026, 6, 2), "Grupo de Contratos")
    assert [row.document_id for row in job.rows.order_by("number")] == [
        piece.pk for piece in Document.objects.order_by("order")
    ]
    assert {piece.batch for piece in Document.objects.all()} == {job.pk}, "one receipt for all of it"
    ignored = {"as_csv": [], "as_xlsx": ["Signatura"]}[written.__name__]
    assert job.parameters["ignored"] == ignored


@pytest.mark.rule("C10")
def test_where_the_paper_is_is_noted_with_the_piece(cast: dict[str, Any], expediente: Expediente, folder: Path) -> None:
    Expediente.objects.filter(pk=expediente.pk).update(format=ExpedienteFormat.HYBRID)
    rows = [a_row(0, Caja="12", Carpeta="3", Folios="1-8", Observaciones="Original firmado"), a_row(1)]
    run(cast, plan(cast, as_csv(rows), folder), folder)
    place = PhysicalPlace.objects.get()
    assert (place.box, place.folder, place.folios, place.document.title) == ("12", "3", "1-8", "Anexo 0")
    assert "Original firmado" in place.cross_reference
    assert LedgerEvent.objects.filter(action="document.located", object_id=str(place.document_id)).count() == 1


def test_paper_in_an_electronic_expediente_is_told(cast: dict[str, Any], expediente: Expediente, folder: Path) -> None:
    job = run(cast, plan(cast, as_csv([a_row(0, Caja="12")]), folder), folder)
    row = job.rows.get()
    assert (row.state, row.code) == (RowState.DONE, "row_not_hybrid")


def test_each_row_may_name_its_own_expediente(cast: dict[str, Any], expediente: Expediente, folder: Path) -> None:
    other = factories.make_expediente(cast["archivista"], "GC-130-CD-2026-002")
    rows = [a_row(0), a_row(1, **{"Código de expediente": other.code}), a_row(2, **{"Código de expediente": "NADA"})]
    job = run(cast, plan(cast, as_csv(rows), folder), folder)
    assert job.expediente is None
    assert results(job) == [("done", ""), ("done", ""), ("failed", "row_expediente_unknown")]
    assert Document.objects.filter(expediente=other).count() == 1


# Previewing --------------------------------------------------------------------------------------
@pytest.mark.requirement("B12")
def test_the_preview_says_everything_that_each_row_lacks(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    factories.make_tipo("acta_de_comite", ("session",))
    (folder / "vacio.txt").write_bytes(b"")
    rows = [
        a_row(0),
        a_row(1, Archivo=""),
        a_row(2, Archivo="caja 9/no está.txt", Fecha=""),
        a_row(3, **{"Tipo documental": "Papel de colores", "Fecha": "01/01/2999"}),
        a_row(3, **{"Tipo documental": "acta_de_comite"}),
        a_row(5, Archivo="vacio.txt", Origen="de oídas"),
    ]
    made = plan(cast, as_csv(rows), folder, expediente)
    assert codes(made) == [
        [],
        ["row_without_file"],
        ["unreadable_path", "day"],
        ["row_tipo_unknown", "date_in_future"],
        ["tipo_not_in_expediente", "row_file_repeated"],
        ["empty", "origin"],
    ]
    assert all(told_beforehand(row)[1] for row in made.rows[1:])
    assert "«Papel de colores» no está en el catálogo" in told_beforehand(made.rows[3])[1]
    wrong = plan(cast, as_csv([a_row(6, Fecha="31/02/2026")]), folder, expediente)
    assert "«31/02/2026» no es una fecha que exista" in told_beforehand(wrong.rows[0])[1]
    job = start_import(actor=cast["archivista"], plan=made, folder=folder, waits=True)
    worker.drain_once()
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == (JobState.STOPPED, 0, 0)
    assert [bool(row.sentence) for row in job.rows.order_by("number")] == [False, True, True, True, True, True]
    jobs.resume_job(actor=cast["archivista"], job=job)
    worker.drain_once()
    assert results(job) == [
        ("done", ""),
        ("failed", "row_without_file"),
        ("failed", "unreadable_path"),
        ("failed", "row_tipo_unknown"),
        ("failed", "incomplete"),
        ("failed", "empty"),
    ]
    assert all(row.sentence for row in job.rows.filter(state=RowState.FAILED))


def test_what_was_mended_after_the_preview_is_filed(cast: dict[str, Any], expediente: Expediente, folder: Path) -> None:
    made = plan(cast, as_csv([a_row(7)]), folder)
    assert codes(made) == [["unreadable_path"]]
    (folder / "caja 1" / "anexo 7.txt").write_text("llegó tarde\n")
    assert results(run(cast, made, folder)) == [("done", "")]


# Nothing twice -----------------------------------------------------------------------------------
@pytest.mark.requirement("B12")
def test_the_same_inventory_again_recognises_what_it_filed(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    rows = [a_row(0), a_row(1), a_row(9)]
    run(cast, plan(cast, as_csv(rows), folder), folder)
    (folder / "caja 1" / "anexo 9.txt").write_text("apareció\n")
    again = plan(cast, as_xlsx(rows), folder)
    assert (again.already, again.lacking) == (2, 0)
    job = run(cast, again, folder, duplicate=DuplicateDecision("keep", "obra en dos trámites"))
    assert results(job) == [("skipped", "row_already"), ("skipped", "row_already"), ("done", "")]
    assert Document.objects.count() == 3


def test_a_row_whose_file_changed_is_told_and_not_filed_over(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    run(cast, plan(cast, as_csv([a_row(0)]), folder), folder)
    (folder / "caja 1" / "anexo 0.txt").write_text("otro contenido\n")
    assert results(run(cast, plan(cast, as_csv([a_row(0)]), folder), folder)) == [("failed", "row_changed")]
    assert Document.objects.count() == 1


def test_an_annulled_piece_is_filed_anew(cast: dict[str, Any], expediente: Expediente, folder: Path) -> None:
    run(cast, plan(cast, as_csv([a_row(0)]), folder), folder)
    Document.objects.update(state="annulled")
    decided = DuplicateDecision("keep", "la anterior se anuló")
    assert results(run(cast, plan(cast, as_csv([a_row(0)]), folder), folder, duplicate=decided)) == [("done", "")]


@pytest.mark.rule("C8")
def test_two_imports_of_the_same_rows_at_once_file_them_once(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    """Both were planned before either began."""
    decided = DuplicateDecision("keep", "obra en dos trámites")
    plans = [plan(cast, as_csv([a_row(0), a_row(1)]), folder) for _time in range(2)]
    first, second = (
        start_import(actor=cast["archivista"], plan=made, folder=folder, duplicate=decided) for made in plans
    )
    worker.drain_once()
    assert [row[0] for row in results(first) + results(second)] == ["done", "done", "skipped", "skipped"]
    assert Document.objects.count() == 2


@pytest.mark.rule("C8")
@pytest.mark.criterion(22)
def test_a_row_made_into_a_piece_that_one_does_not_read_is_filed_as_a_new_one(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    run(cast, plan(cast, as_csv([a_row(0)]), folder), folder)
    seen = plan(cast, as_csv([a_row(0)]), folder)
    assert (seen.already, seen.lacking) == (1, 0)
    Document.objects.update(level=Level.RESERVED)
    (folder / "caja 1" / "anexo 0.txt").write_text("otro contenido\n")
    hidden, unknown = (plan(cast, as_csv([a_row(0, **cells)]), folder) for cells in ({}, {"Título": "Otro"}))
    assert [told_beforehand(row) for made in (hidden, unknown) for row in made.rows] == [("", "")] * 2
    assert results(run(cast, hidden, folder)) == [("done", "")]
    piece = Document.objects.get(level=Level.UNCLASSIFIED)
    piece.level = Level.RESERVED
    piece.save(update_fields=["level"])
    assert results(run(cast, seen, folder)) == [("done", "")], "planned while she still read it"


@pytest.mark.requirement("J7")
@pytest.mark.rule("K8")
@pytest.mark.parametrize("moment", ["records.services.filing.record_filed", "records.services.jobs.settle"])
def test_an_end_in_the_middle_of_a_row_leaves_it_to_be_done_once(
    cast: dict[str, Any], expediente: Expediente, folder: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_given: Any, **_options: Any) -> None:
        raise PowerCut

    made = plan(cast, as_csv([a_row(0, Caja="1"), a_row(1, Caja="1")]), folder)
    job = start_import(actor=cast["archivista"], plan=made, folder=folder, here=True)
    with monkeypatch.context() as broken:
        broken.setattr(moment, cut)
        with pytest.raises(PowerCut):
            jobs.finish_here(job)
    assert (Document.objects.count(), PhysicalPlace.objects.count()) == (0, 0)
    job = jobs.finish_here(jobs.resume_job(actor=cast["archivista"], job=job, here=True))
    assert results(job) == [("done", "row_not_hybrid")] * 2
    assert (Document.objects.count(), PhysicalPlace.objects.count()) == (2, 2)
    assert [piece.order for piece in Document.objects.order_by("order")] == [1, 2]


# Hostile and broken ------------------------------------------------------------------------------
@pytest.fixture
def secret(tmp_path: Path, folder: Path) -> Path:
    """A file beside the folder, and links into it from inside."""
    file = tmp_path / "secreto.txt"
    file.write_text("no es de la carpeta\n")
    (folder / "enlace.txt").symlink_to(file)
    (folder / "afuera").symlink_to(tmp_path)
    os.mkfifo(folder / "tubo.txt")
    return file


@pytest.mark.beyond(13)
@pytest.mark.parametrize(
    "path",
    ["../secreto.txt", "caja 1/../../secreto.txt", "..\\secreto.txt", "enlace.txt", "afuera/secreto.txt", "{secret}",
     "\\\\servidor\\secreto.txt", "C:\\secreto.txt", "caja 1", ".", "tubo.txt"],
)  # fmt: skip
def test_nothing_outside_the_folder_is_ever_read(
    cast: dict[str, Any], expediente: Expediente, folder: Path, secret: Path, path: str
) -> None:
    named = path.replace("{secret}", str(secret))
    made = plan(cast, as_csv([a_row(0, Archivo=named)]), folder)
    assert codes(made) == [["unreadable_path"]]
    assert results(run(cast, made, folder)) == [("failed", "unreadable_path")]
    assert not Document.objects.exists()


def test_a_link_put_there_after_the_preview_is_not_followed(
    cast: dict[str, Any], expediente: Expediente, folder: Path, secret: Path
) -> None:
    made = plan(cast, as_csv([a_row(0)]), folder)
    (folder / "caja 1" / "anexo 0.txt").unlink()
    (folder / "caja 1" / "anexo 0.txt").symlink_to(secret)
    assert results(run(cast, made, folder)) == [("failed", "unreadable_path")]


UNREADABLE = {
    "empty": ("i.csv", b"", "inventory_unreadable"),
    "only headers": ("i.csv", b"Archivo;Fecha\n", "inventory_empty"),
    "no headers": ("i.csv", b"uno;dos\n", "inventory_headless"),
    "no file column": ("i.csv", b"Titulo;Fecha\na;b\n", "inventory_column_missing"),
    "not a table": ("i.xlsx", b"%PDF-1.7\n", "inventory_format"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_inventory_of_which_nothing_can_be_made_is_told(expediente: Expediente, what: str) -> None:
    name, content, code = UNREADABLE[what]
    with pytest.raises(UnreadableInventory) as refusal:
        read_inventory(Upload(name, io.BytesIO(content)), expediente)
    assert refusal.value.code == code


def test_rows_of_another_expediente_and_of_a_closed_one_are_told(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    rows = [a_row(0, **{"Código de expediente": "GC-130-OTRO"}), a_row(1, **{"Código de expediente": ""})]
    assert codes(plan(cast, as_csv(rows), folder, expediente)) == [["row_elsewhere"], []]
    Expediente.objects.filter(pk=expediente.pk).update(state=ExpedienteState.CLOSED_ADMINISTRATIVE)
    expediente.refresh_from_db()
    assert codes(plan(cast, as_csv(rows[1:]), folder, expediente)) == [["closed_expediente"]]
    assert codes(plan(cast, as_csv(rows[1:]), folder)) == [["expediente"]]


def test_who_lost_the_office_meanwhile_files_no_more(
    cast: dict[str, Any], expediente: Expediente, folder: Path
) -> None:
    made = plan(cast, as_csv([a_row(0), a_row(1)]), folder, expediente)
    job = start_import(actor=cast["archivista"], plan=made, folder=folder, here=True)
    jobs.run_job(job.pk, seconds=0)
    cast["archivista"].groups.clear()
    jobs.finish_here(job)
    assert [state for state, _code in results(job)] == ["done", "failed"]


# With drafts -------------------------------------------------------------------------------------
def drop(cast: dict[str, Any], expediente: Expediente, name: str, content: bytes) -> Draft:
    draft = drafts.start_draft(actor=cast["archivista"], expediente=expediente, name=name, size=len(content))
    drafts.receive_bytes(
        actor=cast["archivista"], draft=draft, stream=io.BytesIO(content), offset=0, length=len(content)
    )
    return draft


@pytest.mark.requirement("B12")
def test_files_that_wait_as_drafts_are_those_of_the_rows(cast: dict[str, Any], expediente: Expediente) -> None:
    used, other = (drop(cast, expediente, f"anexo {n}.txt", f"suelto {n}\n".encode()) for n in range(2))
    inventory = read_inventory(as_csv([a_row(0), a_row(5)]), expediente)
    finder = among_drafts(waiting_drafts(cast["archivista"], expediente))
    made = plan_import(cast["archivista"], inventory, expediente, finder)
    assert codes(made) == [[], ["row_file_absent"]]
    job = start_import(actor=cast["archivista"], plan=made)
    worker.drain_once()
    assert results(job) == [("done", ""), ("failed", "row_file_absent")]
    used.refresh_from_db()
    other.refresh_from_db()
    assert (used.state, other.state) == ("filed", "waiting")
    assert used.document_id == JobRow.objects.get(job=job, number=2).document_id  # the table's own number
    again = plan_import(cast["archivista"], inventory, expediente, among_drafts({}))
    job = start_import(actor=cast["archivista"], plan=again)
    worker.drain_once()
    assert results(job) == [("skipped", "row_already"), ("failed", "row_file_absent")]
