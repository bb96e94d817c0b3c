"""Database triggers that hold what code could forget: rows that are only added, columns that never change.

Installed after each migration on SQLite and PostgreSQL; the start-up check compares with EXPECTED.
What an owner of the database does all the same is for the ledger's verifier to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.backends.base.base import BaseDatabaseWrapper

from records import hold_triggers, trigger_texts

MESSAGE = "custodia: este registro no se modifica ni se borra"

#: Table → columns that may still change; every other column and the row's existence are held.
HELD: Mapping[str, Sequence[str]] = {
    "records_ledgerevent": (),
    "records_checkpoint": (),
    "records_headstamp": (),
    "records_statechange": (),
    "records_blob": (),
    "records_grant": (),
    "records_convenionumber": (),
    "records_package": (),
    "records_grantwithdrawal": (),
    "records_document": ("level", "state", "annex_id", "template_version"),
    "records_expediente": (
        *("state", "stage", "format", "physical_place", "closed_on", "closed_definitively_on"),
        *("trd_id", "subserie_id", "last_order", "last_folio"),
    ),
    "records_annex": ("title",),
    "records_placement": (),
    "records_physicalplace": (),
    "records_annulment": (),
    "records_part": (),
    "records_rendition": (),
    "records_signaturereport": (),
    "records_signingkey": (),
    "records_indexissue": (),
    "records_certificate": (),
    "records_trdversion": ("in_force_until",),
    "records_serie": (),
    "records_subserie": (),
    "records_tipodocumental": (),
    "records_resentencing": ("state", "decided_by_id", "decided_at", "observations"),
    "records_classificationact": ("state", "decided_by_id", "decided_at", "observations"),
    "records_accountspell": (),
    "records_appointment": (),
    "records_appointmentend": (),
    "records_roleassignment": (),
    "records_roleend": (),
    "records_personact": (),
    "records_personactdecision": (),
    "records_organisation": (),
    "records_organisationmember": (),
    "records_memberend": (),
    "records_tie": (),
    "records_tieend": (),
    "records_recusal": (),
    "records_recusalend": (),
    "records_accessrequest": (),
    "records_accesscase": (),
    "records_caseend": (),
    "records_accessanswer": (),
    "records_breakglass": (),
    "records_breakglassconfirmation": (),
    "records_breakglassreview": (),
    "records_hold": (),
    "records_holdlift": (),
    "convenios_publicationdecision": (),
}
KEYS: Mapping[str, str] = {
    "records_ledgerevent": "index",
    "records_checkpoint": "size",
    "records_headstamp": "checkpoint_id",
    "records_blob": "digest",
    "records_grantwithdrawal": "grant_id",
    "records_annulment": "document_id",
    "records_appointmentend": "appointment_id",
    "records_roleend": "assignment_id",
    "records_personactdecision": "asked_id",
    "records_accessanswer": "request_id",
    "records_breakglassconfirmation": "emergency_id",
    "records_breakglassreview": "emergency_id",
    "records_memberend": "member_id",
    "records_tieend": "tie_id",
    "records_recusalend": "recusal_id",
    "records_holdlift": "hold_id",
    "records_caseend": "case_id",
    "records_signingkey": "key_id",
    "records_trdversion": "number",
}
#: Rows that go with the account they tell of, and not before it: nobody is in custody's history who was never there.
SPELLS, PERSON = "records_accountspell", "person_id"
ACTS = ("update", "delete", "replace")
#: Receipts are signed over the login, and the ledger's leaves hold it: a person's never changes (ADR 18).
LOGIN = "held_login_update"


def name_of(table: str, act: str) -> str:
    return f"held_{table}_{act}"


#: Names every installation must have; PostgreSQL guards truncation where SQLite guards replacement.
EXPECTED: dict[str, frozenset[str]] = {
    "sqlite": frozenset(name_of(table, act) for table in HELD for act in ACTS)
    | {LOGIN}
    | hold_triggers.EXPECTED["sqlite"],
    "postgresql": frozenset(name_of(table, act) for table in HELD for act in ("update", "delete", "truncate"))
    | {LOGIN}
    | hold_triggers.EXPECTED["postgresql"],
}


@dataclass(frozen=True)
class HeldTable:
    """A table of another room that the database holds with custody's: names of its triggers on each kind of database,
    and the statements that make them, which drop a former one first. Each name begins with `held_`."""

    table: str
    names: Mapping[str, frozenset[str]]
    statements: Callable[[BaseDatabaseWrapper], Iterator[str]]


JOINED: dict[str, HeldTable] = {}


def hold_table(held: HeldTable) -> None:
    """From now on it is installed, expected, proved and lifted with ours; twice is the same as once."""
    JOINED[held.table] = held
    for vendor, names in held.names.items():
        EXPECTED[vendor] |= names


def install(connection: BaseDatabaseWrapper) -> None:
    """Make them all anew: a table that gained a column holds it too, and one that was tampered with is right again."""
    wanted = list(all_statements(connection))
    with connection.cursor() as cursor:
        for statement in wanted:
            cursor.execute(statement)


def all_statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """What makes every trigger whose table is there."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
    yield from statements(connection, [table for table in HELD if table in existing])
    yield from hold_triggers.statements(connection.vendor, existing)
    for held in JOINED.values():
        yield from held.statements(connection) if held.table in existing else ()
    for statement in LOGIN_STATEMENTS[connection.vendor] if people()["table"] in existing else ():
        yield statement.format(name=LOGIN, message=MESSAGE, **people())


