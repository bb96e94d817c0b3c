"""People as an expediente names them: who keeps it, and who may be given access."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from records import clock, permissions
from records.explain import Because, told_of
from records.models import Appointment, ConvenioNumber, Document, Expediente, Grant, LedgerEvent, Package, Recusal
from records.permissions import Actor, Ground
from records.selectors.worklists import TOLD, list_own_grants
from records.vocabulary import AppointmentKind


def list_custodians(expediente: Expediente) -> QuerySet[Appointment]:
    """Appointments of custody in force today."""
    day = clock.today()
    held = expediente.appointments.filter(
        kind=AppointmentKind.CUSTODIAN, starts_on__lte=day, ends_on__gte=day, end=None
    )
    return held.select_related("person").order_by("starts_on")


def list_people() -> QuerySet[Any]:
    """Everybody who can receive access: active accounts, by name."""
    return get_user_model().objects.filter(is_active=True).order_by("username")


def list_offices() -> QuerySet[Group]:
    """Groups that may receive access as offices: those of the role matrix, but of who manages people."""
    names = set(permissions.MATRIX) - permissions.NO_CUSTODY
    return Group.objects.filter(name__in=names).order_by("name")


def list_recusals_over(actor: Actor, subject: Document | Expediente) -> QuerySet[Recusal]:
    """Recusals over an expediente and its pieces, or over a piece and what holds it, newest first, but over those shut
    to the reader herself; the caller has decided that she keeps it."""
    if isinstance(subject, Document):
        over = Q(document=subject) | Q(expediente=subject.expediente_id)
    else:
        over = Q(expediente=subject) | Q(document__expediente=subject)
    known = Recusal.objects.filter(over).filter(permissions.rights_of(actor).not_shut("document"))
    return known.select_related("person", "document", "end").order_by("-noted_at", "pk")


def is_in_ledger(person: Any) -> bool:
    """Does the ledger name this person as who did something? It names people by their login alone."""
    return LedgerEvent.objects.filter(actor=person.get_username()).exists()


def list_answering() -> QuerySet[Any]:
    """Those of them who may keep an expediente or answer for a reserve, as `permissions.may_answer` says of one."""
    named = list_people().filter(desk_access=True, pk__in=permissions.holders_of(permissions.ANSWERING))
    return named.exclude(pk__in=permissions.holders_of(permissions.NEVER_ANSWERING))


def list_possible_custodians(actor: Actor) -> QuerySet[Any]:
    """People who may be designated when this person opens an expediente: others who may answer for pieces."""
    return list_answering().exclude(pk=actor.pk)


def list_grants_over(actor: Actor, target: Document | Expediente | Package | ConvenioNumber) -> QuerySet[Grant]:
    """Grants of today over a thing, with those over the pieces inside it and over what it lies in, newest first; but
    over pieces that are shut to the reader. The caller has decided that she answers for the thing.
    """
    about = OVER[type(target)](target) & permissions.rights_of(actor).not_shut("document")
    held = Grant.objects.filter(about, withdrawal=None, until__gte=clock.today())
    return held.select_related(*TOLD, "person", "office").order_by("-granted_at")


def over_piece(piece: Document) -> Q:
    """Grants over a piece itself, and over the package in which it came."""
    package = Q(package=piece.batch, package__expediente=piece.expediente_id)
    return Q(document=piece) | package if piece.batch else Q(document=piece)


def over_place(place: Expediente) -> Q:
    """Grants over an expediente, over its pieces and packages, and over its convenio."""
    inside = Q(expediente=place) | Q(document__expediente=place) | Q(package__expediente=place)
    return inside | Q(convenio__number=place.convenio_number) if place.convenio_number else inside


OVER: Mapping[type, Callable[[Any], Q]] = {
    Document: over_piece,
    Expediente: over_place,
    Package: lambda package: Q(package=package.pk),
    ConvenioNumber: lambda convenio: Q(convenio__number=convenio.number),
}


#: Of an expediente as a whole, where the sentence for one piece would not do.
OF_PLACE = {
    "office": _("Su dependencia, %(office)s, lee en todos los expedientes lo que sea: %(levels)s."),
    "own_office": _("Su dependencia, %(office)s, es la responsable del expediente y lee en él lo que sea: %(levels)s."),
}


def why_here(actor: Actor, expediente: Expediente) -> tuple[Because, ...]:
    """Each ground on which the person reads something of this expediente, said once; grants on single pieces are
    told apart, by `list_own_grants_in`. Information that is public by law is named only when nothing else opens it.
    """
    held = [ground for ground in permissions.grounds_for(actor) if opens(ground, expediente)]
    named = [ground for ground in held if ground.rule != "public_by_law"]
    if not named and not list_own_grants_in(actor, expediente).exists():
        named = held
    return tuple({said.sentence: said for said in told_of(named, OF_PLACE).values()}.values())


def opens(ground: Ground, expediente: Expediente) -> bool:
    return ground.opens(expediente.pk)


def list_own_grants_in(actor: Actor, expediente: Expediente) -> QuerySet[Grant]:
    """Grants in force that open single pieces of this expediente to the person."""
    return list_own_grants(actor).filter(document__expediente=expediente)
