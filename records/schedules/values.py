"""How each kind of value is read from a file and written into one.

A table shows Spanish words, a JSON text stable codes; both are understood in both.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from records import stages
from records.schedules.faults import Sentence
from records.schedules.shapes import plain_text
from records.vocabulary import Disposition, ExpedienteKind, Level, Reason

MOST_YEARS = 1000
MOST_NUMBER = 9999
_SEPARATORS = re.compile(r"[,;\n]")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]*\Z")
_SLUG = re.compile(r"[a-z0-9_]+\Z")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_WHOLE = re.compile(r"\d{1,9}\Z")
#: What registration may demand beyond the common metadata: the codes of `policies.REQUIREMENTS`.
REQUIREMENTS: Mapping[str, Sentence] = {
    "annex": _("Clave de anexo"),
    "template_version": _("Versión del modelo"),
    "physical_place": _("Ubicación física"),
}
#: Whether a piece is always demanded, only in a case, or once for every such thing.
DUTIES: Mapping[str, Sentence] = {"always": _("Siempre"), "when": _("Si procede"), "each": _("Una por cada")}


class Misread(Exception):
    """A value that is not what its column holds; `code` and `facts` as of a `Fault`."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)


@dataclass(frozen=True)
class Words:
    """A closed list: code → Spanish label, with other spellings that are understood."""

    labels: Mapping[str, Sentence]
    other: Mapping[str, str] | None = None

    def code_of(self, word: str) -> str:
        """The code of a word. Raises Misread naming every label."""
        wanted = plain_text(word)
        spelled = {**{plain_text(str(label)): code for code, label in self.labels.items()}, **(self.other or {})}
        found = spelled.get(wanted) or next((code for code in self.labels if code.lower() == wanted), "")
        if not found:
            raise Misread("unknown_choice", word=word, known=self.told())
        return found

    def told(self) -> str:
        labels = [str(label) for label in self.labels.values()]
        return " o ".join([", ".join(labels[:-1]), labels[-1]]) if len(labels) > 1 else "".join(labels)


KINDS = Words(
    dict(ExpedienteKind.choices),
    {
        short.lower(): kind
        for short, kind in zip("AD CM CD PR SE LI RE NO CO".split(), ExpedienteKind.values, strict=True)
    },
)
LEVELS = Words(
    {code: label for code, label in Level.choices if code != Level.UNCLASSIFIED},
    {"p": Level.PUBLIC, "c": Level.RESTRICTED, "r": Level.RESERVED},
)
REASONS = Words(
    dict(Reason.choices),
    {"def": Reason.DEFENCE_SECURITY, "conf": Reason.CONTRACT_CONFIDENTIALITY, "pd": Reason.PERSONAL_DATA},
)
DISPOSITIONS = Words({code: code for code in Disposition.values}, {plain_text(str(d.label)): d for d in Disposition})
DUTY = Words(DUTIES)
#: What the pieces of a subserie are made of; a version keeps the word itself.
SUPPORTS = Words(
    {"electrónico": _("electrónico"), "papel": _("papel"), "híbrido": _("híbrido")},
    {
        **dict.fromkeys(("e", "digital"), "electrónico"),
        **dict.fromkeys(("p", "f", "fisico", "analogo"), "papel"),
        **dict.fromkeys(("h", "mixto", "fisico y electronico", "papel y electronico"), "híbrido"),
    },
)
REQUIRED = Words(REQUIREMENTS)
FLAGS = Words({"true": _("Sí"), "false": _("No")}, {"x": "true", "verdadero": "true", "falso": "false"})

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """`read` takes what a file says (never empty) and raises Misread; `cell` writes for a table, with the whole row
    at hand; `plain` for JSON. `empty` is the value where a file says nothing."""

    read: Callable[[Any], Any]
    cell: Callable[[Any, Row], Any]
    plain: Callable[[Any], Any]
    empty: Any = ""


def as_text(raw: Any) -> str:
    """A text, or a number as one; raises Misread for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Misread("not_text")
    return str(raw).replace("\r\n", "\n").strip()


def as_code(raw: Any) -> str:
    return matching(as_text(raw), _CODE)


def as_slug(raw: Any) -> str:
    return matching(as_text(raw), _SLUG)


def matching(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.match(text):
        raise Misread("bad_code", word=text)
    return text


def as_day(raw: Any) -> datetime.date:
    text = as_text(raw)
    told = _DAY.match(text)
    try:
        return (
            datetime.date(*(int(part) for part in reversed(told.groups())))
            if told
            else datetime.date.fromisoformat(text)
        )
    except ValueError as fault:
        raise Misread("bad_date", word=text) from fault


def as_whole(raw: Any, fault: str, least: int, most: int) -> int:
    text = as_text(raw)
    if not _WHOLE.match(text) or not least <= int(text) <= most:
        raise Misread(fault, word=text, most=most)
    return int(text)


def as_flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    try:
        return FLAGS.code_of(as_text(raw)) == "true"
    except Misread as fault:
        raise Misread("bad_flag", word=as_text(raw)) from fault


def listed(raw: Any) -> list[str]:
    """Parts of a list, or of a text divided by commas, semicolons or line ends."""
    parts = [as_text(part) for part in raw] if isinstance(raw, list) else _SEPARATORS.split(as_text(raw))
    return [part.strip() for part in parts if part.strip()]


def choice(words: Words) -> Kind:
    def cell(value: Any, _row: Row) -> str:
        return str(words.labels.get(value, value))

    return Kind(lambda raw: words.code_of(as_text(raw)), cell, str)


def choices(words: Words) -> Kind:
    """Several of a closed list, in the list's own order, each once."""

    def read(raw: Any) -> tuple[str, ...]:
        found = {words.code_of(part) for part in listed(raw)}
        return tuple(code for code in words.labels if code in found)

    def cell(value: Any, _row: Row) -> str:
        return ", ".join(str(words.labels.get(code, code)) for code in value)

    return Kind(read, cell, list, empty=())


def told(value: Any, _row: Row) -> Any:
    return value


def stage_cell(value: Any, row: Row) -> str:
    return stages.label_of(row["kind"], value) if value else ""


def as_stage(kind: str, word: str) -> str:
    """The code of a stage of a kind's course, from its code or label. Raises Misread."""
    course = Words(stages.COURSES[kind])
    try:
        return course.code_of(word)
    except Misread as fault:
        raise Misread("unknown_stage", word=word, kind=KINDS.labels[kind], known=course.told()) from fault


TEXT = Kind(as_text, told, str)
CODE = Kind(as_code, told, str)
SLUG = Kind(as_slug, told, str)
DAY = Kind(as_day, lambda value, _row: value.isoformat(), lambda value: value.isoformat(), empty=None)
YEARS = Kind(lambda raw: as_whole(raw, "bad_years", 0, MOST_YEARS), told, lambda value: value, empty=None)
NUMBER = Kind(lambda raw: as_whole(raw, "bad_number", 1, MOST_NUMBER), told, lambda value: value, empty=None)
FLAG = Kind(as_flag, lambda value, _row: str(FLAGS.labels["true" if value else "false"]), bool, empty=False)
FORMAT_LIST = Kind(lambda raw: ", ".join(listed(raw)), told, listed)
STAGE = Kind(as_text, stage_cell, str)
