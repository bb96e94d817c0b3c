"""What moving an expediente to a later version would change, and the proposals that wait, as a person knows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from records import clock, permissions
from records.errors import NotFound
from records.keys import Key, as_uuid
from records.models import Expediente, Resentencing, Subserie, TipoDocumental
from records.permissions import Actor
from records.vocabulary import Action, ActState, DocumentState

#: What a subserie says of its expedientes, in the order of a TRD.
RETENTION = ("support", "years_management", "years_central", "disposition", "digitise", "procedure")


@dataclass(frozen=True)
class Vanishing:
    """A tipo that the later version does not admit there; `pieces` of the expediente, of those that the person reads,
    keep it all the same."""

    name: str
    pieces: int


@dataclass(frozen=True)
class Effect:
    """Retention before and after, the tipos that go, and the names of those that come."""

    before: Subserie
    after: Subserie
    vanishing: tuple[Vanishing, ...]
    coming: tuple[str, ...]

    @property
    def changed(self) -> frozenset[str]:
        """Names of the columns of RETENTION that differ."""
        return frozenset(name for name in RETENTION if getattr(self.before, name) != getattr(self.after, name))


def list_targets(expediente: Expediente) -> list[Subserie]:
    """Subseries of its kind in the later versions that rule already, the newest version first."""
    rows = Subserie.objects.filter(
        kind=expediente.kind,
        serie__trd__number__gt=expediente.trd_id or 0,
        serie__trd__in_force_from__lte=clock.today(),
    )
    return list(rows.select_related("serie__trd").order_by("-serie__trd__number", "code"))


def effect_of(actor: Actor, expediente: Expediente, before: Subserie, after: Subserie) -> Effect:
    """What moving would change. By tipo it counts only pieces that the person reads: that of others is not to be
    found out."""
    old, new = admitted(before, expediente.kind), admitted(after, expediente.kind)
    read = permissions.visible_to(actor).filter(expediente=expediente)
    pieces = read.exclude(state=DocumentState.ANNULLED).order_by()
    counts = Counter(pieces.values_list("tipo__code", flat=True))
    return Effect(
        before,
        after,
        tuple(Vanishing(name, counts[code]) for code, name in old.items() if code not in new),
        tuple(name for code, name in new.items() if code not in old),
    )


def admitted(subserie: Subserie, kind: str) -> dict[str, str]:
    """Names of the tipos that a version admits in a kind, by code."""
    tipos = TipoDocumental.objects.filter(trd=subserie.serie.trd_id).order_by("name")
    return {tipo.code: tipo.name for tipo in tipos if kind in tipo.kinds}


def get_resentencing_for(actor: Actor, key: Key) -> Resentencing:
    """A proposal, for staff of its expediente. Raises NotFound."""
    rows = Resentencing.objects.select_related(
        "expediente__trd", "from_subserie__serie__trd", "to_subserie__serie__trd", "proposed_by", "decided_by"
    )
    act = rows.filter(pk=as_uuid(key)).first()
    place = act.expediente if act else permissions.no_expediente()
    if not permissions.rights_of(actor).is_staff_of(place) or act is None:
        raise NotFound
    return act


def list_resentencings_of(actor: Actor, expediente: Expediente) -> Sequence[Resentencing]:
    """Proposals about an expediente, newest first, for staff of it; nothing for others."""
    if not permissions.rights_of(actor).is_staff_of(expediente):
        return []
    rows = expediente.resentencings.select_related(
        "from_subserie__serie", "to_subserie__serie", "proposed_by", "decided_by"
    )
    return list(rows.order_by("-proposed_at"))


def list_resentencings_for(actor: Actor) -> QuerySet[Resentencing]:
    """Proposals that this person may decide: not hers. None without that duty."""
    waiting = Resentencing.objects.filter(state=ActState.PROPOSED)
    rights = permissions.rights_of(actor)
    if not rights.roles & permissions.OFFICE_ACTS[Action.APPROVE_TRD]:
        return waiting.none()
    return (
        waiting.filter(rights.works_in("expediente"))
        .exclude(proposed_by=actor)
        .select_related("expediente", "from_subserie__serie", "to_subserie__serie", "proposed_by")
        .order_by("proposed_at")
    )
