"""Faults of the disk, and of the database on it, that nobody below expected: one refusal, the same at every edge.

A disk that is full or broken is no fault of the program: nothing was acknowledged, what was kept can still be read,
and trying again later is right. What a programmer got wrong (a table or a column that is not there) is none of these.
"""

from __future__ import annotations

import errno
import sqlite3

from django.db import OperationalError
from django.db.utils import InterfaceError

from records.errors import ClockBehind, LedgerUnavailable, StoreUnavailable

#: What a file system says when it cannot take or give bytes now.
ERRNOS = frozenset({errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
#: Primary result codes of SQLite for the same, and for a database that somebody else holds.
SQLITE_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
#: What an edge catches to ask `refusal_of`.
FAULTS = (OperationalError, InterfaceError, OSError)


def refusal_of(fault: BaseException | None) -> StoreUnavailable | None:
    """The refusal that such a fault means; None for any other, which stays what it is."""
    if isinstance(fault, OperationalError | InterfaceError):
        return StoreUnavailable(cause=type(fault).__name__) if is_of_the_medium(fault) else None
    if isinstance(fault, OSError) and fault.errno in ERRNOS:
        return StoreUnavailable(errno=fault.errno)
    return None


def is_of_the_medium(fault: Exception) -> bool:
    """SQLite calls a missing table an operational error too; PostgreSQL keeps the name for what it means."""
    cause = fault.__cause__
    if not isinstance(cause, sqlite3.Error):
        return True
    return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in SQLITE_CODES


def is_fault(fault: BaseException | None) -> bool:
    """Is this a state of the machine, which passes, and no fault of the program? A ledger that takes nothing is one."""
    return isinstance(fault, LedgerUnavailable | ClockBehind) or refusal_of(fault) is not None
