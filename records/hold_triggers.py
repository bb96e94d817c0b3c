"""Database triggers of holds: while one stands, nothing of what it names is deleted, dropped or discarded (R5).

They stand beside those of `records.triggers`, which refuse every deletion today: when disposal comes, and those let
some rows go, these still refuse what is held. `{row}` is the row's old values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

MESSAGE = "custodia: la disposición está suspendida y nada se retira"
STANDING = (
    "SELECT 1 FROM records_hold h WHERE NOT EXISTS (SELECT 1 FROM records_holdlift l WHERE l.hold_id = h.id) AND "
)
#: What makes a hold reach a row.
OF_PLACE = "h.expediente_id = {row}.{column}"
OF_PIECE = (
    "(h.document_id = {row}.{column} OR h.expediente_id IN (SELECT d.expediente_id FROM records_document d"
    " WHERE d.id = {row}.{column} UNION SELECT p.expediente_id FROM records_placement p"
    " WHERE p.document_id = {row}.{column}))"
)
OF_WHOLE = (
    "(h.expediente_id = {row}.{column} OR h.document_id IN (SELECT d.id FROM records_document d"
    " WHERE d.expediente_id = {row}.{column} UNION SELECT p.document_id FROM records_placement p"
    " WHERE p.expediente_id = {row}.{column}))"
)
OF_BYTES = (
    "(h.document_id IN {resting} OR h.expediente_id IN (SELECT d.expediente_id FROM records_document d"
    " WHERE d.id IN {resting} UNION SELECT p.expediente_id FROM records_placement p"
    " WHERE p.document_id IN {resting}))"
).replace(
    "{resting}",
    "(SELECT d.id FROM records_document d WHERE d.blob_id = {row}.{column}"
    " UNION SELECT r.document_id FROM records_rendition r WHERE r.blob_id = {row}.{column})",
)


@dataclass(frozen=True)
class Guard:
    """How a hold reaches the rows of a table, and the update by which the product drops one without deleting it."""

    reach: str
    column: str
    dropped: str = ""
    updated: str = ""

    def condition(self, row: str) -> str:
        return f"EXISTS ({STANDING}{self.reach.format(row=row, column=self.column)})"


GUARDS: Mapping[str, Guard] = {
    "records_document": Guard(OF_PIECE, "id"),
    "records_placement": Guard(OF_PIECE, "document_id"),
    "records_rendition": Guard(OF_PIECE, "document_id"),
    "records_part": Guard(OF_PIECE, "document_id"),
    "records_signaturereport": Guard(OF_PIECE, "document_id"),
    "records_annulment": Guard(OF_PIECE, "document_id"),
    "records_physicalplace": Guard(OF_PIECE, "document_id"),
    "records_reading": Guard(OF_PIECE, "document_id"),
    "records_pagetext": Guard(OF_PIECE, "document_id"),
    "records_expediente": Guard(OF_WHOLE, "id"),
    "records_annex": Guard(OF_PLACE, "expediente_id"),
    "records_blob": Guard(OF_BYTES, "digest"),
    "records_draft": Guard(OF_PLACE, "expediente_id", "NEW.state = 'discarded' AND OLD.state <> 'discarded'", "state"),
    "records_quarantined": Guard(OF_PLACE, "expediente_id", "OLD.kept AND NOT NEW.kept", "kept"),
}
ACTS: Mapping[str, tuple[str, ...]] = {"sqlite": ("delete",), "postgresql": ("delete", "truncate")}


def name_of(table: str, act: str) -> str:
    return f"held_by_hold_{table}_{act}"


#: Who placed a hold does not lift it (D12), whatever writes the row.
LIFT, LIFTS = "held_lift_by_another", "records_holdlift"
LIFT_MESSAGE = "custodia: quien suspendió la disposición no levanta la suspensión"
OWN_LIFT = "SELECT 1 FROM records_hold h WHERE h.id = NEW.hold_id AND h.placed_by_id = NEW.lifted_by_id"
LIFT_STATEMENTS: Mapping[str, tuple[str, ...]] = {
    "sqlite": (
        f"DROP TRIGGER IF EXISTS {LIFT}",
        (
            f'CREATE TRIGGER {LIFT} BEFORE INSERT ON "{LIFTS}" WHEN EXISTS ({OWN_LIFT})'
            f" BEGIN SELECT RAISE(ABORT, '{LIFT_MESSAGE}'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION custodia_lift() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({OWN_LIFT}) THEN RAISE EXCEPTION '{LIFT_MESSAGE}'; END IF; RETURN NEW; END $$"
        ),
        f'DROP TRIGGER IF EXISTS {LIFT} ON "{LIFTS}"',
        f'CREATE TRIGGER {LIFT} BEFORE INSERT ON "{LIFTS}" FOR EACH ROW EXECUTE FUNCTION custodia_lift()',
        f'ALTER TABLE "{LIFTS}" ENABLE ALWAYS TRIGGER {LIFT}',
    ),
}


def names(vendor: str) -> Iterator[tuple[str, str]]:
    """(trigger, table) of each that a database of this kind must have."""
    for table, guard in GUARDS.items():
        for act in (*ACTS[vendor], *(("drop",) if guard.dropped else ())):
            yield name_of(table, act), table
    yield LIFT, LIFTS


EXPECTED: Mapping[str, frozenset[str]] = {vendor: frozenset(name for name, _table in names(vendor)) for vendor in ACTS}
#: Tables that a guard of any table asks; all come with the migration of holds.
ASKED = frozenset({"records_hold", "records_holdlift"})


def statements(vendor: str, existing: Collection[str]) -> Iterator[str]:
    """What creates the triggers; nothing where the tables of holds are not made yet."""
    for table, guard in GUARDS.items() if set(existing) >= ASKED else ():
        if table in existing:
            yield from BUILDERS[vendor](table, guard)
    yield from LIFT_STATEMENTS[vendor] if set(existing) >= ASKED else ()


def sqlite(table: str, guard: Guard) -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}') WHERE {guard.condition('OLD')}; END"
    yield f"DROP TRIGGER IF EXISTS {name_of(table, 'delete')}"
    yield f'CREATE TRIGGER {name_of(table, "delete")} BEFORE DELETE ON "{table}" {refuse}'
    if guard.dropped:
        when = f'BEFORE UPDATE OF {guard.updated} ON "{table}" WHEN {guard.dropped}'
        yield f"DROP TRIGGER IF EXISTS {name_of(table, 'drop')}"
        yield f"CREATE TRIGGER {name_of(table, 'drop')} {when} {refuse}"


def postgres(table: str, guard: Guard) -> Iterator[str]:
    """The condition lives in a function: a trigger's own may not ask other tables."""
    function, any_hold = f"custodia_hold_{table}", f"EXISTS ({STANDING}TRUE)"
    raised = f"RAISE EXCEPTION '{MESSAGE}'; END IF;"
    yield (
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'TRUNCATE' THEN IF {any_hold} THEN {raised} RETURN NULL; END IF; "
        f"IF {guard.condition('OLD')} THEN {raised} "
        "IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; RETURN OLD; END $$"
    )
    moments = {
        "delete": "BEFORE DELETE ON {table} FOR EACH ROW",
        "truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
        "drop": f"BEFORE UPDATE OF {guard.updated} ON {{table}} FOR EACH ROW WHEN ({guard.dropped})",
    }
    for act in (*ACTS["postgresql"], *(("drop",) if guard.dropped else ())):
        name, moment = name_of(table, act), moments[act].format(table=f'"{table}"')
        yield f'DROP TRIGGER IF EXISTS {name} ON "{table}"'
        yield f"CREATE TRIGGER {name} {moment} EXECUTE FUNCTION {function}()"
        yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}'


BUILDERS = {"sqlite": sqlite, "postgresql": postgres}
