"""What each office and appointment opens and may do: tables, and no question to the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from records.permissions.role_matrix import levels_resting_on
from records.vocabulary import Action, AppointmentKind, Level, Role

Levels: TypeAlias = frozenset[str]

ALL: Levels = frozenset(Level.values)
CLASSED: Levels = ALL - {Level.UNCLASSIFIED}
NOT_RESERVED: Levels = frozenset((Level.PUBLIC, Level.RESTRICTED))

#: What an office opens by itself, everywhere (as `role_matrix` has it; reserved pieces never by office).
OFFICES: Mapping[str, Levels] = levels_resting_on("office")
#: What the office responsible for an expediente opens there, for offices that do not open it everywhere.
OWNERS: Mapping[str, Levels] = levels_resting_on("own_office")
#: What an appointment by name opens, in its expediente.
APPOINTMENTS: Mapping[str, Levels] = {
    AppointmentKind.CUSTODIAN: ALL,
    AppointmentKind.SUPERVISOR: NOT_RESERVED,
}
#: Acts an office may do wherever it sees the object. Acts of a custodian are in CUSTODIAN_ACTS.
OFFICE_ACTS: Mapping[str, frozenset[str]] = {
    Action.OPEN_EXPEDIENTE: frozenset({Role.CONTRACTS_GROUP}),
    Action.FILE: frozenset({Role.CONTRACTS_GROUP}),
    Action.REGISTER: frozenset({Role.CONTRACTS_GROUP}),
    Action.ANNUL: frozenset({Role.CONTRACTS_GROUP}),
    Action.ADVANCE_EXPEDIENTE: frozenset({Role.CONTRACTS_GROUP}),
    Action.REOPEN_EXPEDIENTE: frozenset({Role.CONTRACTS_HEAD}),
    Action.ISSUE_INDEX: frozenset({Role.CONTRACTS_GROUP}),
    Action.LOAD_TRD: frozenset({Role.CONTRACTS_GROUP}),
    Action.APPROVE_TRD: frozenset({Role.CONTRACTS_HEAD}),
    Action.HANDLE_QUARANTINE: frozenset({Role.CONTRACTS_GROUP}),
    Action.PROPOSE_LEVEL: frozenset({Role.CONTRACTS_GROUP}),
    Action.APPROVE_LEVEL: frozenset({Role.CONTRACTS_HEAD}),
    Action.PUBLISH: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
    Action.READ_LEDGER: frozenset({Role.AUDITOR}),
    Action.ACKNOWLEDGE_ROLLBACK: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
    Action.VERIFY: frozenset({Role.CONTRACTS_GROUP, Role.AUDITOR}),
    Action.LIFT_HOLD: frozenset({Role.CONTRACTS_HEAD}),
    Action.BREAK_GLASS: frozenset(OFFICES),
    Action.CONFIRM_BREAK_GLASS: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
    Action.MANAGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Action.CONFIRM_PERSON: frozenset({Role.CONTRACTS_HEAD, Role.SECRETARY_GENERAL}),
}
CUSTODIAN_ACTS: frozenset[str] = frozenset(
    {
        Action.GRANT,
        Action.RECUSE,
        Action.REVIEW_BREAK_GLASS,
        Action.EXPLAIN_OTHERS,
        Action.CLOSE_EXPEDIENTE,
        Action.PLACE_HOLD,
        Action.ISSUE_CERTIFICATE,
    }
)
READING: frozenset[str] = frozenset({Action.VIEW, Action.DOWNLOAD})
#: Segregation of duties: who manages people holds no custody content, whatever else she is.
NO_CUSTODY: frozenset[str] = frozenset({Role.ADMINISTRATOR})
#: Who may answer for pieces, by custody of an expediente or for a reserve: staff of these roles and of none of the
#: others, which belong to outsiders or watch over the rest.
ANSWERING: frozenset[str] = frozenset({*OFFICES, Role.SUPERVISOR})
NEVER_ANSWERING: frozenset[str] = NO_CUSTODY | {Role.SUPPLIER, Role.AUDITOR}
