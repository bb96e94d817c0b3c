"""Writing into the embedded engine's partitions, under the one writer's lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import tantivy

from search.analysis import terms
from search.engines.base import SENTINEL, fingerprint_of, sort_of, uid_of
from search.engines.embedded_files import IndexFolder, tantivy_faults
from search.engines.embedded_query import entries_named
from search.types import IndexEntry

FACET_GLUE = "\x1f"
"""Between a facet's name and its value in the one field that holds all facets of an entry."""


class EmbeddedWriter:
    """See `base.IndexWriter`. Opens the partitions it needs, keeps them until `close`."""

    def __init__(self, folder: IndexFolder, generation: str, heap_bytes: int) -> None:
        self._folder = folder
        self._generation = generation
        self._heap_bytes = heap_bytes
        self._writers: dict[str, tantivy.IndexWriter] = {}
        self._uncommitted: set[str] = set()

    def put(self, entries: Sequence[IndexEntry]) -> None:
        """See `base.IndexWriter.put`."""
        latest = {uid_of(entry.source, entry.key): entry for entry in entries}
        self._settle(latest)
        with tantivy_faults("index_unwritable"):
            self._leave_other_partitions({uid: entry.partition for uid, entry in latest.items()})
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
            for writer in self._writers.values():
                writer.commit()
        self._uncommitted.clear()

    def close(self) -> None:
        """Lets merges finish and gives tantivy's own locks back; what was not committed is dropped."""
        for writer in self._writers.values():
            with tantivy_faults("index_unwritable"):
                writer.wait_merging_threads()
        self._writers.clear()

    def _settle(self, uids: Iterable[str]) -> None:
        # Whether a partition holds an entry is read from what is committed.
        if not self._uncommitted.isdisjoint(uids):
            self.commit()
        self._uncommitted.update(uids)

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
        writer.delete_documents_by_term("uid", uid_of(entry.source, entry.key))
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
    title = terms(entry.title)
    pages = [(number, found) for number, page in enumerate(entry.pages, 1) if (found := terms(page))]
    words = [*title, SENTINEL, *(term for _number, found in pages for term in found)]
    yield _entry_document(entry, uid, title, words, len(pages))
    for number, found in pages:
        page = tantivy.Document()
        page.add_text("uid", uid)
        page.add_text("page_of", uid)
        page.add_unsigned("page_number", number)
        page.add_text("page_words", " ".join(found))
        yield page


def _entry_document(
    entry: IndexEntry, uid: str, title: Sequence[str], words: Sequence[str], page_count: int
) -> tantivy.Document:
    document = tantivy.Document()
    for field, text in (("uid", uid), ("key", entry.key), ("container", entry.container)):
        document.add_text(field, text)
    document.add_text("title", " ".join(title))
    document.add_text("words", " ".join(words))
    for name, value in entry.facets.items():
        document.add_text("facets", f"{name}{FACET_GLUE}{value}")
    document.add_unsigned("sort", sort_of(entry))
    document.add_unsigned("page_count", page_count)
    document.add_bytes("fingerprint", fingerprint_of(entry).encode())
    return document
