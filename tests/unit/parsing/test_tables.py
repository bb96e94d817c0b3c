"""Tables and JSON that people load: every cell in its place, dates as dates, and faults where they are."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records import parsing
from records.parsing import json_text, sheet_values, table
from records.parsing.words import fit
from tests.unit.parsing import makers


@pytest.fixture
def loaded(tmp_path):
    return lambda name, data: parsing.read_table(makers.saved(tmp_path, name, data), name)


@pytest.fixture
def load_json(tmp_path):
    return lambda data: parsing.read_json(makers.saved(tmp_path, "a.json", data))


# -- CSV -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_csv_is_read_whatever_its_separator_and_encoding(loaded, separator, encoding):
    text = (
        separator.join(["código", "título"]) + "\r\n" + separator.join(["130", '"Convenio ""marco""\n2026"']) + "\r\n"
    )
    found = loaded("ccd.csv", text.encode(encoding))
    assert found == parsing.Table((("código", "título"), ("130", 'Convenio "marco"\n2026')))


def test_the_separator_is_the_one_of_the_heading_not_of_the_values(loaded):
    found = loaded("ccd.csv", b"codigo;valor\n1;2,5\n2;3,5\n")
    assert found.rows == (("codigo", "valor"), ("1", "2,5"), ("2", "3,5"))
    assert loaded("a.csv", b'"a;b;c",d\n1,2\n').rows == (("a;b;c", "d"), ("1", "2"))
    assert loaded("a.csv", b"sep=,\na,b;c;d\n").rows == (("a", "b;c;d"),)


def test_empty_rows_keep_their_place_and_trailing_ones_go(loaded):
    found = loaded("a.csv", b"a;b\n\n;;\nc;;d;;\n\n\n")
    assert found.rows == (("a", "b"), (), (), ("c", "", "d"))


def test_the_fault_of_a_csv_comes_with_the_rows_before_it(loaded):
    found = loaded("a.csv", b'a;b\nc;d\ne;"sin cerrar\nf;g\n')
    assert (found.fault, found.rows) == ("damaged", (("a", "b"), ("c", "d")))


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\n" * (table.MAX_ROWS + 1),
        b"a;" * (table.MAX_COLUMNS) + b"b\n",
        b"a\n" + b"x" * (table.MAX_CELL + 1),
        b'a\n"' + b"x\n" * table.MAX_CELL,
        (b"x" * 9_000 + b";") * 150 + b"\n" + ((b"y" * 9_000 + b";") * 150 + b"\n") * 20,
    ],
    ids=["rows", "columns", "cell", "unclosed quote", "all together"],
)
def test_a_table_beyond_its_bounds_is_refused_and_gives_what_came_before(loaded, data):
    found = loaded("a.csv", data)
    assert found.fault == "limits"
    assert len(found.rows) <= table.MAX_ROWS
    assert sum(len(cell) for row in found.rows for cell in row) <= table.MAX_CHARS


def test_as_many_rows_and_columns_as_may_be_are_read(loaded):
    assert len(loaded("a.csv", b"a;b\n" * table.MAX_ROWS).rows) == table.MAX_ROWS
    assert len(loaded("a.csv", b";".join([b"a"] * table.MAX_COLUMNS)).rows[0]) == table.MAX_COLUMNS


def test_controls_never_reach_a_cell(loaded):
    assert loaded("a.csv", b"a\x0bb;c\x1fd;" + b"relleno" * 40).rows[0][:2] == ("a b", "c d")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (makers.ole("EncryptedPackage"), "encrypted"),
        (makers.text_pdf("a;b"), "unknown_format"),
        (makers.ole("Workbook"), "unknown_format"),
        (makers.docx(makers.paragraphs("a")), "unknown_format"),
        (makers.zipped({"a.csv": "a;b"}), "unknown_format"),
        (b"<html><body><table></table></body></html>", "unknown_format"),
        (makers.xlsx({"uno": "<row>"}), "damaged"),
        (makers.xlsx({"uno": ""})[:-30], "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_is_no_table_says_why(loaded, data, fault):
    assert loaded("tabla.xlsx", data) == parsing.Table((), fault)


def test_a_table_that_is_not_there_is_unreachable(tmp_path):
    assert parsing.read_table(tmp_path / "no.csv", "no.csv").fault == "unreachable"


CELL = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)


@given(st.lists(st.lists(CELL.filter(str.strip), min_size=2, max_size=5), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_what_a_spreadsheet_writes_comes_back(tmp_path_factory, rows):
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows([["uno", "dos"], *rows])
    path = makers.saved(tmp_path_factory.mktemp("t"), "a", out.getvalue().encode())
    found = parsing.read_table(path, "a.csv")
    assert found.rows[1:] == tuple(tuple(fit(cell) for cell in row) for row in rows)


# -- XLSX ----------------------------------------------------------------------------------------------------------


STYLES = (
    f'<styleSheet xmlns="{makers.SHEET}"><numFmts>'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd;@"/><numFmt numFmtId="165" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="166" formatCode="&quot;días&quot; 0.0"/>'
    '<numFmt numFmtId="167" formatCode="[$-240A]d&quot; de &quot;mmmm"/>'
    '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>'
    + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 164, 165, 166, 167, 22, 20, 4))
    + "</cellXfs></styleSheet>"
)


def workbook(rows, date1904="0", **more):
    """A workbook whose first sheet has ``rows`` and whose styles are: 1, 2, 5 and 6 dates, 3 and 7 hours."""
    base = makers.xlsx({"uno": rows, "dos": '<row><c t="str"><v>otra hoja</v></c></row>'}, more.get("strings", ()))
    parts = {}
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        "</Types>", f'<Override PartName="/xl/styles.xml" ContentType="{kind}"/></Types>'
    )
    parts["xl/styles.xml"] = STYLES
    properties = f'<workbookPr date1904="{date1904}"/>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("<sheets>", properties + "<sheets>")
    return makers.zipped(parts)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<c><v>12</v></c>", "12"),
        ("<c><v>12.0</v></c>", "12"),
        ("<c><v>1.5E-3</v></c>", "0.0015"),
        ("<c><v>1.2E+6</v></c>", "1200000"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>-0</v></c>", "0"),
        ("<c><v>123456789012345678</v></c>", "123456789012345678"),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="b"><v>0</v></c>', "false"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="s"><v>0</v></c>', "compartida"),
        ('<c t="str"><f>A1</f><v>007</v></c>', "007"),
        ('<c t="inlineStr"><is><r><t>en</t></r><r><t> línea</t></r></is></c>', "en línea"),
        ('<c t="d"><v>2026-01-31T00:00:00</v></c>', "2026-01-31"),
        ('<c t="d"><v>2026-01-31</v></c>', "2026-01-31"),
        ('<c s="1"><v>46053</v></c>', "2026-01-31"),
        ('<c s="2"><v>46053</v></c>', "2026-01-31"),
        ('<c s="5"><v>46053</v></c>', "2026-01-31"),
        ('<c s="6"><v>46053.75</v></c>', "2026-01-31 18:00"),
        ('<c s="6"><v>46053.7500116</v></c>', "2026-01-31 18:00:01"),
        ('<c s="7"><v>0.75</v></c>', "18:00"),
        ('<c s="3"><v>1.5</v></c>', "36:00"),
        ('<c s="1"><v>1</v></c>', "1900-01-01"),
        ('<c s="1"><v>60</v></c>', "60"),
        ('<c s="1"><v>61</v></c>', "1900-03-01"),
        ('<c s="1"><v>-5</v></c>', "-5"),
        ('<c s="1"><v>99999999</v></c>', "99999999"),
        ('<c s="1"><v>nada</v></c>', "nada"),
        ('<c s="4"><v>46053</v></c>', "46053"),
        ('<c s="8"><v>46053</v></c>', "46053"),
        ('<c s="99"><v>46053</v></c>', "46053"),
        ('<c s="1"><v></v></c>', ""),
        ('<c t="s"><v>77</v></c>', ""),
        ("<c><v>1E999999999</v></c>", "1E999999999"),
    ],
)
def test_a_cell_says_what_a_person_sees(loaded, cell, text):
    found = loaded("a.xlsx", workbook(f"<row>{cell}<c><v>9</v></c></row>", strings=["compartida"]))
    assert found == parsing.Table(((text, "9"),))


def test_dates_count_from_1904_where_the_workbook_says_so(loaded):
    found = loaded("a.xlsx", workbook('<row><c s="1"><v>44591</v></c></row>', date1904="1"))
    assert found.rows == (("2026-01-31",),)


def test_the_ordinary_reading_shows_dates_too(received):
    reading = received("a.xlsx", workbook('<row><c s="2"><v>46053</v></c><c t="b"><v>1</v></c></row>')).read()
    assert reading.pages[0].text == "uno\n2026-01-31\ttrue"


def test_cells_of_a_sheet_lie_where_their_names_say(loaded):
    rows = '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row><row r="5"><c r="AA5"><v>3</v></c></row>'
    found = loaded("a.xlsx", workbook(rows))
    assert found.rows == ((), ("", "1", "", "2"), (), (), ("",) * 26 + ("3",))


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ('<row r="50001"><c><v>1</v></c></row>', "limits"),
        ('<row r="99999999"><c><v>1</v></c></row>', ""),
        ('<row><c r="GS1"><v>1</v></c></row>', "limits"),
        (f'<row><c t="str"><v>{"x" * 10_001}</v></c></row>', "limits"),
        ('<row r="2"/><row r="2"><c><v>1</v></c></row>', "damaged"),
    ],
)
def test_a_sheet_beyond_its_bounds_is_refused(loaded, rows, fault):
    assert loaded("a.xlsx", workbook(rows)).fault == fault


def test_formatted_cells_without_text_are_no_table(loaded):
    far = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    assert loaded("a.xlsx", workbook(far)) == parsing.Table((("1",),))


@pytest.mark.criterion(16)
def test_a_doctype_in_a_sheet_is_no_table(loaded):
    data = makers.xlsx({"uno": ""})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE a [<!ENTITY b "c">]>' + parts["xl/worksheets/sheet1.xml"]
    assert loaded("a.xlsx", makers.zipped(parts)) == parsing.Table((), "damaged")


@given(st.floats(-1e300, 1e300))
def test_a_number_is_written_without_exponent_and_reads_back(number):
    written = sheet_values.number_text(repr(number))
    assert "e" not in written.lower()
    assert float(written) == pytest.approx(number, rel=1e-14, abs=1e-300)


# -- JSON ----------------------------------------------------------------------------------------------------------


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=40, deadline=None)
def test_json_comes_back_as_it_was(tmp_path_factory, value):
    path = makers.saved(tmp_path_factory.mktemp("j"), "a", json.dumps(value, ensure_ascii=False).encode())
    assert parsing.read_json(path) == parsing.JsonText(value)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b'{"a": 1,\n "b": ,\n}', 2, 7),
        (b'{"a": 1\n "b": 2}', 2, 2),
        (b'["uno", "d\xffs"]', 1, 11),
        ('{"año":\n "\udcff"}'.encode("utf-8", "surrogateescape"), 2, 3),
        (b"", 1, 1),
        (b"[1] [2]", 1, 5),
    ],
)
def test_the_fault_of_a_json_is_told_by_line_and_column(load_json, data, line, column):
    found = load_json(data)
    assert (found.fault, found.line, found.column, found.value) == ("damaged", line, column, None)


@pytest.mark.parametrize("data", [b"[NaN]", b"[Infinity]", b"[1e999]", b"[" + b"9" * 5_000 + b"]"])
def test_numbers_that_are_none_are_damaged(load_json, data):
    assert load_json(data).fault == "damaged"


@pytest.mark.criterion(16)
@pytest.mark.parametrize(
    "data",
    [
        b"[" * 51 + b"]" * 51,
        b'{"a":' * 60 + b"1" + b"}" * 60,
        b"[" * 1_000_000,
        b'"' + b"x" * json_text.MAX_BYTES + b'"',
    ],
)
def test_a_json_too_deep_or_too_large_is_refused(load_json, data):
    assert load_json(data).fault == "limits"


def test_a_json_as_deep_as_may_be_is_read(load_json):
    assert load_json(b"[" * 50 + b"]" * 50).fault == ""
