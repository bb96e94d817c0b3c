"""What a shown project tells of its convenios follows their acts: signed later, noted anew, further in their course.

In the transaction of the act (D2), without a decision about the project: what is its own stays as its last decision
showed it, whatever custody notes of it meanwhile. What is told already is left alone, for a public page that is made
anew with each act of custody would tell by its pace how many there are.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cms.publication import comparing, contracts, pieces, search_source, states
from cms.publication.models import PublicChange, PublishedProject
from cms.publication.notices import replace_notices
from records.api import ConvenioCard, ConveniosLooked, ProjectTold, now


@dataclass
class Followed:
    """How many of each changed; of states, those added and those emptied."""

    projects: int = 0
    convenios: int = 0
    documents: int = 0
    notices: int = 0
    states: int = 0
    emptied: int = 0

    def add(self, other: Followed) -> None:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(frozen=True)
class Telling:
    """A shown row, what custody tells beside it now, and the last state that was kept of it."""

    row: PublishedProject
    told: ProjectTold
    last: PublicChange | None

    @property
    def is_of_another(self) -> bool:
        """Whether custody ties the project to another convenio by now: that is told by its next decision."""
        return self.row.convenio_number not in ("", self.told.convenio_number)

    @property
    def facts(self) -> dict[str, Any]:
        agreed = self.row.credits_executed if self.told.credits_agreed is None else self.told.credits_agreed
        named = {name: getattr(self.told, name) for name in ("convenio_number", "framework_number")}
        return {**named, "credits_agreed": agreed}

    @property
    def convenios(self) -> tuple[ConvenioCard, ...]:
        """Their recipient is the row's: what custody notes of a project meanwhile waits for its decision."""
        return tuple(
            replace(one, recipient=self.row.recipient if one.kind == contracts.DERIVED else "")
            for one in self.told.convenios
        )


def named_by(numbers: tuple[str, ...]) -> tuple[Any, ...]:
    """Projects whose rows name one of these convenios."""
    return tuple(contracts.naming(numbers).values_list("project_id", flat=True))


def follow(event: ConveniosLooked, pasts_of: Collection[uuid.UUID] | None = None) -> Followed:
    """Rows, states, pieces and notices tell of these convenios what custody tells now. Inside its transaction.

    `pasts_of`: the projects whose kept states may not name what is not signed; all of them otherwise.
    """
    done, moment, tellings = Followed(), now(), held(event)
    former = numbers_in(tellings)
    done.emptied = states.forget(event.unsigned, pasts_of)
    for one in tellings:
        done.add(follow_row(one, moment))
    done.convenios = follow_convenios(tellings, former, moment, again=bool(done.projects))
    shown = contracts.numbers_of(PublishedProject.objects.filter(pk__in=[one.row.pk for one in tellings]))
    done.documents = pieces.replace_all(shown, [card for card in event.pieces if card.convenio_number in shown], moment)
    done.documents += pieces.drop_unused()
    return done


def held(event: ConveniosLooked) -> list[Telling]:
    """Rows that are shown, until the transaction ends: one that is withdrawn meanwhile is followed no more."""
    told = {one.project_id: one for one in event.projects}
    rows = PublishedProject.objects.select_for_update().filter(project_id__in=told).order_by("code")
    found = [Telling(row, told[row.project_id], states.last_of(row.project_id)) for row in rows]
    return [one for one in found if not one.is_of_another or one.row.convenio_number in event.unsigned]


def numbers_in(tellings: list[Telling]) -> set[str]:
    pairs = ((one.row.convenio_number, one.row.framework_number) for one in tellings)
    return {number for pair in pairs for number in pair if number}


def follow_row(one: Telling, moment: datetime.datetime) -> Followed:
    """The row with its notices, and a state of it where what citizens read of it differs."""
    done = Followed(notices=int(replace_notices(one.row, one.told.withheld)))
    if one.last is not None and (told := state_after(one, one.last, moment)):
        states.keep(one.row.project_id, told, moment, decision_id=None)
        done.states = 1
    changed = {name: value for name, value in one.facts.items() if getattr(one.row, name) != value}
    if changed or done.states:
        # What only takes back what was written into the row by hand is no change of what was shown.
        write(one.row, {**changed, "decided_at": moment} if done.states else changed)
        done.projects = 1
    return done


def state_after(one: Telling, last: PublicChange, moment: datetime.datetime) -> Mapping[str, Any]:
    """Its next state; nothing where a reader of the last one reads the same."""
    anew = {"convenios": states.told_of_convenios(one.convenios), "correction": False, "note": ""}
    told = {**last.card, **states.in_json(one.facts), **anew, "decided_at": states.in_json(moment)}
    lost = not PublicChange.objects.filter(pk=last.pk).exclude(card={}).exists()
    return told if lost or comparing.differs(last.card, told) else {}


def write(row: PublishedProject, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=list(facts))  # never an insert: a row that went away stays away
    search_source.enqueue([str(row.pk)])


def follow_convenios(tellings: list[Telling], former: set[str], moment: datetime.datetime, *, again: bool) -> int:
    cards = {card.number: (card, one.row.decision_id) for one in tellings for card in one.convenios}
    differing = [cards[number] for number in contracts.differing([card for card, _decision in cards.values()])]
    for card, decision_id in differing:
        contracts.write(card, decision_id, moment)
    if differing or again:
        contracts.tell_again(former | set(cards))
        contracts.date([card.number for card, _decision in differing], moment)
    return len(differing)
