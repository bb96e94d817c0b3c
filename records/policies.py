"""What the state of things allows: no person appears in this file."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from records import stages
from records.errors import ClosedExpediente, Incomplete, RuleViolation
from records.models import ClassificationAct, Document, Expediente, Subserie, TipoDocumental
from records.vocabulary import (
    STRICTNESS,
    ActState,
    DocumentState,
    ExpedienteFormat,
    ExpedienteState,
    GrantBasis,
    Level,
    Origin,
    Reason,
)

#: What a tipo documental may demand at registration beyond the common metadata (`TipoDocumental.requires`).
REQUIREMENTS = ("annex", "template_version", "physical_place")
#: Longest term of a reserved piece, from the date the information was generated (Ley 1712, art. 22).
RESERVE_YEARS = 15
#: Article each restricting level rests on (Ley 1712 de 2014).
ARTICLES: Mapping[str, str] = {Level.RESTRICTED: "18", Level.RESERVED: "19"}
#: Reason derived from article and literal when it is not given.
DERIVED_REASONS: Mapping[tuple[str, str], str] = {
    ("18", "a"): Reason.PERSONAL_DATA,
    ("18", "b"): Reason.PERSONAL_DATA,
    ("18", "c"): Reason.TRADE_SECRET,
    ("19", "a"): Reason.DEFENCE_SECURITY,
    ("19", "b"): Reason.DEFENCE_SECURITY,
}
DEMANDED = (
    "norm",
    "article",
    "literal",
    "harm_present",
    "harm_probable",
    "harm_specific",
    "balance",
    "extent",
    "generated",
    "until",
    "responsible",
    "safe_title",
)


def check_accepts_filing(
    expediente: Expediente, tipo: TipoDocumental | None, date: datetime.date, today: datetime.date
) -> TipoDocumental:
    """The tipo documental, admitted. Raise ClosedExpediente, or Incomplete with every fault at once."""
    check_open(expediente)
    faults = ["date_in_future"] if date > today else []
    if tipo is None or tipo.trd_id != expediente.trd_id:
        raise Incomplete(["unknown_tipo", *faults])
    if expediente.kind not in tipo.kinds:
        faults.insert(0, "tipo_not_in_expediente")
    if faults:
        raise Incomplete(faults, tipo=tipo.name, expediente_kind=expediente.get_kind_display())
    return tipo


def check_open(expediente: Expediente) -> None:
    """Raise ClosedExpediente: what is closed changes only after it is reopened (E7)."""
    if expediente.state != ExpedienteState.OPEN:
        raise ClosedExpediente(expediente=expediente.code, state=expediente.state)


def code_prefix(subserie: Subserie | None) -> str:
    """How codes of a subserie begin: office and serie of the classification scheme, e.g. "GC-130-"."""
    if subserie is None:
        return ""
    office = subserie.serie.trd.office_code
    return f"{office}-{subserie.serie.code}-" if office else f"{subserie.serie.code}-"


def check_annexes_known(wanted: Collection[str], known: Collection[str]) -> None:
    """Raise Incomplete unless every annex key is in the expediente's registry."""
    if set(wanted) - set(known):
        raise Incomplete(["annex_unknown"])


def opening_faults(expediente: Expediente, today: datetime.date) -> list[str]:
    """Everything an expediente about to be opened lacks, but what only the database knows (E1)."""
    rows = (
        ("code", not expediente.code),
        ("title", not expediente.title),
        ("office", not expediente.office),
        ("date_in_future", expediente.opened_on > today),
        ("physical_place", expediente.format == ExpedienteFormat.HYBRID and not expediente.physical_place),
        ("code_of_ccd", bool(expediente.code) and not follows_ccd(expediente.code, expediente.subserie)),
    )
    return [code for code, lacks in rows if lacks]


def follows_ccd(code: str, subserie: Subserie | None) -> bool:
    """Does a code begin as its subserie's codes do, and say something more?"""
    prefix = code_prefix(subserie)
    return code.startswith(prefix) and len(code) > len(prefix)


def registration_faults(
    document: Document, *, tipos: Collection[str], levelled: Collection[Any], located: Collection[Any]
) -> list[str]:
    """Everything a piece lacks to be called registered (C1), in the order in which a form asks for it.

    `tipos` are the codes that the version of its expediente admits there; `levelled` and `located` the ids of the
    pieces whose level an act gives, and of those whose paper has a noted place.
    """
    demanded = {"physical_place"} if needs_place(document) else set()
    demanded |= set(document.tipo.requires) & set(REQUIREMENTS)
    rows = (
        ("tipo_in_version", is_of_present_version(document) and document.tipo.code not in tipos),
        ("title", not document.title.strip()),
        ("date", document.date is None),
        ("author", not document.author.strip()),
        ("origin", document.origin not in Origin.values),
        ("level_in_force", document.level == Level.UNCLASSIFIED or document.pk not in levelled),
        ("annex", "annex" in demanded and document.annex_id is None),
        ("template_version", "template_version" in demanded and not document.template_version),
        ("physical_place", "physical_place" in demanded and document.pk not in located),
    )
    return [code for code, lacks in rows if lacks]


