"""States of a classification act: what may follow what, who owns each, and the event it leaves."""

from __future__ import annotations

from collections.abc import Mapping

from records.vocabulary import ActState, Role

NEXT: Mapping[str, frozenset[str]] = {
    # A stricter level that acts at once leaves a waiting proposal without object.
    ActState.PROPOSED: frozenset({ActState.IN_FORCE, ActState.REFUSED, ActState.SUPERSEDED}),
    ActState.IN_FORCE: frozenset({ActState.SUPERSEDED}),
    ActState.REFUSED: frozenset(),
    ActState.SUPERSEDED: frozenset(),
}
OWNER: Mapping[str, str] = {
    ActState.PROPOSED: Role.CONTRACTS_HEAD,
    ActState.IN_FORCE: Role.CONTRACTS_GROUP,
    ActState.REFUSED: Role.CONTRACTS_GROUP,
    ActState.SUPERSEDED: Role.CONTRACTS_GROUP,
}
EVENT: Mapping[str, str] = {
    ActState.PROPOSED: "level.proposed",
    ActState.IN_FORCE: "level.approved",
    ActState.REFUSED: "level.returned",
    ActState.SUPERSEDED: "level.overtaken",
}
