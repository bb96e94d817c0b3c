"""State machines as tables: what may follow what, and the event each step leaves. No person appears here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from records.vocabulary import ActState, DocumentState, ExpedienteState, Role


@dataclass(frozen=True)
class Machine:
    """`next`: state → states that may follow. `event`: state reached → action of `audit.ACTIONS`.

    `about`: attribute of the moved object that the event is about, empty for the object itself.
    """

    next: Mapping[str, frozenset[str]]
    event: Mapping[str, str]
    about: str = ""


#: A piece goes step by step (B9); what was registered is never deleted, only annulled (B10).
DOCUMENT = Machine(
    next={
        DocumentState.FILED: frozenset({DocumentState.CLASSIFIED, DocumentState.ANNULLED}),
        DocumentState.CLASSIFIED: frozenset({DocumentState.REGISTERED, DocumentState.ANNULLED}),
        DocumentState.REGISTERED: frozenset({DocumentState.SEALED, DocumentState.ANNULLED}),
        DocumentState.SEALED: frozenset({DocumentState.ANNULLED}),
        DocumentState.ANNULLED: frozenset(),
    },
    event={
        DocumentState.CLASSIFIED: "document.classified",
        DocumentState.REGISTERED: "document.registered",
        DocumentState.SEALED: "document.sealed",
        DocumentState.ANNULLED: "document.annulled",
    },
)
#: Two closings, and reopening with cause (Acuerdo AGN 001 de 2024).
EXPEDIENTE = Machine(
    next={
        ExpedienteState.OPEN: frozenset({ExpedienteState.CLOSED_ADMINISTRATIVE}),
        ExpedienteState.CLOSED_ADMINISTRATIVE: frozenset({ExpedienteState.CLOSED_DEFINITIVE, ExpedienteState.OPEN}),
        ExpedienteState.CLOSED_DEFINITIVE: frozenset({ExpedienteState.OPEN}),
    },
    event={
        ExpedienteState.CLOSED_ADMINISTRATIVE: "expediente.closed",
        ExpedienteState.CLOSED_DEFINITIVE: "expediente.closed_for_good",
        ExpedienteState.OPEN: "expediente.reopened",
    },
)
CLASSIFICATION = Machine(
    next={
        # A stricter level that acts at once leaves a waiting proposal without object.
        ActState.PROPOSED: frozenset({ActState.IN_FORCE, ActState.REFUSED, ActState.SUPERSEDED}),
        ActState.IN_FORCE: frozenset({ActState.SUPERSEDED}),
        ActState.REFUSED: frozenset(),
        ActState.SUPERSEDED: frozenset(),
    },
    event={
        ActState.IN_FORCE: "level.approved",
        ActState.REFUSED: "level.returned",
        ActState.SUPERSEDED: "level.overtaken",
    },
    about="document",
)
RESENTENCING = Machine(
    next={
        ActState.PROPOSED: frozenset({ActState.IN_FORCE, ActState.REFUSED}),
        ActState.IN_FORCE: frozenset(),
        ActState.REFUSED: frozenset(),
    },
    event={ActState.IN_FORCE: "retention.approved", ActState.REFUSED: "retention.returned"},
    about="expediente",
)
#: Class of the moved object → its machine.
MACHINES: Mapping[str, Machine] = {
    "Document": DOCUMENT,
    "Expediente": EXPEDIENTE,
    "ClassificationAct": CLASSIFICATION,
    "Resentencing": RESENTENCING,
}
#: Whose turn it is in each state of a classification act.
OWNER: Mapping[str, str] = {
    ActState.PROPOSED: Role.CONTRACTS_HEAD,
    ActState.IN_FORCE: Role.CONTRACTS_GROUP,
    ActState.REFUSED: Role.CONTRACTS_GROUP,
    ActState.SUPERSEDED: Role.CONTRACTS_GROUP,
}
