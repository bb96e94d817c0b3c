"""Who may: one decision, from which check, list, count, search scope, download and explanation derive (D3).

The decision is the list of *grounds* a person holds: each says what it opens (levels; everywhere, in some expedientes
or of some pieces) and on what act it rests. Kinds of ground are rows of `kinds.KINDS`; what offices open and may do are
the tables of `matrix`; `reach` sums grounds up for lists and searches; `rights` answers. Nothing else in the house asks
guardian, and nothing outside imports from within this package.
"""

from records.permissions.absent import no_document, no_expediente
from records.permissions.everyone import rights_of_each
from records.permissions.granted import GRANT_RULES
from records.permissions.ground import Ground
from records.permissions.levels import level_at, levels_then
from records.permissions.matrix import (
    ALL,
    ANSWERING,
    APPOINTMENTS,
    CLASSED,
    CUSTODIAN_ACTS,
    NEVER_ANSWERING,
    NO_CUSTODY,
    NOT_RESERVED,
    OFFICE_ACTS,
    OFFICES,
    OWNERS,
    READING,
    Levels,
)
from records.permissions.own import SPEAKING
from records.permissions.reach import LevelReach, Reach, condition_of
from records.permissions.recusals import Barred, kin_of, standing_recusals
from records.permissions.rights import (
    Actor,
    Rights,
    allows,
    check,
    check_again,
    expedientes_visible_to,
    grounds_for,
    is_custodian_of,
    is_staff_everywhere,
    may_answer,
    rights_of,
    roles_of,
    scope_for,
    sees,
    visible_to,
)
from records.permissions.role_matrix import COLUMNS, MATRIX, NONE_YET, Cell, cells
from records.permissions.roles import holders, holders_of
from records.permissions.sitting import read_anew, sitting

__all__ = [
    "ALL",
    "ANSWERING",
    "APPOINTMENTS",
    "CLASSED",
    "COLUMNS",
    "CUSTODIAN_ACTS",
    "GRANT_RULES",
    "MATRIX",
    "NEVER_ANSWERING",
    "NONE_YET",
    "NOT_RESERVED",
    "NO_CUSTODY",
    "OFFICES",
    "OFFICE_ACTS",
    "OWNERS",
    "READING",
    "SPEAKING",
    "Actor",
    "Barred",
    "Cell",
    "Ground",
    "LevelReach",
    "Levels",
    "Reach",
    "Rights",
    "allows",
    "cells",
    "check",
    "check_again",
    "condition_of",
    "expedientes_visible_to",
    "grounds_for",
    "holders",
    "holders_of",
    "is_custodian_of",
    "is_staff_everywhere",
    "kin_of",
    "level_at",
    "levels_then",
    "may_answer",
    "no_document",
    "no_expediente",
    "read_anew",
    "rights_of",
    "rights_of_each",
    "roles_of",
    "scope_for",
    "sees",
    "sitting",
    "standing_recusals",
    "visible_to",
]
