"""Do the triggers of a database do what ours do? One of the right name that does nothing would hold nothing.

The text that the database keeps is held against the statement that made it; PostgreSQL's also by the function called.
Of a condition (WHEN), which PostgreSQL tells in its own words, only that there is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

CREATED = re.compile(r"\s*CREATE TRIGGER (\w+) ")
DEFINED = re.compile(r"\s*CREATE OR REPLACE FUNCTION (\w+)\(\).*?\$\$(.*)\$\$\s*", re.S)
CALLED = re.compile(r"EXECUTE FUNCTION (?:\w+\.)?(\w+)\(\)")
CONDITION = re.compile(r" WHEN \(.*\) EXECUTE ")

SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'held_%'"
POSTGRESQL = (
    "SELECT t.tgname, pg_get_triggerdef(t.oid, true), p.proname, p.prosrc FROM pg_trigger t"
    " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname LIKE 'held_%' AND t.tgenabled = 'A'"
)


def sound(connection: BaseDatabaseWrapper, statements: Iterable[str]) -> set[str]:
    """Names of the triggers that are there, switched on, and as these statements make them."""
    return READERS[connection.vendor](connection, list(statements))


def in_sqlite(connection: BaseDatabaseWrapper, statements: list[str]) -> set[str]:
    wanted = triggers_in(statements)
    with connection.cursor() as cursor:
        cursor.execute(SQLITE)
        return {name for name, text in cursor.fetchall() if plain(text) == wanted.get(name)}


def in_postgresql(connection: BaseDatabaseWrapper, statements: list[str]) -> set[str]:
    wanted, bodies = triggers_in(statements), functions_in(statements)
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL)
        found = cursor.fetchall()
    return {
        name
        for name, text, function, body in found
        if plain(text) == wanted.get(name) and squeezed(body) == bodies.get(function)
    }


def triggers_in(statements: list[str]) -> Mapping[str, str]:
    return {match[1]: plain(one) for one in statements if (match := CREATED.match(one))}


def functions_in(statements: list[str]) -> Mapping[str, str]:
    return {match[1]: squeezed(match[2]) for one in statements if (match := DEFINED.match(one))}


def plain(text: str) -> str:
    """A trigger's text without quotes, spaces that say nothing, and the words of a condition before a call."""
    bare = squeezed(text.replace('"', ""))
    return CONDITION.sub(" WHEN EXECUTE ", CALLED.sub(r"EXECUTE FUNCTION \1()", bare))


def squeezed(text: str) -> str:
    return " ".join(text.split())


READERS: Mapping[str, Callable[[BaseDatabaseWrapper, list[str]], set[str]]] = {
    "sqlite": in_sqlite,
    "postgresql": in_postgresql,
}
