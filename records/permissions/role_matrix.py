"""The access matrix of the programme as data: what each role does with each kind of matter, and what that rests on.

Letters: V view content, M metadata only, F file, C classify, A approve or sign. `rests` names the kind of ground
(`kinds.KINDS`) that gives the reading here; NONE_YET: what it speaks of (sessions, drafts, offers, liquidation
packages) is not kept yet, and nothing is opened until it is. Source: offset domain, access matrix, and for what has
no level yet its table of levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from records.vocabulary import Level, Role

NONE_YET = "none_yet"
LAW, OFFICE, OWN_OFFICE, GRANT = "public_by_law", "office", "own_office", "grant"
#: Columns of the matrix that are no level of a piece.
DRAFTS, ACTAS, PACKAGE = "drafts", "actas", "liquidation_package"
COLUMNS = (Level.PUBLIC, Level.RESTRICTED, Level.RESERVED, Level.UNCLASSIFIED, DRAFTS, ACTAS, PACKAGE)


@dataclass(frozen=True)
class Cell:
    """What a role does with one kind of matter: letters, how far (empty: all of it), and what reading rests on."""

    letters: str
    rests: str
    extent: str = ""


def later(letters: str, extent: str = "") -> Cell:
    return Cell(letters, NONE_YET, extent)


BY_GRANT = Cell("V", GRANT)
LATER = later("V")
#: Everybody who enters reads what is public.
PUBLIC = Cell("V", LAW)

MATRIX: Mapping[str, Mapping[str, Cell]] = {
    Role.CONTRACTS_GROUP: {
        Level.PUBLIC: Cell("VFC", OFFICE), Level.RESTRICTED: Cell("VFC", OFFICE),
        Level.RESERVED: Cell("VFC", "appointment_custodian", "named custodian; a placeholder for the others"),
        Level.UNCLASSIFIED: Cell("VFC", OFFICE),
        DRAFTS: later("VF"), ACTAS: later("VF"), PACKAGE: later("VF"),
    },
    Role.CONTRACTS_HEAD: {
        Level.PUBLIC: Cell("VA", OFFICE), Level.RESTRICTED: Cell("V", OFFICE), Level.RESERVED: BY_GRANT,
        DRAFTS: later("VA"), ACTAS: LATER, PACKAGE: LATER,
    },
    Role.SECRETARY_GENERAL: {
        Level.PUBLIC: Cell("VA", OFFICE), Level.RESTRICTED: Cell("V", OFFICE), Level.RESERVED: BY_GRANT,
        DRAFTS: later("VA"), ACTAS: LATER, PACKAGE: later("VA"),
    },
    Role.VDE_DEPENDENCY: {
        Level.PUBLIC: Cell("VF", LAW), Level.RESTRICTED: Cell("V", OWN_OFFICE, "own"), Level.RESERVED: BY_GRANT,
        DRAFTS: later("VF", "own"), ACTAS: LATER, PACKAGE: later("V", "own"),
    },
    Role.PLANNING_LEGAL: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: later("V", "under review"), Level.RESERVED: BY_GRANT,
        DRAFTS: later("V", "under review"), ACTAS: later("V", "own items"), PACKAGE: later("M"),
    },
    Role.COMMITTEE_MEMBER: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: later("V", "session papers, not recused items"),
        Level.RESERVED: BY_GRANT, DRAFTS: later("V", "session papers"), ACTAS: LATER,
        PACKAGE: later("V", "at concept"),
    },
    Role.TECHNICAL_SECRETARIAT: {
        Level.PUBLIC: Cell("VF", LAW), Level.RESTRICTED: later("V", "session papers"), Level.RESERVED: BY_GRANT,
        DRAFTS: later("V", "session papers"), ACTAS: later("VFA"), PACKAGE: LATER,
    },
    Role.MANAGER_OFFICIAL: {
        Level.PUBLIC: Cell("VF", LAW), Level.RESTRICTED: later("V", "own project"), Level.RESERVED: BY_GRANT,
        DRAFTS: later("V", "own"), ACTAS: later("V", "own items"), PACKAGE: later("M"),
    },
    Role.MANAGER_PRIVATE: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: BY_GRANT, DRAFTS: later("V", "own project"),
    },
    Role.SUPERVISOR: {
        Level.PUBLIC: Cell("VF", LAW), Level.RESTRICTED: Cell("V", "appointment_supervisor", "own convenio"),
        Level.RESERVED: BY_GRANT, DRAFTS: later("V", "own"), PACKAGE: later("VF", "own"),
    },
    Role.SUPPLIER: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: Cell("V", "own_supplier", "own material"), Level.RESERVED: BY_GRANT,
        DRAFTS: later("V", "own offers"), PACKAGE: later("V", "own, to sign"),
    },
    Role.RECEPTOR: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: Cell("V", "own_receptor", "own project, not supplier IP"),
        DRAFTS: later("V", "own project"),
    },
    Role.REVIEWER: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: BY_GRANT, Level.RESERVED: BY_GRANT, DRAFTS: later("V", "grant"),
        ACTAS: later("V", "grant"), PACKAGE: later("V", "grant"),
    },
    Role.LIAISON: {
        Level.PUBLIC: PUBLIC, Level.RESTRICTED: later("V", "reports addressed to it"), Level.RESERVED: BY_GRANT,
    },
    Role.AUDITOR: {Level.PUBLIC: PUBLIC, Level.RESTRICTED: BY_GRANT, Level.RESERVED: BY_GRANT},
    Role.AUTHORITY: {Level.PUBLIC: PUBLIC, Level.RESTRICTED: BY_GRANT, Level.RESERVED: BY_GRANT},
    # Who manages people holds no custody content, and who edits or approves pages never enters custody.
    Role.ADMINISTRATOR: {},
    Role.PAGE_EDITOR: {},
    Role.PAGE_APPROVER: {},
}  # fmt: skip


def cells() -> Iterator[tuple[str, str, Cell]]:
    """(role, column, cell) of the whole matrix."""
    return ((role, column, cell) for role, row in MATRIX.items() for column, cell in row.items())


def levels_resting_on(rule: str) -> Mapping[str, frozenset[str]]:
    """Role → the levels that it reads on a ground of this kind."""
    found: dict[str, set[str]] = {}
    for role, column, cell in cells():
        if cell.rests == rule and column in Level.values:
            found.setdefault(role, set()).add(column)
    return {role: frozenset(levels) for role, levels in found.items()}
