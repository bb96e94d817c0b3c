"""Ids as they come from outside: a malformed one is simply the id of nothing (D11)."""

from __future__ import annotations

import uuid
from typing import TypeAlias

Key: TypeAlias = uuid.UUID | str

#: The id of nothing: never given to any row, so that looking it up costs and answers as an unknown one does.
NOBODY = uuid.UUID(int=0)


def as_uuid(value: Key | None) -> uuid.UUID:
    """The id as a UUID; NOBODY for none or for what is not one."""
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return NOBODY
