"""Looking for what is new in a saved search, with what its owner may read at that moment and nothing else.

New is what matches now and was not known: a document filed, or one that she may read since. What no longer matches is
forgotten without a word, so that nothing tells her that it was withdrawn, and it is new when it comes back. What
waits for the index is left as it was: a document being read again is neither gone nor new. Only keys are looked at:
no title, page or snippet, which would be reading (ADR 43).
"""

from __future__ import annotations

import datetime
import logging
import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from search import observers, outbox
from search.errors import EngineUnavailable
from search.happenings import find_happening
from search.saved import Asked
from search.saved_models import Alert, KnownMatch, SavedSearch
from search.service import find_keys
from search.sources import Viewer, find_source
from search.types import Card

logger = logging.getLogger(__name__)

#: A search that finds more is too broad to say what of it is new.
MOST_MATCHES = 1000
#: Seconds between two looks, by alert: the desk says it at once, the mail says it later.
EVERY: Mapping[str, int] = {Alert.DESK: 30, Alert.DAILY: 600, Alert.WEEKLY: 600}
Match: TypeAlias = tuple[str, str]
"""Source (or event) and key."""


@dataclass(frozen=True)
class News:
    """What of a saved search its owner has not seen, and may read now."""

    saved: SavedSearch
    cards: tuple[Card, ...]
    until: datetime.datetime


def begin(saved: SavedSearch, viewer: Viewer, now: datetime.datetime) -> None:
    """From here on: what matches today is known and seen. Does nothing for a search that tells nobody."""
    if saved.alert != Alert.NEVER:
        look(saved, viewer, now, silent=True)


def look(saved: SavedSearch, viewer: Viewer, now: datetime.datetime, *, silent: bool = False) -> int:
    """Notes what is new to its owner; how many. With the engine down, or a search too broad, nothing changes but its
    `fault`. `silent`: all that matches counts as seen."""
    try:
        found = matches(saved, viewer)
    except EngineUnavailable:
        return noted(saved, "unavailable")
    if found is None:
        return noted(saved, "too_broad")
    with transaction.atomic():
        if not SavedSearch.objects.select_for_update().filter(pk=saved.pk).exists():
            return 0
        new = kept(saved, found, now, silent=silent)
        noted(saved, "")
        if new and not silent:
            observers.tell_news(viewer, saved, new)
    return 0 if silent else len(new)


def noted(saved: SavedSearch, fault: str) -> int:
    saved.fault, saved.looked_at = fault, machine_now()
    SavedSearch.objects.filter(pk=saved.pk).update(fault=fault, looked_at=saved.looked_at)
    return 0


def matches(saved: SavedSearch, viewer: Viewer) -> set[Match] | None:
    """What it finds for this viewer now; None when that is too much. Raises EngineUnavailable."""
    asked = Asked.of(saved)
    if asked.event:
        happening = find_happening(asked.event)
        keys = happening.find(viewer) if happening else set()
        return {(asked.event, key) for key in keys} if len(keys) <= MOST_MATCHES else None
    return find_keys(viewer, asked.text, narrowed=asked.narrowed, most=MOST_MATCHES)


