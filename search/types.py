"""Plain values that cross the room: what a source gives, what a reader asks, what an engine answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


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
    """A reader's words after analysis. Every word and phrase is required, any exclusion excludes.

    `sequence` is all that is required, in the order typed; `notes` are Spanish sentences for the reader.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    sequence: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when nothing is required: such a query finds nothing."""
        return not (self.words or self.phrases)

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct required terms, in the order typed."""
        return tuple(dict.fromkeys(self.sequence))


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a hit stands in the order of an answer: higher tier first, then higher sort, then uid."""

    tier: int
    sort: int
    uid: str

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sorts places first to last."""
        return (-self.tier, -self.sort, self.uid)


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an engine. `hidden`: per partition, keys that must be treated as absent."""

    query: Query
    scope: Scope
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limit: int = 20
    after: Place | None = None
    facets: bool = False


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
    `asked` is False where the text had no word to look for.
    """

    total: int = 0
    hits: tuple[AnswerHit, ...] = ()
    facets: Facets = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    next: str | None = None
    notes: tuple[str, ...] = ()
    pending: int = 0
    asked: bool = True
