"""What is wrong in a schedule's file is told all at once, each thing by its line and column (R1)."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from records.schedules import Fault
from records.schedules.faults import SENTENCES
from tests.unit.schedules import files
from tests.unit.schedules.files import Rows, as_csv, as_json, as_xlsx, column, parsed, row_of, rows

pytestmark = pytest.mark.rule("R1")

#: What is written where, and the fault: register, which row of it, column, value, code.
ONE_CELL: tuple[tuple[str, int, str, str, str], ...] = (
    ("subserie", 2, "años gestión", "cinco", "bad_years"),
    ("subserie", 2, "años gestión", "-1", "bad_years"),
    ("subserie", 2, "años central", "1001", "bad_years"),
    ("subserie", 2, "años central", "2,5", "bad_years"),
    ("subserie", 0, "disposición final", "D", "unknown_choice"),
    ("subserie", 0, "soporte", "Papelito", "unknown_choice"),
    ("subserie", 0, "disposición final", "", "missing"),
    ("subserie", 0, "expediente", "Contratos", "unknown_choice"),
    ("subserie", 0, "procedimiento", "", "missing"),
    ("subserie", 3, "pertenece a", "999", "unknown_parent"),
    ("subserie", 1, "código", "12 0", "bad_code"),
    ("subserie", 1, "código", "=1+1", "bad_code"),
    ("serie", 4, "nombre", "", "missing"),
    ("serie", 4, "código", "110", "repeated_code"),
    ("serie", 0, "código", "1" * 21, "too_long"),
    ("tipo", 5, "expediente", "Convenio marco, Tratado", "unknown_choice"),
    ("tipo", 5, "expediente", "", "missing"),
    ("tipo", 6, "código", "otro_codigo", "slug_mismatch"),
    ("tipo", 6, "código", "Acta de comité", "bad_code"),
    ("tipo", 7, "clase usual", "Secreta", "unknown_choice"),
    ("tipo", 7, "razones", "seguridad", "unknown_choice"),
    ("tipo", 8, "obligatorio", "quizá", "bad_flag"),
    ("tipo", 8, "exige al registrar", "firma", "unknown_choice"),
    ("tipo", 9, "nota de clase", "n" * 301, "too_long"),
    ("tipo", 9, "cuándo", "Antes de la liquidaciÃ³n", "wrong_encoding"),
    ("exigencia", 3, "etapa", "Convocada", "unknown_stage"),
    ("exigencia", 3, "deber", "a veces", "unknown_choice"),
    ("exigencia", 3, "pertenece a", "no_hay_tal", "unknown_parent"),
    ("exigencia", 3, "artículo", "", "missing"),
    ("encabezado", 8, "nombre", "31/02/2030", "bad_date"),
    ("encabezado", 8, "nombre", "enero", "bad_date"),
    ("encabezado", 8, "nombre", "", "missing"),
    ("encabezado", 1, "nombre", "0", "bad_number"),
    ("encabezado", 3, "nombre", "G C", "bad_code"),
    ("encabezado", 2, "código", "ministerio", "unknown_datum"),
    ("encabezado", 5, "código", "RUSD", "repeated_datum"),
)


@pytest.mark.parametrize(("register", "number", "name", "value", "code"), ONE_CELL)
@pytest.mark.parametrize(("write", "ending"), [(as_csv, "csv"), (as_xlsx, "xlsx")])
def test_a_wrong_cell_is_named_by_its_line_and_column(
    write: Callable[[Rows], bytes], ending: str, register: str, number: int, name: str, value: str, code: str
) -> None:
    lines = rows()
    row = row_of(lines, register, number)
    row[column(lines, name)] = value
    line, letter = files.place_of(lines, row, name)
    if code == "repeated_datum":  # the second of the two is the one told
        line = next(n for n, each in enumerate(lines, 1) if each[column(lines, "código")] == "RUSD" and each is not row)
    found = parsed(write(lines), f"tabla.{ending}")
    assert found.schedule is None
    assert (code, line, letter) in files.told(found.faults)
    fault = next(fault for fault in found.faults if fault.code == code)
    where = f"celda {letter}{line}" if ending == "xlsx" else f"fila {line}, columna {letter}"
    assert fault.place.where.startswith(where)
    assert "%(" not in fault.sentence


#: A path of the JSON, what is put there, and the fault.
ONE_VALUE: tuple[tuple[tuple[Any, ...], Any, str], ...] = (
    (("series", 1, "subseries", 0, "years_central"), "quince", "bad_years"),
    (("series", 1, "subseries", 0, "years_central"), 3.5, "bad_years"),
    (("series", 1, "subseries", 0, "years_central"), True, "not_text"),
    (("series", 1, "subseries", 0, "disposition"), "MD", "unknown_choice"),
    (("series", 1, "subseries", 0, "kind"), ["framework"], "not_text"),
    (("series", 1, "subseries"), {"code": "1"}, "not_list"),
    (("series", 1, "subseries", 0), "una", "not_object"),
    (("series", 1, "code"), "110", "repeated_code"),
    (("tipos", 0, "kinds"), ["treaty"], "unknown_choice"),
    (("tipos", 0, "code"), "otra_cosa", "slug_mismatch"),
    (("tipos", 0, "default_reasons"), [], "reasons_missing"),
    (("tipos", 1, "demands", 0, "stage"), "nowhere", "unknown_stage"),
    (("header", "in_force_from"), "pronto", "bad_date"),
    (("header", "office_code"), None, "missing"),
    (("header",), [], "not_object"),
    (("tipos",), "todos", "not_list"),
)


@pytest.mark.parametrize(("path", "value", "code"), ONE_VALUE)
def test_a_wrong_value_of_json_is_named_by_its_path(path: tuple[Any, ...], value: Any, code: str) -> None:
    def change(content: dict[str, Any]) -> None:
        target: Any = content
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value

    found = parsed(as_json(change), "tabla.json")
    assert found.schedule is None
    assert (code, spelled(path)) in [(fault.code, fault.place.where) for fault in found.faults]


def spelled(path: tuple[Any, ...]) -> str:
    """`series[1].subseries[0].kind`"""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def test_every_fault_is_told_at_once_in_the_order_of_the_rows() -> None:
    lines = rows()
    row_of(lines, "encabezado", 8)[column(lines, "nombre")] = "mañana"
    row_of(lines, "serie", 3)[column(lines, "código")] = "110"
    row_of(lines, "subserie", 2)[column(lines, "años gestión")] = "x"
    row_of(lines, "subserie", 2)[column(lines, "disposición final")] = "x"
    row_of(lines, "tipo", 70)[column(lines, "expediente")] = "x"
    row_of(lines, "exigencia", 90)[column(lines, "etapa")] = "x"
    row_of(lines, "exigencia", 91)[0] = "requisito"
    found = parsed(as_csv(lines), "tabla.csv").faults
    codes = [fault.code for fault in found]
    wanted = "bad_date bad_years unknown_choice repeated_code unknown_parent unknown_stage unknown_register".split()
    assert set(codes) >= set(wanted)
    assert [fault.place.line for fault in found] == sorted(fault.place.line for fault in found)


def test_rows_without_register_of_another_name_or_none_at_all_are_told() -> None:
    lines = rows()
    row_of(lines, "tipo")[0] = ""
    row_of(lines, "tipo", 1)[0] = "Tipología"
    assert [fault.code for fault in parsed(as_csv(lines), "t.csv").faults if "register" in fault.code] == [
        "no_register",
        "unknown_register",
    ]
    only_header = [line for line in rows() if line[0] in ("registro", "encabezado")]
    told = [str(fault.facts.get("register")) for fault in parsed(as_csv(only_header), "t.csv").faults]
    assert told == ["serie", "subserie", "tipo"]


def test_a_missing_column_is_told_once_and_an_extra_or_repeated_one_as_well() -> None:
    lines = rows()
    years = column(lines, "años gestión")
    without = [line[:years] + line[years + 1 :] for line in lines]
    found = parsed(as_csv(without), "t.csv").faults
    assert [(fault.code, fault.facts["column"]) for fault in found] == [("missing_column", "años gestión")]

    lines[0][column(lines, "nota")] = "notas varias"
    extra = parsed(as_csv(lines), "t.csv")
    assert extra.schedule, "what only optional data use may be left out"
    assert [(notice.code, notice.place.column) for notice in extra.notices][:1] == [("extra_column", "Y")]
    assert "¿Quiso decir" not in extra.notices[0].sentence

    lines[0][column(lines, "notas varias")] = "procedimento"
    typo = parsed(as_csv(lines), "t.csv").notices[0]
    assert "¿Quiso decir «procedimiento»?" in typo.sentence
    lines[0][column(lines, "procedimento")] = "Código"
    assert [fault.code for fault in parsed(as_csv(lines), "t.csv").faults] == ["repeated_column"]


def test_columns_may_stand_in_any_order_with_other_capitals_accents_and_blanks() -> None:
    lines = rows()
    order = list(reversed(range(len(lines[0]))))
    turned = [[line[index] for index in order] for line in lines]
    turned[0] = [name.upper().replace("Ó", "O") + " " for name in turned[0]]
    assert parsed(as_csv(turned), "t.csv").schedule == files.shipped()


def test_spreadsheets_words_codes_and_abbreviations_say_the_same() -> None:
    lines = rows()
    kinds, level = column(lines, "expediente"), column(lines, "clase usual")
    row = next(row for row in lines if row[column(lines, "código")] == "concepto_tecnico")
    for written in ("Convenio marco, Convenio derivado; Proyecto", "CM,CD,PR", "derived\nframework\nproject"):
        row[kinds], row[level] = written, "c"
        assert parsed(as_csv(lines), "t.csv").schedule == files.shipped()
    date = row_of(lines, "encabezado", 8)
    date[column(lines, "nombre")] = "1/1/2025"
    row[column(lines, "código")] = ""
    assert parsed(as_csv(lines), "t.csv").schedule == files.shipped(), "a code left out is the slug of the name"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_encodings_that_spreadsheets_write_are_read(encoding: str) -> None:
    assert parsed(as_csv(rows(), encoding), "t.csv").schedule == files.shipped()


def test_broken_accents_are_told_and_not_loaded() -> None:
    twice = as_csv(rows()).decode("cp1252", "replace").encode()
    assert {fault.code for fault in parsed(twice, "t.csv").faults} & {"wrong_encoding", "missing_column"}
    lost = as_csv(rows()).decode().replace("liquidación", "liquidaci\ufffdn").encode()
    assert "wrong_encoding" in {fault.code for fault in parsed(lost, "t.csv").faults}


WHOLE_FILES: tuple[tuple[bytes, str, str], ...] = (
    (b"", "t.csv", "empty"),
    (b"", "t.json", "empty"),
    (b"\n;;;\n\n", "t.csv", "empty"),
    (b"uno;dos\n1;2\n", "t.csv", "no_header_row"),
    (b"%PDF-1.7\n1 0 obj", "t.csv", "unknown_format"),
    (b'{"header": {', "t.json", "damaged_json"),
    (b"[]", "t.json", "not_object"),
    (b"null", "t.json", "not_object"),
    (b'{"header": NaN}', "t.json", "damaged"),
    ("ñ".encode("latin-1"), "t.json", "damaged_json"),
    (b"PK\x03\x04nada", "t.xlsx", "unknown_format"),
)


@pytest.mark.parametrize(("content", "name", "code"), WHOLE_FILES)
def test_a_file_that_is_no_schedule_is_told_as_such(content: bytes, name: str, code: str) -> None:
    assert [fault.code for fault in parsed(content, name).faults] == [code]


def test_a_fault_of_json_text_has_its_line_and_column() -> None:
    broken = files.fixture().replace(b'"tipos": [', b'"tipos": [,', 1)
    (fault,) = parsed(broken, "t.json").faults
    line = broken[: broken.index(b"[,")].count(b"\n") + 1
    assert (fault.code, fault.place.line) == ("damaged_json", line)
    assert f"línea {line}" in fault.place.where


def test_a_hundred_thousand_rows_are_refused_by_their_number() -> None:
    lines = [*rows(), *([["tipo", "", "", "Uno"]] * 100_000)]
    assert [fault.code for fault in parsed(as_csv(lines), "t.csv").faults] == ["limits"]


def test_thousands_of_faults_are_all_told() -> None:
    lines = [*rows(), *([["tipo", "", "", "Uno"]] * 5_000)]
    assert len(parsed(as_csv(lines), "t.csv").faults) > 5_000


def test_formulas_are_text_and_merged_cells_leave_blanks_that_are_told() -> None:
    lines = rows()
    lines[0].append("cálculo")
    for line in lines[1:]:
        line.append("=1+1")
    found = parsed(as_csv(lines), "t.csv")
    assert found.schedule == files.shipped()
    row_of(lines, "tipo", 3)[column(lines, "productor")] = "=2+2"
    changed = parsed(as_csv(lines), "t.csv").schedule
    assert changed
    assert "=2+2" in [tipo.producer for tipo in changed.tipos]

    book = load_workbook(io.BytesIO(as_xlsx(rows())))
    sheet = book.active
    letter = chr(ord("A") + column(rows(), "productor"))
    first = next(cell.row for cell in sheet["A"] if cell.value == "tipo")
    sheet.merge_cells(f"{letter}{first}:{letter}{first + 2}")
    sink = io.BytesIO()
    book.save(sink)
    blanks = parsed(sink.getvalue(), "t.xlsx").faults
    assert files.told(blanks) == [("missing", first + 1, letter), ("missing", first + 2, letter)]


def test_a_spreadsheet_s_own_dates_numbers_and_empty_rows_are_understood() -> None:
    lines = rows()
    book = Workbook()
    sheet = book.active
    for number, line in enumerate(lines):
        sheet.append([int(cell) if cell.isdigit() and number > 10 else cell or None for cell in line])
        sheet.append([])
    date = next(row for row in sheet.iter_rows() if row[2].value == "vigente desde")
    date[3].value = datetime.date(2025, 1, 1)
    sink = io.BytesIO()
    book.save(sink)
    assert parsed(sink.getvalue(), "t.xlsx").schedule == files.shipped()


def test_unknown_keys_and_cells_of_another_register_are_told_and_not_loaded() -> None:
    found = parsed(as_json(lambda content: content["tipos"][0].update(colour="verde")), "t.json")
    assert found.schedule == files.shipped()
    assert [notice.place.where for notice in found.notices] == ["tipos[0].colour"]
    lines = rows()
    row = row_of(lines, "serie", 0)
    row[column(lines, "años gestión")] = "5"
    told = [notice for notice in parsed(as_csv(lines), "t.csv").notices if notice.code == "unused_cell"]
    assert len(told) == 1
    assert "años gestión" in told[0].sentence


def test_what_is_right_and_better_known_is_told() -> None:
    def change(content: dict[str, Any]) -> None:
        content["header"]["convalidation"] = ""
        content["series"] = content["series"][:-1]
        content["series"][0]["subseries"].append(
            {**content["series"][0]["subseries"][0], "code": "110.2", "name": "Otra"}
        )

    codes = [notice.code for notice in parsed(as_json(change), "t.json").notices]
    assert codes == ["not_convalidated", "kinds_without_subserie", "kind_with_several"]


def test_every_fault_has_a_sentence_that_needs_no_code_to_be_understood() -> None:
    for code, sentence in SENTENCES.items():
        assert str(sentence)[0].isupper() or str(sentence).startswith("«"), code
        assert "rror" not in str(sentence)
        assert "!" not in str(sentence)
    long = Fault("unknown_choice", facts={"word": "a\nb" * 500, "column": "x", "known": "y"})
    assert len(long.sentence) < 400
    assert "\n" not in long.sentence


def test_json_written_by_hand_may_use_the_words_of_the_tables() -> None:
    def change(content: dict[str, Any]) -> None:
        tipo = content["tipos"][0]
        tipo["kinds"], tipo["default_level"], tipo["mandatory"] = "Convenio derivado", "Clasificada", "Sí"
        content["header"]["in_force_from"] = "01/01/2025"

    content = json.loads(files.fixture())
    assert content["tipos"][0]["kinds"] == ["derived"]
    assert parsed(as_json(change), "t.json").schedule == files.shipped()
