"""The retention schedule as forms, services and screens need it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from records import permissions, policies
from records.errors import NotFound
from records.models import Expediente, Serie, Subserie, TipoDocumental, TrdVersion
from records.permissions import Actor
from records.schedules import Header, Schedule, SerieLine, SubserieLine, TipoLine, demand_from
from records.schedules.values import MOST_NUMBER, REASONS, REQUIREMENTS
from records.vocabulary import ExpedienteKind


def find_version_on(day: datetime.date) -> TrdVersion | None:
    """The version in force on a day; the newest where two meet."""
    begun = TrdVersion.objects.filter(in_force_from__lte=day)
    return begun.filter(Q(in_force_until=None) | Q(in_force_until__gte=day)).order_by("-number").first()


def find_last_version() -> TrdVersion | None:
    """The newest version, in force already or not yet."""
    return TrdVersion.objects.order_by("-number").first()


def get_version(number: int) -> TrdVersion:
    """A version, or NotFound. Everybody at the desk may read the schedule: it is a public instrument."""
    versions = TrdVersion.objects.select_related("loaded_by")
    found = versions.filter(number=number).first() if number <= MOST_NUMBER else None
    if found is None:
        raise NotFound
    return found


def list_versions() -> list[TrdVersion]:
    """Newest first."""
    return list(TrdVersion.objects.select_related("loaded_by").order_by("-number"))


def list_tipos_for(expediente: Expediente) -> list[TipoDocumental]:
    """Tipos documentales that this expediente admits, by name. The catalogue is short: chosen here, because
    the databases do not ask a list of codes alike."""
    tipos = TipoDocumental.objects.filter(trd=expediente.trd_id).order_by("name")
    return [tipo for tipo in tipos if expediente.kind in tipo.kinds]


# -- a version as a schedule ---------------------------------------------------------------------------------------

#: Columns that rows and lines share.
HEADER_COLUMNS = tuple(name for name in Header.__dataclass_fields__)
SUBSERIE_COLUMNS = tuple(name for name in SubserieLine.__dataclass_fields__)
TIPO_COLUMNS = tuple(name for name in TipoLine.__dataclass_fields__)


def schedule_of(trd: TrdVersion) -> Schedule:
    """What the rows of a version say, as a file of it would, in three queries."""
    series = Serie.objects.filter(trd=trd).order_by("code")
    subseries = list(Subserie.objects.filter(serie__trd=trd).order_by("code"))
    tipos = TipoDocumental.objects.filter(trd=trd).order_by("code")
    return Schedule(
        Header(**columns_of(trd, HEADER_COLUMNS)),
        tuple(serie_line(serie, [row for row in subseries if row.serie_id == serie.pk]) for serie in series),
        tuple(map(tipo_line, tipos)),
    )


def columns_of(row: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def serie_line(serie: Serie, subseries: Sequence[Subserie]) -> SerieLine:
    lines = tuple(SubserieLine(**columns_of(row, SUBSERIE_COLUMNS)) for row in subseries)
    return SerieLine(serie.code, serie.name, lines)


def tipo_line(tipo: TipoDocumental) -> TipoLine:
    """Lists come in the vocabulary's order, however the row keeps them."""
    ordered = {
        "kinds": in_order(tipo.kinds, ExpedienteKind.values),
        "default_reasons": in_order(tipo.default_reasons, REASONS.labels),
        "requires": in_order(tipo.requires, REQUIREMENTS),
        "demands": tuple(demand_from(row) for row in tipo.demands),
    }
    return TipoLine(**{**columns_of(tipo, TIPO_COLUMNS), **ordered})


def in_order(codes: Sequence[str], vocabulary: Sequence[str] | Mapping[str, Any]) -> tuple[str, ...]:
    known = [code for code in vocabulary if code in codes]
    return (*known, *(code for code in codes if code not in vocabulary))


