"""What other tools need for the same work: 20 hits, the exact total, counts by seven facets, and a snippet of each hit.

Bare tantivy with its own Spanish stemmer and BM25; SQLite FTS5; PostgreSQL's full text (`spanish`, GIN). Each is built
from the product's own rows and asked in its own language, under the same scope: levels that may be read. Tantivy and
FTS5 also find the best page of each hit, as the product does, and tell its snippet; PostgreSQL that of the document.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Filter, Occur, SnippetGenerator, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as TQuery

from benchmarks.questions import Question

FACETS = ("tipo", "convenio", "expediente", "phase", "office", "year", "level")
HITS, SNIPPET = 20, 240

Clause = tuple[Occur, TQuery]


class Row(NamedTuple):
    """A document as the product's database has it, with its pages."""

    key: str
    level: str
    expediente: str
    convenio: str
    tipo: str
    phase: str
    office: str
    year: int
    title: str
    pages: tuple[str, ...]

    @property
    def facets(self) -> tuple[str, ...]:
        return self.tipo, self.convenio, self.expediente, self.phase, self.office, str(self.year), self.level


_ROWS = """
SELECT d.id, d.level, e.code, e.convenio_number, t.name, e.kind || e.stage, e.office,
CAST(strftime('%Y', d.date) AS INTEGER), d.title, p.text
FROM records_document d JOIN records_expediente e ON e.id = d.expediente_id
JOIN records_tipodocumental t ON t.id = d.tipo_id JOIN records_pagetext p ON p.document_id = d.id
ORDER BY d.id, p.number
"""


def rows(database: Path) -> Iterator[Row]:
    """Every document of an installation, read by SQLite alone."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        held: Any = None
        pages: list[str] = []
        for *facts, text in connection.execute(_ROWS):
            if held is not None and facts[0] != held[0]:
                yield Row(*held, pages=tuple(pages))
                pages = []
            held = tuple(facts)
            pages.append(text)
        if held is not None:
            yield Row(*held, pages=tuple(pages))


class Answer(NamedTuple):
    """What a floor found."""

    total: int
    keys: list[str]
    snippets: list[str]
    facets: int


# tantivy --------------------------------------------------------------------------------------------------


def _analyser() -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    chain = (Filter.lowercase(), Filter.ascii_fold(), Filter.stopword("spanish"), Filter.stemmer("spanish"))
    for one in chain:
        builder = builder.filter(one)
    return builder.build()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in ("title", "text", "page_text"):
        builder.add_text_field(name, stored=name == "page_text", tokenizer_name="es", index_option="position")
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("page_of", fast=True, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("dated", indexed=True, fast=True)
    return builder.build()


class Tantivy:
    """A document with all its text and, for landing and snippets, each of its pages."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.schema, self.analyser = _schema(), _analyser()
        self.index = tantivy.Index(self.schema, str(folder))
        self.index.register_tokenizer("es", self.analyser)
        self.index.config_reader("manual")

    def build(self, listed: Iterator[Row], *, threads: int = 1, heap: int = 60_000_000) -> int:
        writer = self.index.writer(heap, num_threads=threads)
        pages = 0
        for row in listed:
            pages += len(row.pages)
            for document in _documents(row):
                writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        return pages

    def ask(self, question: Question, levels: Sequence[str] = ()) -> Answer:
        """`levels`: those that may be read; none for all."""
        self.index.reload()
        searcher = self.index.searcher()
        text = self._text(question, "text")
        query = TQuery.boolean_query([*text, *self._limits(question, levels)])
        found = searcher.search(query, HITS, True)
        counted = searcher.aggregate(query, {name: {"terms": {"field": name, "size": 65_000}} for name in FACETS})
        keys = [str(searcher.doc(address).get_first("key")) for _score, address in found.hits]
        snippets = self._snippets(searcher, keys, question)
        facets = sum(len(part["buckets"]) for part in counted.values())
        return Answer(int(found.count), keys, snippets, facets)

    def _text(self, question: Question, field: str) -> list[Clause]:
        clauses = [self._run(field, self.analyser.analyze(word)) for word in question.words]
        clauses.append(self._run(field, self.analyser.analyze(" ".join(question.phrase))))
        if question.start:
            clauses.append(TQuery.regex_query(self.schema, field, f"{question.start}.*"))
        asked: list[Clause] = [(Occur.Must, clause) for clause in clauses if clause]
        if shut := self._run(field, self.analyser.analyze(question.without)):
            asked.append((Occur.MustNot, shut))
        return asked

    def _run(self, field: str, terms: list[str]) -> TQuery | None:
        if not terms:
            return None
        if len(terms) == 1:
            return TQuery.term_query(self.schema, field, terms[0])
        placed: list[str | tuple[int, str]] = [*terms]
        return TQuery.phrase_query(self.schema, field, placed)

    def _limits(self, question: Question, levels: Sequence[str]) -> list[Clause]:
        limits = [TQuery.term_set_query(self.schema, "level", list(levels))] if levels else []
        if question.tipo:
            limits.append(TQuery.term_query(self.schema, "tipo", question.tipo))
        if question.year:
            limits.append(TQuery.range_query(self.schema, "dated", FieldType.Unsigned, question.year, None))
        return [(Occur.Must, TQuery.const_score_query(limit, 0.0)) for limit in limits]

    def _snippets(self, searcher: tantivy.Searcher, keys: Sequence[str], question: Question) -> list[str]:
        """Of the best page of each."""
        wanted = [query for occur, query in self._text(question, "page_text") if occur == Occur.Must]
        some = TQuery.boolean_query([(Occur.Should, query) for query in wanted])
        generator = SnippetGenerator.create(searcher, some, self.schema, "page_text")
        generator.set_max_num_chars(SNIPPET)
        said = []
        for key in keys:
            of = TQuery.const_score_query(TQuery.term_query(self.schema, "page_of", key), 0.0)
            best = searcher.search(TQuery.boolean_query([(Occur.Must, of), (Occur.Must, some)]), 1, False).hits
            said += [generator.snippet_from_doc(searcher.doc(address)).to_html() for _score, address in best]
        return said