def kept(saved: SavedSearch, found: set[Match], now: datetime.datetime, *, silent: bool) -> set[Match]:
    """The known matches made those found; which of them were not known."""
    known = set(known_of(saved).values_list("source", "key"))
    forget(saved, without_waiting(known - found))
    new = found - known
    moment = now if silent else None
    KnownMatch.objects.bulk_create(
        [
            KnownMatch(saved=saved, source=source, key=key, found_at=now, seen_at=moment, mailed_at=moment)
            for source, key in sorted(new)
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    return new


def without_waiting(gone: set[Match]) -> set[Match]:
    """Of what was not found, what does not merely wait for the index."""
    if not gone:
        return gone
    pending = outbox.pending_keys([source for source, _key in gone])
    return {(source, key) for source, key in gone if key not in pending.get(source, ())}


def forget(saved: SavedSearch, gone: Collection[Match]) -> None:
    for source in {source for source, _key in gone}:
        keys = [key for name, key in gone if name == source]
        for at in range(0, len(keys), 500):
            known_of(saved).filter(source=source, key__in=keys[at : at + 500]).delete()


def known_of(saved: SavedSearch) -> QuerySet[KnownMatch]:
    return KnownMatch.objects.filter(saved=saved)


def due(limit: int) -> list[SavedSearch]:
    """Those to be looked at now, the longest waiting first. Accounts that were disabled are not looked at."""
    now = machine_now()
    late = Q(looked_at=None)
    for alert, seconds in EVERY.items():
        late |= Q(alert=alert, looked_at__lt=now - datetime.timedelta(seconds=seconds))
    rows = SavedSearch.objects.filter(late, alert__in=EVERY, owner__is_active=True).select_related("owner")
    return list(rows.order_by("looked_at", "pk")[:limit])


def look_at_due(now: datetime.datetime, limit: int = 20) -> int:
    """One round of the worker; how many it looked at."""
    chosen = due(limit)
    for saved in chosen:
        try:
            look(saved, saved.owner, now)
        except DatabaseError:
            raise
        except Exception as fault:  # noqa: BLE001  one search that cannot be asked never stops the others
            logger.warning("saved search %s: %s", saved.pk, type(fault).__name__)
            noted(saved, "unavailable")
    return len(chosen)


# What its owner is shown ------------------------------------------------------------------------------------------


def news_of(saved: SavedSearch, viewer: Viewer, *, most: int = 200) -> News:
    """What she has not seen, newest first; each is asked again of its source, with what she may read now."""
    # All are asked before any is left out: what she may no longer read takes nobody's place, and dates nothing.
    rows = list(known_of(saved).filter(seen_at=None).order_by("-found_at", "pk"))
    cards = presented(saved, ((row.source, row.key) for row in rows), viewer)
    shown = [row for row in rows if (row.source, row.key) in cards][:most]
    latest = max((row.found_at for row in shown), default=saved.created_at)
    return News(saved, tuple(cards[row.source, row.key] for row in shown), latest)


def presented(saved: SavedSearch, pairs: Iterable[Match], viewer: Viewer) -> dict[Match, Card]:
    by_source: dict[str, list[str]] = {}
    for source, key in pairs:
        by_source.setdefault(source, []).append(key)
    cards: dict[Match, Card] = {}
    for name, keys in by_source.items():
        if teller := find_happening(name) if saved.event else find_source(name):
            cards.update({(name, key): card for key, card in teller.present(keys, viewer).items()})
    return cards


def count_news(viewer: Viewer) -> dict[Any, int]:
    """Id of a saved search → how many of its matches she has not seen and may read now; in as many questions as there
    are kinds of things, however many searches she keeps."""
    fresh = KnownMatch.objects.filter(saved__owner=viewer, seen_at=None).exclude(saved__alert=Alert.NEVER)
    return confirmed(fresh, viewer)


def count_to_mail(saved: SavedSearch, viewer: Viewer) -> int:
    """How many of its matches a mail may count: not seen, in no mail yet, and readable now."""
    fresh = known_of(saved).filter(seen_at=None, mailed_at=None)
    return confirmed(fresh, viewer).get(saved.pk, 0)


def confirmed(rows: QuerySet[KnownMatch], viewer: Viewer) -> dict[Any, int]:
    told = list(rows.values_list("saved", "saved__event", "source", "key"))
    asked: dict[Match, set[str]] = {}
    for _saved, event, source, key in told:
        asked.setdefault((event, source), set()).add(key)
    sure = {(source, key) for (event, source), keys in asked.items() for key in known_to(viewer, event, source, keys)}
    return Counter(saved for saved, _event, source, key in told if (source, key) in sure)


def known_to(viewer: Viewer, event: str, source: str, keys: set[str]) -> set[str]:
    """Of these keys, those that the viewer may know of now."""
    if event:
        happening = find_happening(event)
        return set(happening.present(keys, viewer)) if happening else set()
    giver = find_source(source)
    return giver.confirm(keys, viewer) if giver else set()


def mark_seen(saved: SavedSearch, until: datetime.datetime, now: datetime.datetime) -> int:
    """What was found up to that moment she has seen: what came since, behind a page left open, stays new."""
    return known_of(saved).filter(seen_at=None, found_at__lte=until).update(seen_at=now)


def mark_mailed(saved: SavedSearch, now: datetime.datetime, today: datetime.date) -> None:
    known_of(saved).filter(mailed_at=None, found_at__lte=now).update(mailed_at=now)
    SavedSearch.objects.filter(pk=saved.pk).update(mailed_on=today)


def machine_now() -> datetime.datetime:
    """Looks are paced by the machine's time: they do not move with the demo's clock."""
    return datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
