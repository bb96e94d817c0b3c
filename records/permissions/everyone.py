"""The decision for many people at once, in a number of queries that does not depend on how many they are."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from records import clock
from records.permissions.asked import Asked
from records.permissions.kinds import grounds_of
from records.permissions.recusals import NONE, barred_of
from records.permissions.rights import Rights
from records.permissions.roles import holders


def rights_of_each(people: Iterable[Any], *, at: datetime.datetime | None = None) -> dict[Any, Rights]:
    """The rights of each of these users by id, now or at a past moment; those who may hold nothing are left out."""
    known = {one.pk: one for one in people}
    asked = Asked(holders(known.values(), at), at or clock.now(), past=at is not None)
    grounds, barred = grounds_of(asked), barred_of(asked) if asked.roles else {}
    found = {}
    for key, roles in asked.roles.items():
        rights = Rights(known[key], roles, at)
        rights.__dict__.update(grounds=grounds[key], barred=barred.get(key, NONE))  # as if she had been asked alone
        found[key] = rights
    return found
