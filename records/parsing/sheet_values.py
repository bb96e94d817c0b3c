"""What the cells of a workbook say as text: shared strings, booleans, numbers, and serial numbers that are dates.

A number is a date when the format of its style shows one: a built-in one (ECMA-376, 18.8.30) or the workbook's own.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from .ooxml import Package, events, parsed

MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_BUILT_IN_DATES = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)
_WHOLE = re.compile(r"(?:0|-?[1-9]\d*)\Z")
_MIDNIGHT = re.compile(r"(?:T00:00:00(?:\.0+)?)?Z?\Z")
_LEAP_BUG = 60
_PLACE = re.compile(r"\A([A-Z]{1,3})(\d{1,7})\Z")
#: A number of days below this, shown as hours, is a length of time and not a moment.
_LONGEST_SPAN = 366
_LAST_DAY = 2_958_465
_DAY_SECONDS = 86_400
_MAX_DIGITS = 340


def tags(*names: str) -> tuple[str, ...]:
    """The names in both namespaces of workbooks."""
    return tuple(f"{{{uri}}}{name}" for uri in MAIN for name in names)


def local(node: Any) -> str:
    """Name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


def plain(node: Any) -> str:
    """Texts of a string, without the phonetic guides."""
    runs = (child for child in node.iter(*tags("t")) if local(child.getparent()) != "rPh")
    return "".join(child.text or "" for child in runs)


def forget(node: Any) -> None:
    """Let go of an element that has been read and of those before it."""
    node.clear()
    while node.getprevious() is not None:
        del node.getparent()[0]


def column_of(place: str, following: int) -> int:
    """Column from 0 of a place such as ``AB12``; of a cell that tells none, the following one."""
    found = _PLACE.match(place)
    if not found:
        return following
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


class Values:
    """The shared strings and number formats of one workbook; raises Damaged where they cannot be read."""

    def __init__(self, package: Package) -> None:
        self.strings = _shared_strings(package)
        self.styles = _styles(package)
        self.from_1904 = _from_1904(package)

    def text(self, cell: Any) -> str:
        """What a cell says: a date as ``2026-01-31`` (and the hour if it has one), ``true``, ``12.5``, ``3``."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return plain(cell)
        value = str(next((node.text or "" for node in cell if local(node) == "v"), ""))
        if kind == "n":
            return self._number(value.strip(), cell.get("s", "0"))
        if kind == "s":
            return self.strings[int(value)] if value.isdigit() and int(value) < len(self.strings) else ""
        return str(_READ_AS.get(kind, str)(value) or "")

    def _number(self, value: str, style: str) -> str:
        shown = self.styles[int(style)] if style.isdigit() and int(style) < len(self.styles) else ""
        if shown and value:
            return _moment(value, shown, self.from_1904) or number_text(value)
        return number_text(value)


def number_text(value: str) -> str:
    """A number as a person writes it: no exponent, no ``.0``, fifteen significant digits; what is none, as it is."""
    if _WHOLE.match(value):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS:
        return value
    written = format(Decimal(f"{float(number):.15g}"), "f")
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written in ("-0", "") else written


def _iso(value: str) -> str:
    return _MIDNIGHT.sub("", value.strip())


_READ_AS = {"b": lambda value: {"1": "true", "0": "false"}.get(value.strip(), value), "d": _iso}


# -- numbers that are dates ----------------------------------------------------------------------------------------


def _moment(value: str, shown: str, from_1904: bool) -> str:
    """A serial number as date, time of day or both, by what its format shows; empty when it is none."""
    try:
        seconds = round(float(value) * _DAY_SECONDS)
    except (ValueError, OverflowError):
        return ""
    day, rest = divmod(seconds, _DAY_SECONDS)
    if not 0 <= day <= _LAST_DAY:
        return ""
    if shown == "time" and day < _LONGEST_SPAN:
        return _hour(seconds)
    date = _date(day, from_1904)
    return f"{date} {_hour(rest)}" if date and rest else date


def _date(day: int, from_1904: bool) -> str:
    if from_1904:
        return (datetime.date(1904, 1, 1) + datetime.timedelta(days=day)).isoformat()
    if day in (0, _LEAP_BUG):  # Excel's day 60 is 29 February 1900, which never was
        return ""
    start = datetime.date(1899, 12, 31 if day < _LEAP_BUG else 30)
    return (start + datetime.timedelta(days=day)).isoformat()


def _hour(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{second:02}" if second else "")


# -- what the workbook says once for all ---------------------------------------------------------------------------


def _shared_strings(package: Package) -> list[str]:
    strings: list[str] = []
    for part in package.parts_of_type("spreadsheetml.sharedStrings+xml")[:1]:
        for _, node in events(package.open(part), ("end",), tags("si")):
            strings.append(plain(node))
            forget(node)
    return strings


def _styles(package: Package) -> list[str]:
    """For each cell style ``date``, ``time`` or empty."""
    for part in package.parts_of_type("spreadsheetml.styles+xml")[:1]:
        root = parsed(package.small(part))
        own = {node.get("numFmtId", ""): _shows(node.get("formatCode", "")) for node in root.iter(*tags("numFmt"))}
        lists = [node for node in root if local(node) == "cellXfs"]
        return [_style(node.get("numFmtId", "0"), own) for node in _children(lists)]
    return []


def _children(lists: Iterable[Any]) -> list[Any]:
    return [node for one in lists for node in one]


def _style(number: str, own: dict[str, str]) -> str:
    if number in own:
        return own[number]
    known = int(number) if number.isdigit() else 0
    return "date" if known in _BUILT_IN_DATES else "time" if known in _BUILT_IN_TIMES else ""


def _shows(code: str) -> str:
    """Whether a format's code, without its literals, has signs of a date, or only of a time of day."""
    signs = _NOT_SIGNS.sub("", code.split(";", maxsplit=1)[0]).lower()
    if "general" in signs:
        return ""
    if re.search(r"[yd]", signs):
        return "date"
    if re.search(r"[hs]", signs):
        return "time"
    return "date" if "m" in signs and not re.search(r"[0#?@]", signs) else ""


def _from_1904(package: Package) -> bool:
    for part in package.parts_of_type("spreadsheetml.sheet.main+xml")[:1]:
        for node in parsed(package.small(part)).iter(*tags("workbookPr")):
            return node.get("date1904", "0") in ("1", "true")
    return False
