"""Saved searches: what their owner does with them. Nobody else is ever asked about one, nor shown it.

Every verb takes the owner and finds only hers; moments are given by the caller, who knows which clock counts.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from search.errors import SearchError
from search.parsing import parse
from search.saved_models import BY_MAIL, Alert, KnownMatch, SavedSearch
from search.types import ORDERS, Order

#: How many a person keeps, and how many values of facets one may hold.
MOST_SAVED = 30
MOST_VALUES = 40
KNOWN_ORDERS: Mapping[str, Order] = {order: order for order in ORDERS}
LONGEST_TEXT, LONGEST_NAME, LONGEST_VALUE = 1500, 80, 400


class SavedRefused(SearchError):
    """What the owner asks cannot be kept: `code` says why, `facts["name"]` which of hers stands in the way."""


class SavedMissing(SearchError):
    """There is none of hers with this id: it never was, it is somebody else's, or she removed it."""

    def __init__(self) -> None:
        super().__init__("saved_missing")


@dataclass(frozen=True)
class Asked:
    """What is asked: text as typed, facet name → values, order; or the name of an event and nothing else."""

    text: str = ""
    narrowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    order: Order = "relevance"
    event: str = ""

    @classmethod
    def of(cls, saved: SavedSearch) -> Asked:
        narrowed = {name: frozenset(values) for name, values in saved.narrowed.items()}
        return cls(saved.text, narrowed, KNOWN_ORDERS.get(saved.order, "relevance"), saved.event)

    def plain(self) -> dict[str, list[str]]:
        """The narrowing as JSON holds it, always in one order."""
        return {name: sorted(self.narrowed[name]) for name in sorted(self.narrowed) if self.narrowed[name]}

    def digest(self) -> str:
        """Equal for what asks the same in the same words. The order of a list changes nothing that is found."""
        told = json.dumps([self.event, self.text.strip(), self.plain()], ensure_ascii=False)
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def is_nothing(self) -> bool:
        return not self.event and not self.plain() and parse(self.text).is_empty


def list_saved(owner: Any) -> QuerySet[SavedSearch]:
    """Hers, by name."""
    return SavedSearch.objects.filter(owner=owner).order_by("name", "pk")


def get_saved(owner: Any, key: uuid.UUID) -> SavedSearch:
    """One of hers. Raises SavedMissing."""
    found = SavedSearch.objects.filter(owner=owner, pk=key).first()
    if found is None:
        raise SavedMissing
    return found


def find_same(owner: Any, asked: Asked) -> SavedSearch | None:
    """The one of hers that asks the same already."""
    return SavedSearch.objects.filter(owner=owner, asked=asked.digest()).first()


def save_search(
    owner: Any, name: str, asked: Asked, alert: str, *, now: datetime.datetime, today: datetime.date
) -> SavedSearch:
    """Keeps it. Raises SavedRefused. Its alert speaks of what comes after: call `novelty.begin` next."""
    check_asked(asked)
    with transaction.atomic():
        hers = lock_all(owner)
        if same := next((one for one in hers if one.asked == asked.digest()), None):
            raise SavedRefused("already_saved", name=same.name)
        if len(hers) >= MOST_SAVED:
            raise SavedRefused("too_many", most=MOST_SAVED)
        kept = checked_name(name, hers)
        return made(
            owner=owner,
            name=kept,
            event=asked.event,
            text=asked.text,
            narrowed=asked.plain(),
            order=asked.order,
            asked=asked.digest(),
            alert=checked_alert(alert),
            created_at=now,
            mailed_on=today,
        )


def made(**values: Any) -> SavedSearch:
    """Two tabs that save at once meet at the database's constraints."""
    try:
        with transaction.atomic():
            return SavedSearch.objects.create(**values)
    except IntegrityError as fault:
        raise SavedRefused("already_saved", name=values["name"]) from fault


def rename(owner: Any, key: uuid.UUID, name: str) -> SavedSearch:
    """Raises SavedMissing, or SavedRefused for a name that is empty, long or another's."""
    with transaction.atomic():
        hers = lock_all(owner)
        saved = next((one for one in hers if one.pk == key), None)
        if saved is None:
            raise SavedMissing
        saved.name = checked_name(name, [one for one in hers if one.pk != key])
        saved.save(update_fields=["name"])
    return saved


def remove(owner: Any, key: uuid.UUID) -> None:
    """With all that was known of it. Raises SavedMissing."""
    if not SavedSearch.objects.filter(owner=owner, pk=key).delete()[0]:
        raise SavedMissing


def set_alert(owner: Any, key: uuid.UUID, alert: str, today: datetime.date) -> SavedSearch:
    """Raises SavedMissing. An alert that begins speaks of what comes after: call `novelty.begin` when `never` ends."""
    saved = get_saved(owner, key)
    if checked_alert(alert) in BY_MAIL and saved.alert not in BY_MAIL:
        saved.mailed_on = today
    saved.alert, saved.fault = alert, ""
    saved.save(update_fields=["alert", "mailed_on", "fault"])
    if alert == Alert.NEVER:
        KnownMatch.objects.filter(saved=saved).delete()
    return saved


def stop_mail(owner: Any) -> int:
    """Every alert of hers that goes by mail stays at the desk alone; how many."""
    return SavedSearch.objects.filter(owner=owner, alert__in=BY_MAIL).update(alert=Alert.DESK)


def lock_all(owner: Any) -> list[SavedSearch]:
    """Hers, held until the transaction ends; the bound and the names are judged over all of them."""
    get_user_model().objects.select_for_update().filter(pk=owner.pk).first()
    return list(SavedSearch.objects.filter(owner=owner))


def check_asked(asked: Asked) -> None:
    values = [value for chosen in asked.narrowed.values() for value in chosen]
    if asked.is_nothing:
        raise SavedRefused("nothing_asked")
    if len(asked.text) > LONGEST_TEXT or len(values) > MOST_VALUES or any(len(one) > LONGEST_VALUE for one in values):
        raise SavedRefused("too_long", most=LONGEST_TEXT)


def checked_name(name: str, others: Iterable[SavedSearch]) -> str:
    """The name as kept: in one line, without signs that nobody sees. Raises SavedRefused."""
    kept = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not kept:
        raise SavedRefused("no_name")
    if len(kept) > LONGEST_NAME:
        raise SavedRefused("long_name", most=LONGEST_NAME)
    if any(other.name.casefold() == kept.casefold() for other in others):
        raise SavedRefused("name_taken", name=kept)
    return kept


def checked_alert(alert: str) -> str:
    if alert not in Alert.values:
        raise SavedRefused("unknown_alert")
    return alert