def _documents(row: Row) -> Iterator[tantivy.Document]:
    named = dict(zip(FACETS, row.facets, strict=True))
    whole = "\n".join((row.title, *row.pages))
    document = tantivy.Document(key=row.key, title=row.title, text=whole, **named)
    document.add_unsigned("dated", row.year)
    yield document
    for page in row.pages:
        yield tantivy.Document(page_of=row.key, page_text=page)


# SQLite ---------------------------------------------------------------------------------------------------


class Fts5:
    """One FTS5 row for each document and one for each page, those of a document in a run; matches are found once, kept
    beside, and counted there."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path)
        self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;")

    def build(self, listed: Iterator[Row]) -> None:
        self.connection.executescript(
            f"CREATE TABLE d (id INTEGER PRIMARY KEY, first INTEGER, last INTEGER, key TEXT, {', '.join(FACETS)});"
            "CREATE VIRTUAL TABLE p USING fts5(body, tokenize='unicode61 remove_diacritics 2', prefix='5');"
            "CREATE VIRTUAL TABLE f USING fts5(title, body, tokenize='unicode61 remove_diacritics 2', prefix='5');"
        )
        run, pages = self.connection.execute, 0
        marks = ", ".join("?" * (4 + len(FACETS)))
        for number, row in enumerate(listed, 1):
            facts = (number, pages + 1, pages + len(row.pages), row.key, *row.facets)
            run(f"INSERT INTO d VALUES ({marks})", facts)  # noqa: S608 marks are question marks
            said = (number, row.title, "\n".join(row.pages))
            run("INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)", said)
            for page in row.pages:
                pages += 1
                run("INSERT INTO p (rowid, body) VALUES (?, ?)", (pages, page))
        self.connection.commit()

    def ask(self, question: Question, levels: Sequence[str] = ()) -> Answer:
        where, values = limits(question, levels, "?")
        match = _fts5(question)
        run = self.connection.execute
        run("DROP TABLE IF EXISTS temp.m")
        found = f"SELECT d.*, f.rank AS rank FROM f JOIN d ON d.id = f.rowid WHERE f MATCH ? {where}"  # noqa: S608
        run(f"CREATE TEMP TABLE m AS {found}", (match, *values))
        total = run("SELECT count(*) FROM m").fetchone()[0]
        # Names and conditions are of this file, values are parameters.
        counted = [run(f"SELECT {name}, count(*) FROM m GROUP BY {name}").fetchall() for name in FACETS]  # noqa: S608
        first = run("SELECT first, last, key FROM m ORDER BY rank LIMIT ?", (HITS,)).fetchall()
        snippets = [self._best_page(begin, end, question) for begin, end, _key in first]
        return Answer(total, [key for *_pages, key in first], snippets, sum(map(len, counted)))

    def _best_page(self, begin: int, end: int, question: Question) -> str:
        """The first that holds all of it, else any: to rank pages FTS5 would count the whole index for each hit."""
        said = "SELECT snippet(p, 0, '<mark>', '</mark>', '…', 32) FROM p"
        told = f"{said} WHERE p MATCH ? AND rowid BETWEEN ? AND ? LIMIT 1"
        parts = _fts5_parts(question)
        for asked in dict.fromkeys((" AND ".join(parts), " OR ".join(parts))):
            if found := self.connection.execute(told, (asked, begin, end)).fetchone():
                return str(found[0])
        return ""


def _fts5(question: Question) -> str:
    asked = " AND ".join(_fts5_parts(question))
    return f'({asked}) NOT "{question.without}"' if question.without else asked


def _fts5_parts(question: Question) -> list[str]:
    parts = [f'"{word}"' for word in question.words]
    if question.phrase:
        parts.append(f'"{" ".join(question.phrase)}"')
    if question.start:
        parts.append(f"{question.start}*")
    return parts


def limits(question: Question, levels: Sequence[str], mark: str) -> tuple[str, list[object]]:
    """What of the documents may be answered, as conditions of SQL."""
    where, values = "", list[object]()
    if levels:
        where += f" AND d.level IN ({', '.join(mark for _ in levels)})"
        values += levels
    if question.tipo:
        where, values = f"{where} AND d.tipo = {mark}", [*values, question.tipo]
    if question.year:
        where, values = f"{where} AND d.year >= {mark}", [*values, str(question.year)]
    return where, values


# PostgreSQL -----------------------------------------------------------------------------------------------


class Postgres:
    """One row for each document, `to_tsvector('spanish', …)` kept in a column with a GIN index."""

    def __init__(self, address: str) -> None:
        import psycopg

        self.connection: Any = psycopg.connect(address, autocommit=True)

    def build(self, listed: Iterator[Row]) -> None:
        run = self.connection.execute
        facets = ", ".join(f"{name} text" for name in FACETS)
        run(f"CREATE TABLE d (id int, key text, {facets}, body text, words tsvector)")
        with self.connection.cursor().copy(f"COPY d (id, key, {', '.join(FACETS)}, body) FROM STDIN") as copy:
            for number, row in enumerate(listed, 1):
                copy.write_row((number, row.key, *row.facets, "\n".join((row.title, *row.pages))))
        run("UPDATE d SET words = to_tsvector('spanish', body)")
        run("CREATE INDEX ON d USING gin (words)")
        run("VACUUM ANALYZE d")

    def ask(self, question: Question, levels: Sequence[str] = ()) -> Answer:
        asked, said = _tsquery(question)
        where, values = limits(question, levels, "%s")
        matching = f"FROM d WHERE words @@ ({asked}) {where}"
        run = self.connection.execute
        groups = ", ".join(f"({name})" for name in FACETS)
        counted = run(
            f"SELECT count(*), {', '.join(FACETS)} {matching} GROUP BY GROUPING SETS ((), {groups})", (*said, *values)
        ).fetchall()
        total = next(row[0] for row in counted if not any(row[1:]))
        first = f"SELECT id, key, body {matching} ORDER BY ts_rank(words, {asked}) DESC, id LIMIT {HITS}"
        told = f"SELECT key, ts_headline('spanish', body, {asked}) FROM ({first}) h"  # noqa: S608
        hits = run(told, (*said, *said, *values, *said)).fetchall()
        return Answer(total, [key for key, _said in hits], [text for _key, text in hits], len(counted) - 1)


def _tsquery(question: Question) -> tuple[str, list[str]]:
    parts = [("plainto_tsquery('spanish', %s)", word) for word in question.words]
    if question.phrase:
        parts.append(("phraseto_tsquery('spanish', %s)", " ".join(question.phrase)))
    if question.start:
        parts.append(("to_tsquery('simple', %s)", f"{question.start}:*"))
    if question.without:
        parts.append(("!!plainto_tsquery('spanish', %s)", question.without))
    return " && ".join(part for part, _word in parts), [word for _part, word in parts]


MAKERS: dict[str, Callable[..., Any]] = {"tantivy": Tantivy, "SQLite FTS5": Fts5, "PostgreSQL": Postgres}
