"""What citizens read held against what custody would tell them today, and mended where it differs.

Services keep both the same, act by act. This finds what they could not: rows of a version that told more or less, a
database that was written by hand, half of a restore. Facts of a project are its decision's and are not compared: what
custody notes of them since then waits for the next one.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from cms.publication import contracts, pieces, service, states
from cms.publication.following import Followed, follow
from cms.publication.models import PublicChange, PublishedConvenio, PublishedProject
from records.convenios.api import look_at_projects, showing_decisions, shown_codes

#: Projects that are looked at in one transaction: an act of somebody else waits no longer than for these.
AT_ONCE = 25
Progress = Callable[[int, int], None]


@dataclass
class Compared:
    """`rows` compared, `withdrawn` ones that no decision shows, what of the others was `differing`, and codes of `lost`
    ones, which custody shows and citizens do not see: whoever decides it publishes those again, and nobody else. Codes
    whose past is `doubtful` are told and left: what somebody wrote into it is for people to find out."""

    rows: int = 0
    withdrawn: int = 0
    lost: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    differing: Followed = field(default_factory=Followed)

    @property
    def mendable(self) -> bool:
        return bool(self.withdrawn) or any(vars(self.differing).values())

    @property
    def same(self) -> bool:
        return not (self.mendable or self.lost or self.doubtful)


def compare(*, mend: bool, progress: Progress | None = None) -> Compared:
    """Do what must be done, some projects at a time, and undo it again unless it is to `mend`."""
    found, numbers = Compared(), named_anywhere()
    keys = list(PublishedProject.objects.order_by("code").values_list("project_id", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        with undone_unless(mend):
            compare_rows(some, numbers, found)
        found.rows += len(some)
        (progress or (lambda *_: None))(found.rows, len(keys))
    with undone_unless(mend):
        found.lost = lost_ones()
        drop_nobodys(found)
    return found


@contextlib.contextmanager
def undone_unless(kept: bool) -> Iterator[None]:
    with transaction.atomic():
        yield
        if not kept:
            transaction.set_rollback(True)


def named_anywhere() -> frozenset[str]:
    """Numbers of convenios that citizens read, in what is shown or in a state that was kept."""
    kept = PublicChange.objects.exclude(card={}).order_by()
    pairs = {*kept.values_list("card__convenio_number", "card__framework_number").distinct()}
    told = {number for pair in pairs for number in pair}
    told |= contracts.numbers_of(PublishedProject.objects.all())
    told |= set(PublishedConvenio.objects.values_list("number", flat=True))
    return frozenset(filter(None, told))


def compare_rows(keys: Collection[uuid.UUID], numbers: Collection[str], found: Compared) -> None:
    looked = look_at_projects(keys, numbers)
    for key in set(keys) - {told.project_id for told in looked.projects}:
        found.withdrawn += service.withdraw(key)
    found.doubtful += doubtful_ones(keys)
    found.differing.add(follow(looked, pasts_of=keys))


def doubtful_ones(keys: Collection[uuid.UUID]) -> list[str]:
    """Codes of shown projects whose kept states are not what decisions and acts of theirs left."""
    kept, decisions = states.kept_of(keys), showing_decisions(keys)
    rows = PublishedProject.objects.filter(project_id__in=keys).order_by("code")
    return [row.code for row in rows if not is_sound(row, kept[row.project_id], decisions)]


def is_sound(row: PublishedProject, kept: list[PublicChange], decisions: Mapping[uuid.UUID, uuid.UUID]) -> bool:
    """Its last state is there, of the row's moment; each has its card's digest, and a decision that custody knows."""
    if not kept or kept[-1].decided_at != row.decided_at:
        return False
    return all(
        state.digest == states.digest_of(state.card)
        and (state.decision_id is None or decisions.get(state.decision_id) == row.project_id)
        for state in kept
    )


def lost_ones() -> list[str]:
    rows = set(PublishedProject.objects.values_list("project_id", flat=True))
    return sorted(code for key, code in shown_codes().items() if key not in rows)


def drop_nobodys(found: Compared) -> None:
    """What is left of projects that nobody shows: states that tell something, convenios, documents."""
    shown = {*PublishedProject.objects.values_list("project_id", flat=True), *shown_codes()}
    found.differing.emptied += states.empty(PublicChange.objects.exclude(project_id__in=shown))
    before = PublishedConvenio.objects.count()
    found.differing.documents += pieces.drop_unused()
    found.differing.convenios += before - PublishedConvenio.objects.count()
