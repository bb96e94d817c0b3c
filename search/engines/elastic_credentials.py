"""Credentials of a search that is on servers: made by kind, ended, and asked what they really reach.

A kind is a row of `KINDS`; which process gets which is the composition's to say. Nothing here keeps a secret: an
account that may make keys is given for the moment, and a key is told once, to who made it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, TransportError

from search.engines import elastic_rights as rights
from search.engines.elastic_link import Address
from search.engines.elastic_rights import Descriptor, Reach

KINDS: Mapping[str, Callable[[str, Collection[str]], Descriptor]] = {
    "reader": rights.reader,
    "searcher": lambda prefix, _partitions: rights.searcher(prefix),
    "writer": lambda prefix, _partitions: rights.writer(prefix),
    "watcher": lambda prefix, _partitions: rights.watcher(prefix),
}
"""Kind → the rights of it under a prefix, over some partitions."""


class Account(NamedTuple):
    """Somebody who may make and end keys; neither is kept."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Account({self.user!r})"


@dataclass(frozen=True)
class Key:
    """`secret` is what a process is given; the servers tell it once."""

    id: str
    name: str
    secret: str = field(repr=False)


def on_servers() -> bool:
    """Whether servers of a search are known to this installation, whichever engine serves now."""
    return bool(_given().get("HOSTS"))


def prefix() -> str:
    """With which the names of its indexes begin."""
    return str(_given().get("PREFIX") or "custodia")


def powers_of(kind: str) -> frozenset[str]:
    """What a key of that kind may do to the cluster, as the servers name it."""
    return frozenset(KINDS[kind](prefix(), ())["cluster"])


def reach(partitions: Collection[str]) -> Reach:
    """What this process's own credential can do. Raises EngineUnavailable when nobody could be asked."""
    given = _given()
    client = _address(given, given.get("API_KEY", ""), given.get("USER", ""), given.get("PASSWORD", "")).client()
    return rights.reach(client, prefix(), partitions)


def make(kind: str, name: str, partitions: Collection[str], account: Account, days: int = 0) -> Key:
    """A new key of that kind; others of the same name go on. `days`: how long it lasts, 0 until it is ended. Raises
    EngineUnavailable."""
    with _asking(account) as client:
        told = client.security.create_api_key(
            name=name,
            role_descriptors={kind: KINDS[kind](prefix(), partitions)},
            expiration=f"{days}d" if days else None,
            metadata={"custodia": {"kind": kind, "prefix": prefix()}},
        ).body
    return Key(told["id"], told["name"], told["encoded"])


def end(name: str, keep: str, account: Account) -> list[str]:
    """Ends the keys of that name but the one of that id; the ids of those that ended. Raises EngineUnavailable."""
    with _asking(account) as client:
        held = client.security.get_api_key(name=name).body["api_keys"]
        ending = [one["id"] for one in held if one["id"] != keep and not one["invalidated"]]
        if not ending:
            return []
        ended: list[str] = client.security.invalidate_api_key(ids=ending).body["invalidated_api_keys"]
    return sorted(ended)


@contextmanager
def _asking(account: Account) -> Iterator[Elasticsearch]:
    """A client for that account; what the servers refuse it is told without their words."""
    try:
        yield _address(_given(), "", *account).client()
    except (TransportError, ApiError) as fault:
        raise rights.unavailable(fault) from None


def _given() -> Mapping[str, Any]:
    told: Mapping[str, Any] = settings.SEARCH.get("ELASTIC") or {}
    return told


def _address(given: Mapping[str, Any], key: str, user: str, password: str) -> Address:
    authority = str(given.get("CA") or "")
    return Address(given["HOSTS"], key, user, password, authority, float(given.get("TIMEOUT") or 10.0))
