"""Grounds that rest on a grant: what each kind of grant opens, and what it is over, spelled out in pieces and places.

A grant on a piece opens it also when it is reserved, if it is to a person; one on anything that holds pieces never
opens reserved ones, and one to an office never does. A package is as strict as its strictest part: while one part is
reserved, or has no level, a grant over it opens none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce

from django.db.models import Q, QuerySet

from records.models import RIGHTS, ConvenioNumber, Document, Expediente, Grant
from records.permissions.asked import Asked, Held
from records.permissions.ground import Ground, Keys
from records.permissions.levels import levels_then
from records.permissions.matrix import ALL, CLASSED, NOT_RESERVED, Levels
from records.vocabulary import GrantBasis

#: What a grant opens and the rule that tells of it, by holder and by what it is over.
GRANTED: Mapping[tuple[str, str], tuple[str, Levels]] = {
    ("person", "document"): ("grant_document", CLASSED),
    ("person", "expediente"): ("grant_expediente", NOT_RESERVED),
    ("person", "convenio"): ("grant_convenio", NOT_RESERVED),
    ("person", "package"): ("grant_package", NOT_RESERVED),
    ("office", "document"): ("grant_office_document", NOT_RESERVED),
    ("office", "expediente"): ("grant_office_expediente", NOT_RESERVED),
    ("office", "convenio"): ("grant_office_convenio", NOT_RESERVED),
    ("office", "package"): ("grant_office_package", NOT_RESERVED),
}
#: The same for grants on another basis than the custodian's word: a piece to a person.
BASES: Mapping[str, tuple[str, Levels]] = {
    GrantBasis.AUDIT: ("grant_audit", CLASSED),
    GrantBasis.COURT_ORDER: ("grant_court_order", CLASSED),
    GrantBasis.AUTHORITY: ("grant_authority", CLASSED),
    GrantBasis.BREAK_GLASS: ("break_glass", ALL),
}
#: Grounds of who reads for a case: what leaves on nothing else bears a mark (A9).
CASE_RULES = frozenset(BASES[basis][0] for basis in (GrantBasis.AUDIT, GrantBasis.COURT_ORDER, GrantBasis.AUTHORITY))
GRANT_RULES = frozenset(rule for rule, _levels in (*GRANTED.values(), *BASES.values()))


@dataclass(frozen=True)
class Given:
    """One grant that stands: its id and basis, to whom (a person's id or an office's code) and over what; of a package
    also the expediente in which it was granted."""

    holder: str
    named: str
    grant: uuid.UUID
    basis: str
    over: str
    target: uuid.UUID
    place: uuid.UUID | None = None


def by_grant(asked: Asked) -> Iterator[Held]:
    given = list(granted_then(asked) if asked.past else granted_now(asked))
    spelled = Spelled(given, asked)
    people = {str(person): person for person in asked.roles}
    for one in given:
        ground = spelled.ground_of(one)
        holders = [people[one.named]] if one.holder == "person" else asked.with_any({one.named})
        yield from ((person, ground) for person in holders if ground)


def granted_now(asked: Asked) -> Iterator[Given]:
    """Rights in force: grants that have begun and have not ended, and whose right stands in guardian's table."""
    made = [given_of(grant) for grant in grants_of(asked).filter(withdrawal=None)]
    standing_ones = rights_standing(made)
    return (one for one in made if one.grant in standing_ones)


def rights_standing(made: list[Given]) -> set[uuid.UUID]:
    """Those of the grants whose right stands: one statement over the tables that would carry them."""
    kinds: dict[tuple[str, str], list[uuid.UUID]] = {}
    for one in made:
        kinds.setdefault((one.holder, one.over), []).append(one.grant)
    rows = [RIGHTS[kind].objects.filter(grant__in=keys).order_by().values_list("grant") for kind, keys in kinds.items()]
    if not rows:
        return set()
    return {key for (key,) in (rows[0].union(*rows[1:], all=True) if len(rows) > 1 else rows[0])}


def granted_then(asked: Asked) -> Iterator[Given]:
    """Rights as they stood: grants made, not yet ended and not yet withdrawn at that moment."""
    made = grants_of(asked).filter(granted_at__lte=asked.moment)
    return map(given_of, made.exclude(withdrawal__withdrawn_at__lte=asked.moment))


