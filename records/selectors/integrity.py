"""How the stored bytes stand: coverage of the checks, copies, and what was found wrong (K1, K2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from records import permissions
from records.fixity import checks, litter
from records.fixity.checks import Coverage
from records.fixity.places import Place, copies, places
from records.models import Document, LedgerEvent
from records.permissions import Actor
from records.vocabulary import Action

#: What the ledger tells about bytes, and of hits that the database refused, newest first on the page.
FINDINGS = (
    *("custody.damaged", "custody.mended", "custody.swept", "custody.litter", "custody.verified"),
    "search.mismatch",
)
TOLD = 20


@dataclass(frozen=True)
class Standing:
    """One place: its coverage, whether its medium is there, what waits to be copied to it, and digests of damaged
    bytes that were set aside there."""

    place: Place
    coverage: Coverage
    stands: bool
    shares_disk: bool
    uncopied: int = 0
    aside: int = 0

    @property
    def well(self) -> bool:
        return self.stands and not self.coverage.damaged


@dataclass(frozen=True)
class Loss:
    """A piece whose bytes are wrong everywhere. `document` is None where the reader does not read it."""

    document: Document | None
    expediente: str
    problem: str


@dataclass(frozen=True)
class Integrity:
    places: list[Standing]
    losses: list[Loss]
    lost: int
    events: Sequence[LedgerEvent]
    orphans: dict[str, Any] = field(default_factory=dict)

    @property
    def copies(self) -> int:
        return sum(standing.place.is_copy for standing in self.places)


def integrity_for(actor: Actor) -> Integrity:
    """For whoever may verify custody. Raises AccessDenied."""
    permissions.check(actor, Action.VERIFY)
    events = LedgerEvent.objects.filter(action__in=FINDINGS).order_by("-index")[:TOLD]
    orphans = litter.last_told().get("orphans", {})
    told = orphans if isinstance(orphans, dict) else {}
    lost = checks.lost().count()
    return Integrity([standing_of(place) for place in places()], losses_for(actor), lost, list(events), told)


def standing_of(place: Place) -> Standing:
    stands = place.stands()
    return Standing(
        place,
        checks.coverage_of(place),
        stands,
        stands and place.shares_disk(),
        checks.uncopied(place).count() if place.is_copy else 0,
        len(place.store.set_aside()) if stands else 0,
    )


def losses_for(actor: Actor) -> list[Loss]:
    """Lost pieces, by name those that this person reads; of the others staff knows the expediente."""
    rights, results = permissions.rights_of(actor), dict(checks.lost().values_list("blob", "result")[:TOLD])
    pieces = checks.documents_of(results).select_related("expediente").order_by("expediente__code", "order")
    return [
        Loss(
            piece if rights.reads(piece) else None,
            piece.expediente.code if rights.is_staff_of(piece.expediente) else "",
            results.get(piece.blob_id, ""),
        )
        for piece in rights.but_shut(pieces)[:TOLD]
    ]


def state_of_bytes() -> str:
    """In one word, for anybody at the desk: "lost", "away" (a copy's medium), "single" (there is no copy), "mending"
    or ""."""
    if checks.lost().exists():
        return "lost"
    away = any(not copy.stands() and checks.noted_anything(copy.name) for copy in copies())
    wrong = any(checks.damaged(place.name).exists() for place in places())
    return "away" if away else "single" if not copies() else "mending" if wrong else ""