def uninstall_holds(connection: BaseDatabaseWrapper) -> None:
    """Remove those that ask other tables (of holds, of accounts), for as long as tables are remade."""
    with connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        for name, table in hold_triggers.names(connection.vendor):
            if table in existing:
                cursor.execute(DROP[connection.vendor].format(name=name, table=table))
        if SPELLS in existing:
            cursor.execute(DROP[connection.vendor].format(name=name_of(SPELLS, "delete"), table=SPELLS))


def uninstall(connection: BaseDatabaseWrapper) -> None:
    """Remove them all: only for emptying a test database between tests."""
    uninstall_holds(connection)
    with connection.cursor() as cursor:
        for table in HELD:
            for act in (*ACTS, "truncate"):
                cursor.execute(DROP[connection.vendor].format(name=name_of(table, act), table=table))
        for held in JOINED.values():
            for name in held.names[connection.vendor]:
                cursor.execute(DROP[connection.vendor].format(name=name, table=held.table))
        cursor.execute(DROP[connection.vendor].format(name=LOGIN, table=people()["table"]))


def present(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of our triggers that the database has, switched on and as we make them."""
    return trigger_texts.sound(connection, all_statements(connection))


def statements(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield POSTGRES_FUNCTION
        yield SPELL_FUNCTION.format(there=account_there())
    for table in tables:
        yield from BUILDERS[connection.vendor](connection, table)


def sqlite_statements(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    key = KEYS.get(table, "id")
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    columns = ", ".join(f'"{column}"' for column in held_columns(connection, table))
    yield from (f"DROP TRIGGER IF EXISTS {name_of(table, act)}" for act in ACTS)
    yield f'CREATE TRIGGER {name_of(table, "update")} BEFORE UPDATE OF {columns} ON "{table}" {refuse}'
    there = f" WHEN {account_there()}" if table == SPELLS else ""
    yield f'CREATE TRIGGER {name_of(table, "delete")} BEFORE DELETE ON "{table}"{there} {refuse}'
    taken = f'EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}")'  # noqa: S608 - names are HELD's
    yield f'CREATE TRIGGER {name_of(table, "replace")} BEFORE INSERT ON "{table}" WHEN {taken} {refuse}'


def postgres_statements(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    columns = ", ".join(f'"{column}"' for column in held_columns(connection, table))
    shapes = (
        ("update", f"BEFORE UPDATE OF {columns}", "ROW"),
        ("delete", "BEFORE DELETE", "ROW"),
        ("truncate", "BEFORE TRUNCATE", "STATEMENT"),
    )
    for act, moment, scope in shapes:
        name = name_of(table, act)
        yield f'DROP TRIGGER IF EXISTS {name} ON "{table}"'
        held = "custodia_held_spell" if (table, act) == (SPELLS, "delete") else "custodia_held"
        yield f'CREATE TRIGGER {name} {moment} ON "{table}" FOR EACH {scope} EXECUTE FUNCTION {held}()'
        yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}'


def account_there() -> str:
    """Is the account of which a row tells still in its table?"""
    table = people()["table"]
    return f'EXISTS (SELECT 1 FROM "{table}" held WHERE held."id" = OLD."{PERSON}")'  # noqa: S608 - names of ours


def people() -> dict[str, str]:
    """Where the configured user model keeps the login."""
    model = get_user_model()
    _attribute, column = model._meta.get_field(model.USERNAME_FIELD).get_attname_column()  # type: ignore[union-attr]
    return {"table": model._meta.db_table, "column": str(column)}


def held_columns(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in description if column.name not in HELD[table]]


POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION custodia_held() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$
"""
SPELL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION custodia_held_spell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {{there}} THEN RAISE EXCEPTION '{MESSAGE}'; END IF; RETURN OLD; END $$
"""
#: A form writes every column again, so only another value is refused.
LOGIN_STATEMENTS = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS {name}",
        (
            'CREATE TRIGGER {name} BEFORE UPDATE OF "{column}" ON "{table}"'
            """ WHEN NEW."{column}" IS NOT OLD."{column}" BEGIN SELECT RAISE(ABORT, '{message}'); END"""
        ),
    ),
    "postgresql": (
        'DROP TRIGGER IF EXISTS {name} ON "{table}"',
        (
            'CREATE TRIGGER {name} BEFORE UPDATE OF "{column}" ON "{table}" FOR EACH ROW'
            ' WHEN (NEW."{column}" IS DISTINCT FROM OLD."{column}") EXECUTE FUNCTION custodia_held()'
        ),
        'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {name}',
    ),
}
BUILDERS = {"sqlite": sqlite_statements, "postgresql": postgres_statements}
DROP = {
    "sqlite": "DROP TRIGGER IF EXISTS {name}",
    "postgresql": 'DROP TRIGGER IF EXISTS {name} ON "{table}"',
}
