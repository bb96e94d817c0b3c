"""A reader's text → `Query`: words, "phrases", -excluded. Our own small grammar, never engine syntax.

Any text of any length gives a query. What does not parse is explained in a Spanish note and searched as words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from search.analysis import chunks, terms
from search.types import Query

MAX_CHARACTERS = 4096
"""Characters considered; the rest is left out, with a note."""

MAX_TERMS = 64
"""Terms considered, excluded ones counted apart; the rest is left out, with a note."""

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PIECE = re.compile(r'(?P<minus>(?<!\S)-+)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')

Parts = tuple[str, ...]


@dataclass
class _Draft:
    """What has been understood so far."""

    words: list[str] = field(default_factory=list)
    phrases: list[Parts] = field(default_factory=list)
    excluded: list[Parts] = field(default_factory=list)
    sequence: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parse(text: str) -> Query:
    """The query of a text. Never raises; a text without words gives a query that finds nothing."""
    draft = _Draft()
    for minus, quoted, piece in _pieces(_bounded(text, draft), draft):
        for parts in [tuple(terms(piece))] if quoted else chunks(piece):
            (_exclude if minus else _require)(draft, parts)
    _note_emptiness(text, draft)
    return Query(
        words=tuple(dict.fromkeys(draft.words)),
        phrases=tuple(dict.fromkeys(draft.phrases)),
        excluded=tuple(dict.fromkeys(draft.excluded)),
        sequence=tuple(draft.sequence),
        notes=tuple(dict.fromkeys(draft.notes)),
    )


def _bounded(text: str, draft: _Draft) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text.translate(_QUOTES)
    draft.notes.append(_("La consulta es muy larga: se tuvo en cuenta solo el comienzo."))
    # The word that the limit cuts is left out: half a word would be another word.
    whole = text[: MAX_CHARACTERS + 1].rsplit(maxsplit=1)[0]
    return whole[:MAX_CHARACTERS].translate(_QUOTES)


def _pieces(text: str, draft: _Draft) -> list[tuple[bool, bool, str]]:
    """(excluded, quoted, text) per piece. A quote without its pair counts as a space."""
    if text.count('"') % 2:
        draft.notes.append(_("Hay una comilla sin cerrar: lo que sigue se buscó como palabras sueltas."))
        last = text.rindex('"')
        text = f"{text[:last]} {text[last + 1 :]}"
    return [(bool(m["minus"]), m["phrase"] is not None, m["phrase"] or m["word"] or "") for m in _PIECE.finditer(text)]


def _require(draft: _Draft, parts: Parts) -> None:
    if not parts or _is_full(len(draft.sequence) + len(parts), draft):
        return
    draft.sequence.extend(parts)
    if len(parts) == 1:
        draft.words.append(parts[0])
    else:
        draft.phrases.append(parts)


def _exclude(draft: _Draft, parts: Parts) -> None:
    if parts and not _is_full(sum(map(len, draft.excluded)) + len(parts), draft):
        draft.excluded.append(parts)


def _is_full(count: int, draft: _Draft) -> bool:
    if count <= MAX_TERMS:
        return False
    draft.notes.append(_("La consulta tiene muchas palabras: se tuvieron en cuenta las primeras."))
    return True


def _note_emptiness(text: str, draft: _Draft) -> None:
    if draft.sequence or not text.strip():
        return
    if draft.excluded:
        draft.notes.append(_("Escriba al menos una palabra por buscar: solo hay palabras excluidas."))
    else:
        draft.notes.append(_("No hay palabras por buscar: los artículos, preposiciones y signos no se buscan."))
