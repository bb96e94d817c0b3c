"""Writing into the embedded engine's partitions, under the one writer's lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import starmap

import tantivy

from search.engines import embedded_building as building
from search.engines import embedded_manifest as manifest
from search.engines.base import (
    SENTINEL,
    facts_of,
    fingerprint_of,
    folios_of,
    leaf_of,
    name_of,
    sort_of,
    uid_of,
)
from search.engines.embedded_files import IndexFolder, tantivy_faults
from search.engines.embedded_query import FACET_GLUE, entries_named, levels_of
from search.engines.embedded_words import Read, joined, read, written
from search.ranking import Text, levels
from search.types import IndexEntry


class EmbeddedWriter:
    """See `base.IndexWriter`. Opens the partitions it needs, keeps them until `close`."""

    def __init__(self, folder: IndexFolder, generation: str, heap_bytes: int) -> None:
        self._folder = folder
        self._generation = generation
        self._heap_bytes = heap_bytes
        self._writers: dict[str, tantivy.IndexWriter] = {}
        self._uncommitted: set[str] = set()
        # Into a generation that holds nothing yet, what comes for the first time is put without looking for it:
        # that is a sixth of what a rebuild costs.
        self._met: set[str] | None = None if folder.partitions(generation) else set()

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """See `base.IndexWriter.put`."""
        latest = {uid_of(entry.source, entry.key): entry for entry in entries}
        self._settle(latest)
        with tantivy_faults("index_unwritable"):
            if not self._are_new(latest):
                self._leave_other_partitions({uid: entry.partition for uid, entry in latest.items()})
                for uid, entry in latest.items():
                    self._writer(entry.partition).delete_documents_by_term("uid", uid)
            for entry in latest.values():
                self._add(entry)

    def remove(self, names: Iterable[tuple[str, str]]) -> None:
        """See `base.IndexWriter.remove`."""
        gone = dict.fromkeys((uid_of(source, key) for source, key in names), "")
        self._settle(gone)
        with tantivy_faults("index_unwritable"):
            self._leave_other_partitions(gone)

    def commit(self) -> None:
        """See `base.IndexWriter.commit`."""
        with tantivy_faults("index_unwritable"):
            for partition, writer in self._writers.items():
                writer.commit()
                manifest.note(self._folder.path / self._generation / partition)
            # Before the rows of the outbox go: what is being built beside learns of it from here alone.
            building.note_changes(self._folder.path, self._generation, self._uncommitted)
        self._uncommitted.clear()

    def close(self) -> None:
        """Lets merges finish and gives tantivy's own locks back; what was not committed is dropped."""
        for partition, writer in self._writers.items():
            with tantivy_faults("index_unwritable"):
                writer.wait_merging_threads()
                manifest.end(self._folder.path / self._generation / partition)
        self._writers.clear()

    @property
    def refused(self) -> Mapping[tuple[str, str], str]:
        """See `base.IndexWriter.refused`: what tantivy refuses it refuses as a whole."""
        return {}

    def _settle(self, uids: Iterable[str]) -> None:
        # Whether a partition holds an entry is read from what is committed.
        if not self._uncommitted.isdisjoint(uids):
            self.commit()
        self._uncommitted.update(uids)

    def _are_new(self, uids: Collection[str]) -> bool:
        """Whether nothing of them can be in the generation."""
        if self._met is None or not self._met.isdisjoint(uids):
            return False
        self._met.update(uids)
        return True

    def _leave_other_partitions(self, homes: dict[str, str]) -> None:
        """Deletes durably, before anything is added: an entry on the move is nowhere rather than twice."""
        for partition in self._folder.partitions(self._generation):
            strangers = [uid for uid, home in homes.items() if home != partition]
            if strangers and self._holds(partition, strangers):
                writer = self._writer(partition)
                for uid in strangers:
                    writer.delete_documents_by_term("uid", uid)
                writer.commit()

    def _holds(self, partition: str, uids: Sequence[str]) -> bool:
        searcher = self._folder.searcher(self._generation, partition)
        return bool(searcher.search(entries_named(uids), 1).hits)

    def _add(self, entry: IndexEntry) -> None:
        writer = self._writer(entry.partition)
        for document in _documents(entry):
            writer.add_document(document)

    def _writer(self, partition: str) -> tantivy.IndexWriter:
        if partition not in self._writers:
            index = self._folder.index_for_writing(self._generation, partition)
            self._writers[partition] = index.writer(self._heap_bytes, num_threads=1)
        return self._writers[partition]


def _documents(entry: IndexEntry) -> Iterator[tantivy.Document]:
    """The entry and each of its pages that has words."""
    uid = uid_of(entry.source, entry.key)
    title = read(0, entry.title)
    pages = [page for page in starmap(read, enumerate(entry.pages, 1)) if page.words]
    yield _entry_document(entry, uid, title, pages)
    name = name_of(uid)
    for page in pages:
        document = tantivy.Document()
        document.add_text("uid", uid)
        document.add_text("page_of", uid)
        document.add_unsigned("entry", name)
        document.add_unsigned("page_number", page.number)
        document.add_text("page_words", page.words)
        document.add_text("page_keys", " ".join(page.keys))
        yield document


def _entry_document(entry: IndexEntry, uid: str, title: Read, pages: Sequence[Read]) -> tantivy.Document:
    document = tantivy.Document()
    for field, text in (("uid", uid), ("key", entry.key), ("container", entry.container)):
        document.add_text(field, text)
    document.add_text("title", title.words)
    document.add_text("words", " ".join([title.words, SENTINEL, *(page.words for page in pages)]))
    document.add_text("keys", joined([title.keys, *(page.keys for page in pages), written(facts_of(entry))]))
    document.add_text("levels", levels_of(levels(Text(title.terms, [page.terms for page in pages]))))
    for field, folio in zip(("folio_first", "folio_last"), folios_of(entry) or (), strict=False):
        document.add_unsigned(field, folio)
    for name, value in entry.facets.items():
        document.add_text("facets", f"{name}{FACET_GLUE}{value}")
    document.add_unsigned("sort", sort_of(entry))
    document.add_unsigned("leaf", leaf_of(entry))
    document.add_unsigned("page_count", len(pages))
    document.add_bytes("fingerprint", fingerprint_of(entry).encode())
    return document
