"""A reader's text → `Query`. Our own small grammar (`grammar`), never engine syntax.

Any text of any length gives a query. What does not parse is explained in place, in Spanish, and searched as words.
OR binds its two neighbours: `acta convenio OR contrato` asks for acta and one of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from search.analysis import Token, chunks, form_of, mended, tokens
from search.asking import REFERENCE, All, Either, Key, Near, Node, Not, Remark, Run, Start, Wide, leaves_of
from search.fields import FIELDS
from search.grammar import IDLE, Piece, pieces, plain
from search.references import DAY, MONTH, answering, references
from search.types import Query

MAX_CHARACTERS = 10_000
"""Characters considered; the rest is left out, with a remark."""

MAX_TERMS = 64
"""Terms considered, excluded ones counted apart; the rest is left out, with a remark."""

MAX_DEPTH = 8
"""Brackets within brackets."""

MAX_REMARKS = 20
"""Remarks told; more would be read by nobody."""

MIN_START = 3
"""Letters before an asterisk: fewer begin too many words."""

_OPERATORS = IDLE | {"OR", "O"}
_Unit = tuple[Node, ...]


@dataclass
class _Reader:
    """The pieces of a text, read from left to right."""

    pieces: Sequence[Piece]
    at: int = 0
    depth: int = 0
    excluding: bool = False
    asked: int = 0
    excluded: int = 0
    remarks: dict[str, Remark] = field(default_factory=dict)

    def next(self) -> Piece | None:
        """The piece to be read; None at the end."""
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def take(self) -> Piece:
        """The piece to be read, which then counts as read."""
        self.at += 1
        return self.pieces[self.at - 1]

    def remark(self, text: str, start: int, end: int) -> None:
        """Tells the reader something about a part of the text: once, at the first place it is so."""
        self.remarks.setdefault(text, Remark(text, start, end))


def parse(text: str) -> Query:
    """The query of a text. Never raises; a text without words gives a query that finds nothing."""
    # What is pasted from a page has words broken over two lines, as the page has.
    written = plain(mended(text[: MAX_CHARACTERS + 1]))
    kept = _bounded(written)
    reader = _Reader(list(pieces(kept)))
    if len(kept) < len(text) and len(text) > MAX_CHARACTERS:
        reader.remark(_("La consulta es muy larga: se tuvo en cuenta solo el comienzo."), len(kept), len(text))
    _tell_open_quote(kept, reader)
    asked: list[Node] = []
    while reader.next():
        asked.extend(_level(reader))
        if reader.next():
            sign = reader.take()
            reader.remark(_("Este paréntesis no cierra ninguno: se pasó por alto."), sign.start, sign.end)
    _tell_emptiness(text, asked, reader)
    remarks = list(reader.remarks.values())[:MAX_REMARKS]
    return Query(tuple(asked), tuple(sorted(remarks, key=lambda remark: remark.start)))


def render(query: Query) -> str:
    """The text of a query, as its reader would type it: parsed again it asks the same."""
    typed = " ".join(map(typed_of, query.asked))
    # Side by side two parts may read as one citation; brackets keep them apart.
    return typed if parse(typed).asked == query.asked else " ".join(f"({typed_of(node)})" for node in query.asked)


def typed_of(node: Node) -> str:
    """One part of a query, as its reader would type it."""
    match node:
        case Not(part):
            return f"-{typed_of(part)}"
        case Start(letters) | Near(letters):
            return f"{letters}*"
        case Either(parts):
            return f"({' OR '.join(map(typed_of, parts))})"
        case All(parts, typed):
            return typed or f"({' '.join(map(typed_of, parts))})"
        case Wide(said, _also, typed):
            return typed or typed_of(said)
        case _:
            return node.typed


def _bounded(written: str) -> str:
    if len(written) <= MAX_CHARACTERS:
        return written
    # The word that the limit cuts is left out: half a word would be another word.
    whole = written.rsplit(maxsplit=1)[0] if written.split() else ""
    return whole[:MAX_CHARACTERS]


def _tell_open_quote(text: str, reader: _Reader) -> None:
    if text.count('"') % 2:
        sentence = _("Hay una comilla sin cerrar: lo que sigue se buscó como palabras sueltas.")
        reader.remark(sentence, last := text.rindex('"'), last + 1)


# One level: units, some of them joined by OR ---------------------------------------------------------------


def _level(reader: _Reader) -> list[Node]:
    """The nodes up to the closing bracket, which is left for the caller, or to the end."""
    units: list[_Unit] = []
    join: Piece | None = None
    while (piece := reader.next()) and piece.kind != "close":
        if piece.kind == "or":
            join = _or_sign(reader.take(), units, join, reader)
            continue
        unit = _READ[piece.kind](reader)
        if join and unit:
            units.append(_joined(units.pop(), unit, join, reader))
            join = None
        elif unit:
            units.append(unit)
    if join:
        _tell_lone_or(join, reader)
    return [node for unit in units for node in unit]


def _or_sign(sign: Piece, units: Sequence[_Unit], join: Piece | None, reader: _Reader) -> Piece | None:
    if join or not units:
        _tell_lone_or(sign, reader)
        return join
    return sign


def _tell_lone_or(sign: Piece, reader: _Reader) -> None:
    reader.remark(_("OR va entre dos palabras o frases: aquí se pasó por alto."), sign.start, sign.end)


def _joined(left: _Unit, right: _Unit, sign: Piece, reader: _Reader) -> _Unit:
    if _is_asking(left) and _is_asking(right):
        return (Either((*_alternatives(left), *_alternatives(right))),)
    reader.remark(_("OR no une lo que se excluye: cada exclusión vale para toda la consulta."), sign.start, sign.end)
    return (*left, *right)


def _alternatives(unit: _Unit) -> _Unit:
    match unit:
        case (Either(parts),):
            return parts
        case _:
            return (_one(unit),)


def _one(unit: Sequence[Node]) -> Node:
    return unit[0] if len(unit) == 1 else All(tuple(unit))


def _is_asking(unit: _Unit) -> bool:
    return any(not isinstance(node, Not) for node in unit)


# One unit -------------------------------------------------------------------------------------------------


def _group(reader: _Reader) -> _Unit:
    sign = reader.take()
    if reader.depth == MAX_DEPTH:
        reader.remark(_("Hay demasiados paréntesis uno dentro de otro: este se pasó por alto."), sign.start, sign.end)
        return ()
    reader.depth += 1
    nodes = tuple(_level(reader))
    reader.depth -= 1
    if reader.next():
        reader.take()
    else:
        reader.remark(_("Hay un paréntesis sin cerrar: se cerró al final."), sign.start, sign.end)
    return nodes


def _exclusion(reader: _Reader) -> _Unit:
    sign, piece = reader.take(), reader.next()
    if piece is None or piece.kind not in _EXCLUDED or reader.excluding:
        reader.remark(_("El guion va pegado a la palabra que se excluye: aquí se pasó por alto."), sign.start, sign.end)
        return ()
    reader.excluding = True
    unit = _READ[piece.kind](reader)
    reader.excluding = False
    if not _is_asking(unit):
        return ()
    # What stands in brackets is shut out where all of it holds; words that a hyphen joins, one by one.
    together = piece.kind != "word" and len(unit) > 1
    return (Not(All(unit)),) if together else tuple(Not(node) for node in unit)


def _idle(reader: _Reader) -> _Unit:
    sign = reader.take()
    sentences = {
        "AND": _("AND no hace falta: se buscan todas las palabras."),
        "NOT": _("Para excluir una palabra, póngale un guion delante; NOT se pasó por alto."),
    }
    reader.remark(sentences[sign.text], sign.start, sign.end)
    return ()


def _phrase(reader: _Reader) -> _Unit:
    piece = reader.take()
    if "*" in piece.text:
        reader.remark(_("Dentro de comillas el asterisco se pasa por alto."), piece.start, piece.end)
    return _run(tokens(piece.text), f'"{piece.text}"', piece, reader)


def _cited(reader: _Reader) -> _Unit:
    """The citation as written, or as it is written elsewhere."""
    piece = reader.take()
    if piece.cited[0].kind in {DAY, MONTH}:
        return _dated(piece, reader)
    said = [node for run in _cited_runs(piece.text) for node in _run(run, _as_typed(piece.text, run), piece, reader)]
    also = tuple(Key(REFERENCE, term) for term in answering(piece.cited))
    # What is shut out is shut out as written: a guess must not hide anything.
    return tuple(said) if reader.excluding or not said else (Wide(_one(said), also, piece.text),)


def _dated(piece: Piece, reader: _Reader) -> _Unit:
    """A day or month: in every spelling it is what was typed. What is itself of that date stands below."""
    written = tokens(piece.text)
    said = _run(written, _as_typed(piece.text, written), piece, reader)
    if reader.excluding or not said:
        return said
    date = piece.cited[0]
    any_spelling = Either((*said, *(Key(REFERENCE, term) for term in date.answers)))
    return (Wide(any_spelling, (Key(date.kind, date.number),), piece.text),)


def _cited_runs(text: str) -> Iterator[tuple[Token, ...]]:
    """A code is one run. Of a longer citation the words are asked one by one, and its numbers side by side."""
    written = chunks(text)
    if len(written) == 1:
        yield written[0]
        return
    found = tokens(text)
    yield from ((token,) for token in found if not token.term.isdigit())
    yield tuple(token for token in found if token.term.isdigit())


def _word(reader: _Reader) -> _Unit:
    piece = reader.take()
    if "*" in piece.text:
        return _start(piece, reader)
    return _words(piece.text, piece, reader)


def _words(text: str, piece: Piece, reader: _Reader) -> _Unit:
    return tuple(node for run in chunks(text) for node in _run(run, _as_typed(text, run), piece, reader))


def _start(piece: Piece, reader: _Reader) -> _Unit:
    stem = piece.text[:-1]
    letters = form_of(stem)
    whole = len(letters) >= MIN_START and "*" not in stem and len(tokens(f"{stem}zz")) == 1 and stem[-1].isalnum()
    if whole and not _is_full(1, piece, reader):
        return (Start(letters),)
    sentence = _("El asterisco va al final de una palabra de tres letras o más: aquí se buscó sin él.")
    reader.remark(sentence, piece.start, piece.end)
    return _words(piece.text.replace("*", " "), piece, reader)


def _field(reader: _Reader) -> _Unit:
    name, value = reader.take(), reader.next()
    known = FIELDS.get(form_of(name.text))
    adjacent = value is not None and value.start == name.end and value.kind in {"word", "phrase", "cited"}
    if known and adjacent and value:
        node = known.read(value.text)
        if node and not _is_full(len(list(leaves_of([node]))), value, reader):
            reader.take()
            return (replace(node, typed=f'{form_of(name.text)}:"{value.text}"'),)
    _tell_field(name, value if adjacent else None, reader)
    return _words(name.text, name, reader)


def _tell_field(name: Piece, value: Piece | None, reader: _Reader) -> None:
    known = FIELDS.get(form_of(name.text))
    if known:
        sentence = _("No se entendió «%(name)s:» y se buscó como palabras. Escriba, por ejemplo, %(example)s.")
        place = (name.start, value.end if value else name.end)
        reader.remark(sentence % {"name": name.text, "example": known.example}, *place)
    elif value and not value.text.startswith("/"):
        sentence = _("No existe el campo «%(name)s:» y se buscó como palabra. Los campos son %(fields)s y %(last)s.")
        *first, last = FIELDS
        told = {"name": name.text, "fields": ", ".join(first), "last": last}
        reader.remark(sentence % told, name.start, name.end)


def _run(run: Sequence[Token], typed: str, piece: Piece, reader: _Reader) -> _Unit:
    if not run or _is_full(len(run), piece, reader):
        return ()
    return (Run(tuple(token.term for token in run), typed),)


def _as_typed(text: str, run: Sequence[Token]) -> str:
    """The part of the text that gave the run; the words themselves where the part alone would be read otherwise."""
    if not run:
        return ""
    part = text[run[0].start : run[-1].end]
    if part in _OPERATORS:
        return part.lower()
    if [token.term for token in tokens(part)] != [token.term for token in run]:
        return f'"{" ".join(token.form for token in run)}"'
    return f'"{part}"' if references(part) or len(chunks(part)) > 1 else part


def _is_full(count: int, piece: Piece, reader: _Reader) -> bool:
    """Whether so many terms more are too many; else they count as taken."""
    taken = reader.excluded if reader.excluding else reader.asked
    if taken + count > MAX_TERMS:
        sentence = _("La consulta tiene muchas palabras: se tuvieron en cuenta las primeras.")
        reader.remark(sentence, piece.start, piece.end)
        return True
    if reader.excluding:
        reader.excluded += count
    else:
        reader.asked += count
    return False


def _tell_emptiness(text: str, asked: Sequence[Node], reader: _Reader) -> None:
    if not text.strip() or any(not isinstance(node, Not) for node in asked):
        return
    if asked:
        sentence = _("Escriba al menos una palabra por buscar: solo hay palabras excluidas.")
    else:
        sentence = _("No hay palabras por buscar: los artículos, preposiciones y signos no se buscan.")
    reader.remark(sentence, 0, len(text))


_EXCLUDED = frozenset({"open", "phrase", "cited", "field", "word"})

_READ: dict[str, Callable[[_Reader], _Unit]] = {
    "minus": _exclusion,
    "phrase": _phrase,
    "open": _group,
    "idle": _idle,
    "field": _field,
    "word": _word,
    "cited": _cited,
}
