"""The mails that are owed: planned once, taken by one process at a time, tried again with patience, and ended.

A mail is claimed and committed before it is sent, and marked after the server took it. Whoever is killed in between
leaves a claim that lapses; the mail is then tried once more, with the same Message-ID, and never a third time.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, Q

from cms.notices.models import Mail

#: Longer than a server may take to answer (EMAIL_TIMEOUT for each of a few exchanges).
LEASE = datetime.timedelta(seconds=180)
#: Seconds before each further attempt; after the last one it has failed.
WAITS = (60, 300, 1800, 7200, 21600)
#: Mails of all kinds to one person in a day; what is over waits for the bandeja, which tells everything.
MOST_A_DAY = 10
#: How long ended mails are kept: as long as the link in them serves.
KEEP = datetime.timedelta(days=60)
#: How long ago a mail that failed still says that something is wrong.
LATELY = datetime.timedelta(days=2)


def owe(kind: str, key: str, people: Iterable[Any]) -> None:
    """One mail of this kind and key to each of these people; those that are owed it already are owed it once."""
    now = machine_now()
    rows = [Mail(person=person, kind=kind, key=key, made_at=now, due_at=now) for person in people]
    Mail.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def take() -> Mail | None:
    """Claims the next mail that is due, in a statement of its own; None when there is none."""
    now = machine_now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = Mail.objects.filter(free, state=Mail.State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    for row in due[:5]:
        same = Mail.objects.filter(pk=row.pk, state=Mail.State.WAITING, claimed_until=row.claimed_until)
        was_cut = row.claimed_until is not None
        if was_cut and row.cut:
            same.update(state=Mail.State.FAILED, fault="cut", ended_at=now, claimed_until=None)
        elif same.update(claimed_until=now + LEASE, attempts=F("attempts") + 1, cut=was_cut or row.cut):
            return Mail.objects.select_related("person").get(pk=row.pk)
    return None


def end(mail: Mail, state: str, fault: str = "") -> None:
    """Nothing more is tried."""
    Mail.objects.filter(pk=mail.pk).update(state=state, fault=fault[:40], ended_at=machine_now(), claimed_until=None)


def put_off(mail: Mail, fault: str) -> None:
    """Later again, or failed after the last attempt."""
    if mail.attempts > len(WAITS):
        end(mail, Mail.State.FAILED, fault)
        return
    later = machine_now() + datetime.timedelta(seconds=WAITS[mail.attempts - 1])
    Mail.objects.filter(pk=mail.pk).update(due_at=later, claimed_until=None, fault=fault[:40])


def has_had_enough(mail: Mail) -> bool:
    """Did this person get as many mails in a day as anybody gets?"""
    since = machine_now() - datetime.timedelta(days=1)
    return Mail.objects.filter(person=mail.person, state=Mail.State.SENT, ended_at__gte=since).count() >= MOST_A_DAY


def sweep() -> None:
    """Forget what ended long ago."""
    Mail.objects.exclude(state=Mail.State.WAITING).filter(ended_at__lt=machine_now() - KEEP).delete()


#: Faults of one address, which say nothing about the service.
OF_ONE_ADDRESS: Sequence[str] = ("address", "refused", "enough")


def is_stuck() -> bool:
    """Is a mail being put off, or did one fail lately for no fault of its address?"""
    failed = Q(state=Mail.State.FAILED, ended_at__gte=machine_now() - LATELY) & ~Q(fault__in=OF_ONE_ADDRESS)
    return Mail.objects.filter(failed | Q(state=Mail.State.WAITING, attempts__gt=0, claimed_until=None)).exists()


def machine_now() -> datetime.datetime:
    """Waits do not move with the demo's clock."""
    return datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
