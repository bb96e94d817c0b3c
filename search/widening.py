"""A query made wider by what is held to say the same: synonyms, a NIT with and without its last digit, words badly
read. What was typed stays the node's `said`; the rest is worth less and is marked as a guess. What stands in quotes,
and what is shut out, is taken as written.

`widen` changes only what is asked at the top level and inside alternatives and groups; it never narrows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from search.analysis import form_of, terms
from search.asking import FORM, SHAPE, All, Either, Key, Node, Run, Wide
from search.shapes import shape
from search.synonyms import GROUPS
from search.types import Query

Guess = Callable[[Run], Iterator[Node]]

_NIT_WEIGHTS = (41, 37, 29, 23, 19, 17, 13, 7, 3)
_NIT_DIGITS = len(_NIT_WEIGHTS)


def widen(query: Query) -> Query:
    """The query with its guesses."""
    return replace(query, asked=_widened(query.asked))


def _widened(nodes: Sequence[Node]) -> tuple[Node, ...]:
    found: list[Node] = []
    at = 0
    while at < len(nodes):
        length, also = _synonyms_at(nodes[at:])
        part = tuple(nodes[at : at + length])
        found.append(Wide(part[0] if length == 1 else All(part), also) if length > 1 else _one(part[0], also))
        at += length
    return tuple(found)


def _one(node: Node, also: tuple[Node, ...]) -> Node:
    match node:
        case Run() if _is_open(node):
            guesses = (*also, *(guess for rule in GUESSES for guess in rule(node)))
            return Wide(node, tuple(dict.fromkeys(guesses))) if guesses else node
        case All(parts, typed):
            return node if typed else All(_widened(parts))
        case Either(parts):
            return Either(tuple(_one(part, _synonyms_at([part])[1]) for part in parts))
        case _:
            return node


def _is_open(run: Run) -> bool:
    return not run.typed.startswith('"')


# Synonyms -------------------------------------------------------------------------------------------------


def _table() -> dict[tuple[str, ...], tuple[Node, ...]]:
    """A saying → the others of its group."""
    table: dict[tuple[str, ...], tuple[Node, ...]] = {}
    for group in GROUPS:
        said = list(dict.fromkeys(tuple(terms(saying)) for saying in group))
        for one in said:
            others = tuple(Run(other) for other in said if other != one)
            table[one] = tuple(dict.fromkeys((*table.get(one, ()), *others)))
    return {said: others for said, others in table.items() if others}


SYNONYMS = _table()
_LONGEST = max(map(len, SYNONYMS))


def _synonyms_at(nodes: Sequence[Node]) -> tuple[int, tuple[Node, ...]]:
    """(how many nodes the longest saying that begins here takes, its synonyms); (1, ()) where none does."""
    words: list[str] = []
    for node in nodes[:_LONGEST]:
        if not isinstance(node, Run) or len(node.terms) != 1 or not _is_open(node):
            break
        words.append(node.terms[0])
    for length in range(len(words), 0, -1):
        if others := SYNONYMS.get(tuple(words[:length])):
            return length, others
    return 1, ()


# Guesses at one run ---------------------------------------------------------------------------------------


def nit_digit(number: str) -> str:
    """The digit of verification of a NIT of nine digits (DIAN's weights, modulo 11)."""
    rest = sum(int(digit) * weight for digit, weight in zip(number, _NIT_WEIGHTS, strict=True)) % 11
    return str(rest if rest < 2 else 11 - rest)


def _nit(run: Run) -> Iterator[Node]:
    match run.terms:
        case (number,) if _is_digits(number, _NIT_DIGITS):
            yield Run((number + nit_digit(number),))
        case (whole,) if _is_digits(whole, _NIT_DIGITS + 1) and whole[-1] == nit_digit(whole[:-1]):
            yield Run((whole[:-1],))
        case (number, digit) if _is_digits(number, _NIT_DIGITS) and digit == nit_digit(number):
            yield from (Run((number,)), Run((number + digit,)))


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


def _badly_read(run: Run) -> Iterator[Node]:
    form = form_of(run.typed) if len(run.terms) == 1 else ""
    # A number is what it is: one digit more or less is another number.
    if (looked := shape(form)) and not form.isdigit():
        yield Key(SHAPE, looked)
        if looked != form:
            yield Key(FORM, looked)


GUESSES: tuple[Guess, ...] = (_nit, _badly_read)
