"""What Elasticsearch holds of an entry: one document with its pages nested in it, in one index per partition.

All analysis is done before (`search.analysis`): Elasticsearch parts words at white space and never changes one. Nothing
that is not declared here is taken (`strict`), no source is kept beside what is searched, and nothing is counted over
an index: norms are off and every score is a constant of the query.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elasticsearch_dsl import Document, InnerDoc, Keyword, Long, MetaField, Nested, Text, analyzer, tokenizer

from search import analysis, ranking

SCHEMA_VERSION = 2
"""Raised with every change of the mapping or the settings; an index of another version must be rebuilt."""

VERSIONS = {"schema": SCHEMA_VERSION, "analysis": analysis.VERSION, "ranking": ranking.VERSION}

META = "custodia"
"""The key of an index's `_meta` under which it says whose it is."""

_TERMS = analyzer("terms", tokenizer=tokenizer("terms", "whitespace", max_token_length=1024))

_LARGEST_PAGES = 100_000
"""Pages of one document: Elasticsearch takes 10,000 unless told."""

_LARGEST_WINDOW = 200_000
"""Hits asked for at once: a saved search is compared with all it found."""


class _Terms(Text):
    """Terms with their places, parted by white space."""

    def __init__(self) -> None:
        super().__init__(analyzer=_TERMS, norms=False, similarity="boolean", index_options="positions")


class _Signs(Text):
    """Terms without places, parted by white space."""

    def __init__(self) -> None:
        super().__init__(analyzer=_TERMS, norms=False, similarity="boolean", index_options="docs")


class _Name(Keyword):
    """A name that no order or count goes by."""

    def __init__(self) -> None:
        super().__init__(doc_values=False, norms=False)


class Page(InnerDoc):
    """One page that has words."""

    number = Long()
    words = _Terms()
    keys = _Signs()

    class Meta:
        dynamic = MetaField("strict")


class Entry(Document):
    """One entry. `age` and `leaf` are `sort` as the orders oldest first and by folio go by it."""

    uid = Keyword()
    key = _Name()
    container = _Name()
    words = _Terms()
    keys = _Signs()
    levels = _Signs()
    facets = Keyword()
    shelf = Keyword(index=False)
    sort = Long()
    age = Long(index=False)
    leaf = Long(index=False)
    folio_first = Long()
    folio_last = Long()
    fingerprint = Keyword(index=False)
    pages = Nested(Page)

    class Meta:
        dynamic = MetaField("strict")
        source = MetaField(enabled=False)

    class Index:
        name = "entries"
        settings = {
            "index": {
                "number_of_shards": 1,
                # A copy wherever there is a second machine.
                "auto_expand_replicas": "0-1",
                # What is written is seen when the writer says so: at each commit.
                "refresh_interval": "-1",
                "gc_deletes": "10m",
                "max_result_window": _LARGEST_WINDOW,
                "mapping.nested_objects.limit": _LARGEST_PAGES,
                # The text of a question is nobody's to read in a log.
                "search.slowlog.threshold.query.warn": "-1",
                "search.slowlog.threshold.fetch.warn": "-1",
                "indexing.slowlog.source": "false",
            }
        }


def body() -> dict[str, Any]:
    """Settings and mappings of an index of entries."""
    made: dict[str, Any] = Entry._index.to_dict()  # noqa: SLF001 the package says it no other way
    return {"settings": made["settings"], "mappings": made["mappings"]}


CONTROL = {
    "settings": {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            **{name: {"type": "keyword"} for name in ("kind", "holder", "generation", "source", "key")},
            **{name: {"type": "long"} for name in ("turn", "beat", "done", "total")},
        },
    },
}
"""The index that holds no entry: who writes, what is being built, and what changed meanwhile."""


def fields_of(mappings: Mapping[str, Any]) -> dict[str, str]:
    """Dotted name → type of every field of a mapping as the server tells it; `dynamic` of each level beside it."""
    found = {"": str(mappings.get("dynamic", "true"))}
    for name, about in (mappings.get("properties") or {}).items():
        found[name] = str(about.get("type", "object"))
        if "properties" in about:
            found.update({f"{name}.{inner}".rstrip("."): kind for inner, kind in fields_of(about).items()})
            found[name] = f"{about.get('type', 'object')} {about.get('dynamic', 'true')}"
    return found


FIELDS = fields_of(body()["mappings"])
"""What the mapping of every index must be."""
