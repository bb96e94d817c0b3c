"""Plain values that cross the room: what a source gives, what a reader asks, what an engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from search.asking import Either, Node, Not, Remark, Run, leaves_of


@dataclass(frozen=True, slots=True)
class PartitionScope:
    """What a reader may find in one partition: all of it, or the union of containers and single items; and of that,
    nothing that the exceptions name."""

    whole: bool = False
    containers: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    except_containers: frozenset[str] = frozenset()
    except_items: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """True when nothing of the partition may be found."""
        return not (self.whole or self.containers or self.items)

    def only(self, container: str, item: str) -> PartitionScope:
        """Of what may be found, the one item, which is of this container."""
        excepted = item in self.except_items or container in self.except_containers
        may = self.whole or item in self.items or container in self.containers
        return PartitionScope(items=frozenset({item}) if may and not excepted else frozenset())


@dataclass(frozen=True, slots=True)
class Scope:
    """Partition name → what may be found there. A partition that is not named may not be searched at all."""

    partitions: Mapping[str, PartitionScope] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when no partition may be searched."""
        return all(part.is_empty for part in self.partitions.values())


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What a source lets the index know of one thing. `pages` are their texts in order, page 1 first.

    `key` is the source's own key (for custody a document's UUID as text), `container` what a scope may name
    instead of single items (an expediente's UUID), `facets` name → value.
    """

    source: str
    key: str
    partition: str
    container: str
    title: str
    pages: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)
    date: date | None = None
    first_folio: int = 0


@dataclass(frozen=True, slots=True)
class Query:
    """A reader's question as a tree, after analysis: every node of `asked` must hold.

    `remarks` tell the reader what was not understood as typed. The properties are views of the tree for ordering,
    landing and marking; what matches is said by `asked` alone.
    """

    asked: tuple[Node, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is required: such a query finds nothing."""
        return all(isinstance(node, Not) for node in self.asked)

    @property
    def said(self) -> tuple[tuple[str, ...], ...]:
        """The runs required outside alternatives and groups, as typed, in order."""
        return tuple(run.terms for node in self.asked for run in node.written() if not isinstance(node, Either))

    @property
    def words(self) -> tuple[str, ...]:
        """The distinct single terms of `said`."""
        return tuple(dict.fromkeys(run[0] for run in self.said if len(run) == 1))

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """The distinct longer runs of `said`."""
        return tuple(dict.fromkeys(run for run in self.said if len(run) > 1))

    @property
    def excluded(self) -> tuple[tuple[str, ...], ...]:
        """The distinct runs that exclude."""
        shut = (node.part for node in self.asked if isinstance(node, Not))
        return tuple(dict.fromkeys(part.terms for part in shut if isinstance(part, Run)))

    @property
    def sequence(self) -> tuple[str, ...]:
        """The terms of `said` in the order typed."""
        return tuple(term for run in self.said for term in run)

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct terms that may make a text match, those of alternatives too, in the order typed."""
        return tuple(dict.fromkeys(t for leaf in leaves_of(self.asked) if isinstance(leaf, Run) for t in leaf.terms))

    @property
    def notes(self) -> tuple[str, ...]:
        """The distinct sentences of the remarks."""
        return tuple(dict.fromkeys(remark.text for remark in self.remarks))


Order = Literal["relevance", "newest", "oldest", "folio"]
"""How an answer is put in order. `folio`: by expediente, then by folio; what has neither date nor folio comes last."""

ORDERS: tuple[Order, ...] = get_args(Order)

Narrowing = Mapping[str, frozenset[str]]
"""Name of a facet → values, of which an entry must have one; of every facet named."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a hit stands in the order of an answer: higher tier first, then by shelf, higher sort, uid. `shelf` is
    the expediente in the order by folio, and empty in all others."""

    tier: int
    sort: int
    uid: str
    shelf: str = ""

    @property
    def rank(self) -> tuple[int, str, int, str]:
        """Sorts places first to last."""
        return (-self.tier, self.shelf, -self.sort, self.uid)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an engine. `hidden`: per partition, keys that must be treated as absent.

    `narrowed` is part of what is asked: hits, total and facets are those of the narrowed query. Without a query it
    asks for all that is so narrowed.
    """

    query: Query
    scope: Scope
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limit: int = 20
    after: Place | None = None
    facets: bool = False
    narrowed: Narrowing = field(default_factory=dict)
    order: Order = "relevance"

    @property
    def is_empty(self) -> bool:
        """True when nothing can be found: neither query nor narrowing, or nothing that may be searched."""
        return self.scope.is_empty or (self.query.is_empty and not self.narrowed)


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found by an engine, with the number of its best page (from 1)."""

    source: str
    key: str
    partition: str
    place: Place
    page: int = 1


Facets = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """An engine's answer: exact `total` under the scope, `hits` in order, `more` when others follow."""

    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Facets = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index holds of one entry, for the comparison with its source."""

    source: str
    key: str
    partition: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a source shows of one thing to one viewer, read from the database at the time of showing.

    `document` is the UUID to name it by, empty for things that are not documents in custody;
    `folio_first` is 0 where there are no folios; `reading` the state of its text extraction, `note` a
    word about it to be shown beside the title.
    """

    key: str
    title: str
    url: str
    level: str = ""
    level_label: str = ""
    container: str = ""
    date: date | None = None
    folio_first: int | None = None
    pages: int = 0
    thumbnail_url: str = ""
    reading: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """One hit as shown. `snippet` is safe HTML with `<mark>`; `document` is None for published pages."""

    document: str | None
    url: str
    page: int
    title: str
    snippet: str
    level: str
    container: str = ""
    date: date | None = None
    folio: int | None = None
    level_label: str = ""
    pages: int = 0
    thumbnail_url: str = ""
    reading: str = ""
    note: str = ""
    source: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gets. `total` is exact over what may be searched now; `pending` counts the documents
    this reader may see whose last change has not reached the index yet (they are left out until it has);
    `next` continues the list; `facets` name → value → number of documents, commonest first;
    `asked` is False where the text had no word to look for; `remarks` say where in the text each note of it stands.
    `continued`: the list goes on from the cursor that was given. `beside`: for each facet that narrows, its values
    and numbers without its own choice. Where nothing was found, `suggestions` are whole texts, better spelt, that
    find something, and `absent` what of the text stands by itself in nothing that this reader may find.
    """

    total: int = 0
    hits: tuple[AnswerHit, ...] = ()
    facets: Facets = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    next: str | None = None
    notes: tuple[str, ...] = ()
    pending: int = 0
    asked: bool = True
    remarks: tuple[Remark, ...] = ()
    continued: bool = False
    beside: Facets = field(default_factory=dict)
    absent: tuple[str, ...] = ()


Name = tuple[str, str]
"""(source, key)"""


@dataclass(frozen=True)
class Drift:
    """Names (source, key) that the index lacks, holds without ground, or holds otherwise than the source says
    (also in another partition, or twice). Keys that wait in the outbox are no drift. `done`: entries compared.
    """

    done: int
    missing: tuple[Name, ...]
    extra: tuple[Name, ...]
    differs: tuple[Name, ...]

    @property
    def findings(self) -> tuple[tuple[Name, ...], ...]:
        """Missing, extra, differing."""
        return (self.missing, self.extra, self.differs)

    @property
    def names(self) -> tuple[Name, ...]:
        """All findings together."""
        return self.missing + self.extra + self.differs

    def __bool__(self) -> bool:
        return bool(self.names)