def is_of_present_version(document: Document) -> bool:
    """A piece keeps the tipo it was filed with when its expediente moves to a later version, which may lack it."""
    return document.tipo.trd_id == document.expediente.trd_id


def needs_place(document: Document) -> bool:
    """The paper of what was digitised for a hybrid expediente is somewhere, and is to be found (C10)."""
    return document.origin == Origin.DIGITISED and document.expediente.format == ExpedienteFormat.HYBRID


def check_stage_step(expediente: Expediente, target: str, reason: str) -> None:
    """An expediente goes stage by stage along the course of its kind, and back to any earlier one only with a cause.

    Raises RuleViolation, or Incomplete without a reason.
    """
    course = stages.codes(expediente.kind)
    if target not in course:
        raise RuleViolation("stage_unknown", stage=target)
    here, there = stages.position_of(expediente.kind, expediente.stage), course.index(target)
    if there == here:
        raise RuleViolation("same_stage", stage=target)
    if there > here + 1:
        raise RuleViolation("stage_out_of_course", stage=target)
    if not reason.strip():
        raise Incomplete(["reason"])


def check_grounds(level: str, grounds: Mapping[str, Any], today: datetime.date) -> None:
    """Raise Incomplete with everything a restriction lacks (Ley 1712, arts. 18, 19, 22, 28)."""
    if level not in ARTICLES:
        return
    missing = [name for name in DEMANDED if not grounds.get(name)]
    if grounds.get("article") and str(grounds["article"]) != ARTICLES[level]:
        missing.append("article_of_level")
    missing += term_faults(level, grounds.get("generated"), grounds.get("until"), today)
    if missing:
        raise Incomplete(missing, level=level, article=ARTICLES[level])


def term_faults(
    level: str, generated: datetime.date | None, until: datetime.date | None, today: datetime.date
) -> list[str]:
    """The longest term runs from a day that has come: from a later one it could be made as long as one likes."""
    if not generated or not until:
        return []
    if generated > today:
        return ["generated_in_future"]
    if until <= generated:
        return ["until_before_generated"]
    if until <= today:
        return ["until_passed"]
    if level == Level.RESERVED and until > years_after(generated, RESERVE_YEARS):
        return ["reserve_over_15_years"]
    return []


def years_after(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February in a common year
        return day.replace(year=day.year + years, month=3, day=1)


def derive_reason(grounds: Mapping[str, Any]) -> str:
    given = grounds.get("reason") or ""
    return str(given or DERIVED_REASONS.get((str(grounds.get("article")), str(grounds.get("literal"))), ""))


def acts_at_once(present: str, proposed: str) -> bool:
    """A level stricter than the one in force acts at once; a first level and a looser one wait."""
    return present != Level.UNCLASSIFIED and STRICTNESS[proposed] > STRICTNESS[present]


def check_can_propose(document: Document, level: str) -> None:
    if level not in STRICTNESS:
        raise RuleViolation("unknown_level", level=level)
    if document.level == level and has_own_level(document):
        raise RuleViolation("same_level", level=level)
    if not acts_at_once(document.level, level) and is_waiting(document):
        raise RuleViolation("already_proposed")


def has_own_level(document: Document) -> bool:
    """Was a level of this piece ever approved? One that came from another piece, or was raised upon it, was not."""
    return document.state != DocumentState.FILED


def is_waiting(document: Document) -> bool:
    """Is a proposal about the piece still to be decided?"""
    return ClassificationAct.objects.filter(document=document, state=ActState.PROPOSED).exists()


def check_pending(act: ClassificationAct) -> None:
    if act.state != ActState.PROPOSED:
        raise RuleViolation("act_decided", state=act.state)


def grant_faults(
    *,
    starts_on: datetime.date | None,
    until: datetime.date | None,
    reason: str,
    case_number: str,
    basis: str,
    today: datetime.date,
    most_days: int,
) -> list[str]:
    """Everything wrong with the terms of a grant, whoever it is to and whatever it is over."""
    first = max(starts_on or today, today)
    rows = (
        ("grant_until", until is None),
        ("until_passed", until is not None and until < today),
        ("until_before_start", until is not None and starts_on is not None and until < starts_on),
        ("until_beyond_most", until is not None and until > first + datetime.timedelta(days=most_days)),
        ("reason", not reason.strip()),
        ("case_number", basis != GrantBasis.ORDINARY and not case_number.strip()),
    )
    return [code for code, wrong in rows if wrong]
