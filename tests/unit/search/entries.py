"""Small entries, queries and scopes for the tests of the search room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from hypothesis import strategies as st

from search.engines.base import SearchEngine
from search.parsing import parse
from search.types import ORDERS, Found, IndexEntry, PartitionScope, Request, Scope

PARTITIONS = ("public", "restricted", "reserved")
EVERYTHING = Scope({name: PartitionScope(whole=True) for name in PARTITIONS})


def entry(
    key: str,
    title: str = "",
    *pages: str,
    partition: str = "public",
    container: str = "e1",
    day: date | None = date(2026, 5, 4),
    facets: Mapping[str, str] | None = None,
) -> IndexEntry:
    """An entry of the source "custody"."""
    return IndexEntry("custody", key, partition, container, title, pages, facets or {}, day)


def put(engine: SearchEngine, *entries: IndexEntry) -> None:
    """Writes and commits."""
    with engine.writer() as writer:
        writer.put(entries)
        writer.commit()


def remove(engine: SearchEngine, *keys: str) -> None:
    """Removes and commits."""
    with engine.writer() as writer:
        writer.remove(("custody", key) for key in keys)
        writer.commit()


def ask(engine: SearchEngine, text: str, scope: Scope = EVERYTHING, **more: object) -> Found:
    """Searches as parsed from text."""
    return engine.search(Request(parse(text), scope, **more))  # type: ignore[arg-type]


def keys(found: Found) -> list[str]:
    """Keys of the hits, in order."""
    return [hit.key for hit in found.hits]


def everything_of(
    engine: SearchEngine, text: str, page_size: int, scope: Scope = EVERYTHING, **more: object
) -> Iterable[str]:
    """Keys of all hits, read page by page."""
    after = None
    while True:
        found = ask(engine, text, scope, limit=page_size, after=after, **more)
        yield from keys(found)
        if not found.more:
            return
        after = found.hits[-1].place


# Few words, so that what is asked is often there, side by side or apart.
WORDS = ["acta", "actas", "convenio", "año", "de", "CM-2026-001", "2026", "marco", "rnarco", "Convenio 1 de 2026"]
words = st.sampled_from(WORDS)
texts = st.lists(words, max_size=8).map(" ".join)
days = st.sampled_from([None, date(2026, 1, 1), date(2026, 1, 2), date(2025, 7, 9)])
facets = st.dictionaries(
    st.sampled_from(["tipo", "convenio", "expediente"]), st.sampled_from(["a", "b", "c"]), max_size=2
)


@st.composite
def corpora(draw: st.DrawFn, largest: int = 12) -> list[IndexEntry]:
    """Entries with different keys over three partitions and three containers."""
    return [
        IndexEntry(
            "custody",
            f"k{number}",
            draw(st.sampled_from(PARTITIONS)),
            draw(st.sampled_from(["e1", "e2", "e3"])),
            draw(texts),
            tuple(draw(st.lists(texts, max_size=3))),
            draw(facets),
            draw(days),
            draw(st.integers(0, 3)),
        )
        for number in range(draw(st.integers(largest // 2, largest)))
    ]


signs = st.sampled_from(["", "", "", "", "", "-"])
pieces = st.tuples(signs, st.booleans(), st.lists(words, min_size=1, max_size=3).map(" ".join))


OTHERS = ["mar*", "tipo:a", "-tipo:b", "desde:2026-01-02", "antes:2026", "(acta -marco) OR 2026", "folio:2-3",
          "-(acta marco)", "(convenio OR mar*)", "enero de 2026", "2026-01-02"]  # fmt: skip
others = st.sampled_from(OTHERS)
joints = st.sampled_from([" ", " ", " ", " OR "])


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Words, phrases and exclusions; some alternatives, groups, beginnings, facts, days and folios."""
    listed = draw(st.lists(pieces, min_size=1, max_size=2))
    plain = [f'{sign}"{text}"' if quoted else f"{sign}{text}" for sign, quoted, text in listed]
    return draw(joints).join([*plain, *draw(st.lists(others, max_size=1))])


# How an answer is narrowed and put in order; as often as not it is neither.
shapes: st.SearchStrategy[Mapping[str, object]] = st.just({}) | st.fixed_dictionaries(
    {
        "order": st.sampled_from(ORDERS),
        "narrowed": st.dictionaries(
            st.sampled_from(["tipo", "convenio"]),
            st.frozensets(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=2),
            max_size=1,
        ),
    }
)


part_scopes = st.builds(
    PartitionScope,
    st.sampled_from([True, True, False]),
    st.frozensets(st.sampled_from(["e1", "e2", "e3"]), max_size=2),
    st.frozensets(st.sampled_from([f"k{number}" for number in range(12)]), max_size=3),
)
scopes = st.dictionaries(st.sampled_from(PARTITIONS), part_scopes, min_size=1, max_size=3).map(Scope)
