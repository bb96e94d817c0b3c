"""Rights that hang from nothing: rows of access without the act that gave them, or acts in force without their row.

No ordinary path leaves any. A data set that was loaded by hand, a restored table or SQL may: each is a number here,
and all are nought in a sound installation (criterion 33).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef, Q

from records import clock
from records.models import RIGHTS, Grant, LedgerEvent, RoleAssignment
from records.vocabulary import Role

#: The columns of a grant and of a right that name the holder.
HOLDERS = {"person": ("user_id", "grant__person_id"), "office": ("group_id", "grant__office_id")}


def count_loose_rights() -> dict[str, int]:
    """How many of each kind: `withdrawn` rights whose grant was withdrawn, `strayed` ones that name another holder or
    thing than their grant, `without_right` grants in force that lost their row, `untold` grants that the ledger does
    not tell, `offices` grants to a group that is no office, `roles` memberships without the act that gave them."""
    return {
        "withdrawn": sum(table.objects.filter(grant__withdrawal__isnull=False).count() for table in RIGHTS.values()),
        "strayed": sum(strayed(table, *kind) for kind, table in RIGHTS.items()),
        "without_right": sum(without_right(table, *kind) for kind, table in RIGHTS.items()),
        "untold": untold(),
        "offices": Grant.objects.exclude(office=None).exclude(office__name__in=Role.values).count(),
        "roles": roles_without_act(),
    }


def strayed(table: Any, holder: str, over: str) -> int:
    mine, granted = HOLDERS[holder]
    as_granted = Q(**{mine: F(granted), "content_object_id": F(f"grant__{over}_id")})
    found: int = table.objects.exclude(as_granted).count()
    return found


def without_right(table: Any, holder: str, over: str) -> int:
    """Grants of this kind that stand today; one whose row is gone opens nothing, and should."""
    standing = Grant.objects.filter(
        **{f"{holder}__isnull": False, f"{over}__isnull": False}, withdrawal=None, until__gte=clock.today()
    )
    return standing.exclude(Exists(table.objects.filter(grant=OuterRef("pk")))).count()


def untold() -> int:
    """Each grant leaves one event, in its own transaction."""
    told = LedgerEvent.objects.filter(action="access.granted").count()
    return abs(Grant.objects.count() - told)


def roles_without_act() -> int:
    through: Any = get_user_model().groups.through
    given = RoleAssignment.objects.filter(person=OuterRef("user_id"), role=OuterRef("group__name"), end=None)
    held = through.objects.filter(group__name__in=Role.values)
    found: int = held.exclude(Exists(given)).count()
    return found
