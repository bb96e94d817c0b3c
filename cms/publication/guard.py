"""What the database itself refuses about the public history: kept states are added, and a withdrawal empties them.

`cms.wiring` joins these triggers to custody's own (`records.triggers`): with them they are installed, lifted for tests,
and demanded at each start and after a restore. An owner of the database can do away with them; then nothing starts
until they are there again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "publication_publicchange"
MESSAGE = "custodia: un estado público no se cambia ni se borra; retirarlo lo vacía"
#: Columns that a withdrawal empties, all at once, and what they are then.
EMPTY: Mapping[str, str] = {"card": "'{}'", "digest": "''", "note": "''"}
ACTS: Mapping[str, tuple[str, ...]] = {
    "sqlite": ("update", "delete", "replace"),
    "postgresql": ("update", "delete", "truncate"),
}
FUNCTION = "custodia_held_past"


def name_of(act: str) -> str:
    return f"held_{TABLE}_{act}"


#: What a database of each kind must have.
NAMES = {vendor: frozenset(map(name_of, acts)) for vendor, acts in ACTS.items()}


def statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, TABLE)
    yield from BUILDERS[connection.vendor]([column.name for column in description])


def emptied(columns: list[str], same: str) -> str:
    """Is this update the one that a withdrawal does? `same` compares two values, nothing with nothing too."""
    told = (f'NEW."{name}" = {empty}' for name, empty in EMPTY.items() if name in columns)
    kept = (f'NEW."{name}" {same} OLD."{name}"' for name in columns if name not in EMPTY)
    return " AND ".join((*told, *kept))


def sqlite(columns: list[str]) -> Iterator[str]:
    """A row is replaced by its key or by the number that SQLite gives each row: the first insert says neither."""
    taken = f'EXISTS (SELECT 1 FROM "{TABLE}" WHERE "id" = NEW."id" OR "rowid" = NEW."rowid")'  # noqa: S608 - our names
    moments = {
        "update": f'BEFORE UPDATE ON "{TABLE}" WHEN NOT ({emptied(columns, "IS")})',
        "delete": f'BEFORE DELETE ON "{TABLE}"',
        "replace": f'BEFORE INSERT ON "{TABLE}" WHEN {taken}',
    }
    for act, moment in moments.items():
        name = name_of(act)
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE TRIGGER {name} {moment} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"


def postgresql(columns: list[str]) -> Iterator[str]:
    """The condition is in the function, whose text is compared: of a trigger's own only its being there would be."""
    may = emptied(columns, "IS NOT DISTINCT FROM")
    yield (
        f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {may} THEN RETURN NEW; END IF; END IF; RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    for act in ACTS["postgresql"]:
        name, scope = name_of(act), "STATEMENT" if act == "truncate" else "ROW"
        yield f'DROP TRIGGER IF EXISTS {name} ON "{TABLE}"'
        moment = f'BEFORE {act.upper()} ON "{TABLE}" FOR EACH {scope}'
        yield f"CREATE TRIGGER {name} {moment} EXECUTE FUNCTION {FUNCTION}()"
        yield f'ALTER TABLE "{TABLE}" ENABLE ALWAYS TRIGGER {name}'


BUILDERS = {"sqlite": sqlite, "postgresql": postgresql}