def grants_of(asked: Asked) -> QuerySet[Grant]:
    """Grants to these people and to their offices whose days hold the moment that is asked about."""
    whose, offices = Q(person__in=asked.people), roles_of_all(asked)
    if offices:
        whose |= Q(office__name__in=offices)
    return Grant.objects.filter(whose, standing(asked)).select_related("office", "package").order_by()


def given_of(grant: Grant) -> Given:
    holder = "person" if grant.person_id else "office"
    named = str(grant.person_id) if grant.person_id else str(grant.office and grant.office.name)
    over = next(name for kind, name in GRANTED if kind == holder and getattr(grant, f"{name}_id"))
    place = grant.package.expediente_id if grant.package else None
    return Given(holder, named, grant.pk, grant.basis, over, getattr(grant, f"{over}_id"), place)


def standing(asked: Asked) -> Q:
    """The days and moments of a grant hold the moment that is asked about."""
    begun = Q(starts_on=None) | Q(starts_on__lte=asked.day)
    lasting = Q(expires_at=None) | Q(expires_at__gt=asked.moment)
    return begun & lasting & Q(until__gte=asked.day)


def roles_of_all(asked: Asked) -> frozenset[str]:
    return reduce(frozenset.union, asked.roles.values(), frozenset())


class Spelled:
    """What grants are over, in pieces and expedientes: packages and convenios are looked up, each kind at once."""

    def __init__(self, given: Iterable[Given], asked: Asked) -> None:
        over: dict[str, dict[uuid.UUID, uuid.UUID | None]] = {}
        for one in given:
            over.setdefault(one.over, {})[one.target] = one.place
        self.packages = parts_of(over.get("package", {}), asked)
        self.convenios = expedientes_of(set(over.get("convenio", {})))

    def ground_of(self, given: Given) -> Ground | None:
        """The ground that a grant gives; None when what it is over holds nothing that it opens."""
        rule, levels = BASES.get(given.basis, GRANTED[given.holder, given.over])
        pieces, places = self.reached(given)
        if not pieces and not places:
            return None
        office = given.named if given.holder == "office" else ""
        return Ground(rule, levels, places, pieces, act=given.grant, office=office)

    def reached(self, given: Given) -> tuple[Keys, Keys]:
        """(pieces, expedientes)."""
        one, none = frozenset({given.target}), frozenset[uuid.UUID]()
        return {
            "document": lambda: (one, none),
            "expediente": lambda: (none, one),
            "package": lambda: (self.packages.get(given.target, none), none),
            "convenio": lambda: (none, self.convenios.get(given.target, none)),
        }[given.over]()


def parts_of(packages: Mapping[uuid.UUID, uuid.UUID | None], asked: Asked) -> dict[uuid.UUID, Keys]:
    """Package → its pieces, none while one of them is stricter than a package's grant opens (I6).

    An inventory files one batch in several expedientes: of it, the grant is over what lies where it was granted.
    """
    if not packages:
        return {}
    rows = Document.objects.filter(batch__in=packages, expediente__in=set(packages.values()))
    listed = rows.only("pk", "batch", "level", "filed_at", "expediente_id").order_by()
    pieces = [piece for piece in listed if piece.batch and packages[piece.batch] == piece.expediente_id]
    then = levels_then(pieces, asked.moment) if asked.past else {}
    held: dict[uuid.UUID, set[uuid.UUID]] = {}
    strict: set[uuid.UUID] = set()
    for piece in pieces:
        level = piece.level if not asked.past else then[piece.pk].level if piece.pk in then else ""
        if piece.batch is not None and level:
            held.setdefault(piece.batch, set()).add(piece.pk)
            strict |= {piece.batch} if level not in NOT_RESERVED else set()
    return {batch: frozenset(keys) for batch, keys in held.items() if batch not in strict}


def expedientes_of(convenios: set[uuid.UUID]) -> dict[uuid.UUID, Keys]:
    """Convenio → the expedientes that carry its number."""
    if not convenios:
        return {}
    numbers = dict(ConvenioNumber.objects.filter(pk__in=convenios).values_list("number", "pk"))
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = Expediente.objects.filter(convenio_number__in=numbers).order_by()
    for number, key in rows.values_list("convenio_number", "pk"):
        found.setdefault(numbers[number], set()).add(key)
    return {convenio: frozenset(keys) for convenio, keys in found.items()}
