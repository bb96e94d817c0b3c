"""The nodes of a question: what the grammar makes of a text and every engine answers.

A document holds a node by its title and its pages together. `Run` speaks of the main stream of terms; `Key` of the
others, which have no order: how words are written ("form"), how they look to a bad eye ("shape"), what is cited
("reference"), and the named facts of a document (by the name of the fact).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

FORM, SHAPE, REFERENCE = "form", "shape", "reference"
"""Kinds of `Key` that come from the text; any other kind is the name of a fact."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A Spanish sentence about a part of the reader's text (offsets in characters, `end` exclusive)."""

    text: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Terms that stand side by side; one alone is a word. `typed` is how it was asked, quotes included: it renders
    the question and says whether it may be widened, and is no part of what it means."""

    terms: tuple[str, ...]
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """What was typed of it."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Key:
    """One term of a stream other than the main one."""

    kind: str
    term: str
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """Nothing that stands in the main stream."""
        return ()


@dataclass(frozen=True, slots=True)
class Start:
    """Some word, folded and otherwise as written, begins with these letters or digits."""

    letters: str

    def written(self) -> tuple[Run, ...]:
        """Nothing that stands in the main stream."""
        return ()


@dataclass(frozen=True, slots=True)
class Near:
    """Some word, folded and otherwise as written, is a stroke or two away from these letters (`nearness`). An engine
    may find somewhat more: whoever asks looks at the words. No text of a reader is read as this."""

    letters: str

    def written(self) -> tuple[Run, ...]:
        """Nothing that stands in the main stream."""
        return ()


@dataclass(frozen=True, slots=True)
class Days:
    """The document is dated `since` or later and earlier than `before`; one without date never is."""

    since: date | None = None
    before: date | None = None
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """Nothing that stands in the main stream."""
        return ()


@dataclass(frozen=True, slots=True)
class Folios:
    """The document holds one of the folios from `first` to `last`, both included."""

    first: int
    last: int
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """Nothing that stands in the main stream."""
        return ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Node

    def written(self) -> tuple[Run, ...]:
        """Nothing: what must be absent orders and marks nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; at least one of them is no `Not`."""

    parts: tuple[Node, ...]
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """What was typed of its parts."""
        return tuple(run for part in self.parts for run in part.written())


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds; none of them is a `Not`."""

    parts: tuple[Node, ...]

    def written(self) -> tuple[Run, ...]:
        """What was typed of its parts."""
        return tuple(run for part in self.parts for run in part.written())


@dataclass(frozen=True, slots=True)
class Wide:
    """What was typed, or something that is held to say the same; the latter is worth less."""

    said: Node
    also: tuple[Node, ...]
    typed: str = field(default="", compare=False, repr=False)

    def written(self) -> tuple[Run, ...]:
        """What was typed."""
        return self.said.written()


Node: TypeAlias = Run | Key | Start | Near | Days | Folios | Not | All | Either | Wide
Leaf: TypeAlias = Run | Key | Start | Near | Days | Folios


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts that may make a text match; none of a leaf nor of what excludes."""
    match node:
        case All(parts) | Either(parts):
            return parts
        case Wide(said, also):
            return (said, *also)
        case _:
            return ()


def leaves_of(nodes: Iterable[Node]) -> Iterator[Leaf]:
    """The leaves that may make a text match, in order."""
    for node in nodes:
        if isinstance(node, Run | Key | Start | Near | Days | Folios):
            yield node
        yield from leaves_of(parts_of(node))


def as_typed(node: Node) -> Node:
    """The node without guesses."""
    match node:
        case Wide(said):
            return as_typed(said)
        case All(parts):
            return All(tuple(map(as_typed, parts)), node.typed)
        case Either(parts):
            return Either(tuple(map(as_typed, parts)))
        case _:
            return node


def is_fact(node: Node) -> bool:
    """Whether the node asks for facts of a document and for nothing of its text."""
    match node:
        case Key(kind):
            return kind not in {FORM, SHAPE, REFERENCE}
        case Days() | Folios():
            return True
        case Not(part):
            return is_fact(part)
        case Run() | Start() | Near():
            return False
        case _:
            return all(is_fact(part) for part in parts_of(node))