def list_subseries(trd: TrdVersion) -> list[Subserie]:
    """Subseries of a version with their series, by code."""
    return list(Subserie.objects.filter(serie__trd=trd).select_related("serie").order_by("serie__code", "code"))


# -- who is bound to it --------------------------------------------------------------------------------------------


def list_bound_to(actor: Actor, trd: TrdVersion) -> QuerySet[Expediente]:
    """Expedientes of a version, as far as the person knows them, by code."""
    known = permissions.expedientes_visible_to(actor).filter(trd=trd)
    return known.select_related("subserie").order_by("code")


def count_bound(actor: Actor, trd: TrdVersion) -> Mapping[Any, int]:
    """How many expedientes the person knows in each subserie of a version, by the subserie's id."""
    rows = permissions.expedientes_visible_to(actor).filter(trd=trd).order_by().values_list("subserie")
    return dict(rows.annotate(total=Count("pk")))


# -- the code of a new expediente ----------------------------------------------------------------------------------


def suggest_code(
    kind: str, *, opened_on: datetime.date, convenio_number: str = "", parent: Expediente | None = None
) -> str:
    """A free code for an expediente of this kind, after the classification scheme of the version in force that day.

    That of a convenio ends in its number; those that hang from one end otherwise (`GC-170-CD-2026-001-LI`). Empty
    when no version of that day holds the kind. It is an offer: `open_expediente` says what may be used.
    """
    trd = find_version_on(opened_on)
    subserie = Subserie.objects.filter(serie__trd=trd, kind=kind).select_related("serie__trd").order_by("code").first()
    if subserie is None or kind not in TAILS:
        return ""
    prefix = policies.code_prefix(subserie)
    about = convenio_number.strip() or (parent.convenio_number if parent else "")
    taken = set(Expediente.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    return next(code for tail in TAILS[kind](opened_on, about) if (code := f"{prefix}{tail}") not in taken)


Tails = Callable[[datetime.date, str], Iterator[str]]


def numbered(short: str, ending: str = "", dated: bool = True) -> Tails:
    """`CD-2026-001`, `CD-2026-002`, …: the convenio's own number first, when it is known and of this kind."""

    def tails(day: datetime.date, about: str) -> Iterator[str]:
        lead = f"{short}-{day.year}" if dated else short
        if re.match(rf"{short}-", about):
            yield f"{about}{ending}"
        yield from (f"{lead}-{number:03d}{ending}" for number in range(1, 1_000_000))

    return tails


def hanging(ending: str, alone: str) -> Tails:
    """`CD-2026-001-LI`, `CD-2026-001-LI-2`, …; without a convenio, the word of the kind and the year."""

    def tails(day: datetime.date, about: str) -> Iterator[str]:
        stem = about or f"{alone}-{day.year}"
        yield f"{stem}-{ending}"
        yield from (f"{stem}-{ending}-{number}" for number in range(2, 1_000_000))

    return tails


def of_a_day(ending: str, short: str) -> Tails:
    """`CE-2026-03-31-SE`: a session is told by its date."""

    def tails(day: datetime.date, _about: str) -> Iterator[str]:
        yield f"{short}-{day.isoformat()}-{ending}"
        yield from (f"{short}-{day.isoformat()}-{ending}-{number}" for number in range(2, 1_000_000))

    return tails


#: How codes of each kind end, the likeliest first.
TAILS: Mapping[str, Tails] = {
    ExpedienteKind.ACQUISITION: numbered("AD"),
    ExpedienteKind.FRAMEWORK: numbered("CM"),
    ExpedienteKind.DERIVED: numbered("CD"),
    ExpedienteKind.PROJECT: numbered("P", "-PR", dated=False),
    ExpedienteKind.SESSION: of_a_day("SE", "CE"),
    ExpedienteKind.SETTLEMENT: hanging("LI", "CV"),
    ExpedienteKind.REPORTS: hanging("RE", "CSE"),
    ExpedienteKind.NORMS: numbered("NO"),
    ExpedienteKind.CALL: numbered("CO"),
}
