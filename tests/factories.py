"""Rows for tests, made through the services where a rule is at stake and directly where it is not."""

from __future__ import annotations

import contextlib
import datetime
import gc
import io
import itertools
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from records import audit, storage, triggers
from records.models import (
    AccessAnswer,
    AccessCase,
    AccessRequest,
    Annex,
    Annulment,
    Appointment,
    AppointmentEnd,
    Blob,
    BreakGlass,
    BreakGlassConfirmation,
    BreakGlassReview,
    CaseEnd,
    Certificate,
    ConvenioNumber,
    Document,
    Expediente,
    Grant,
    Hold,
    HoldLift,
    IndexIssue,
    MemberEnd,
    Organisation,
    OrganisationMember,
    Package,
    Part,
    PersonAct,
    PersonActDecision,
    PhysicalPlace,
    Placement,
    Reading,
    Recusal,
    RecusalEnd,
    Rendition,
    Resentencing,
    RoleAssignment,
    RoleEnd,
    Serie,
    SignatureReport,
    Subserie,
    Tie,
    TieEnd,
    TipoDocumental,
    TrdVersion,
)
from records.services import access, classification, expedientes, filing
from records.vocabulary import AppointmentKind, ExpedienteKind, Level

DAY = datetime.date(2026, 6, 10)
#: Far enough for any term, near enough for the longest grant.
FAR = datetime.date(datetime.date.today().year + 3, 12, 31)  # noqa: DTZ011 - a day of tests, not of custody
_numbers = itertools.count(1)

GROUNDS: dict[str, Any] = {
    "norm": "Ley 1712 de 2014",
    "literal": "c",
    "harm": {"present": "Revela el proceso.", "probable": "Hay competidores.", "specific": "Afecta al proveedor."},
    "balance": "El daño supera el interés público.",
    "extent": "total",
    "generated": "2026-06-10",
    "until": "2036-06-10",
    "responsible": "custodia",
    "safe_title": "Anexo técnico",
}
ARTICLES = {Level.RESTRICTED: "18", Level.RESERVED: "19"}


@contextlib.contextmanager
def behind_the_product() -> Iterator[None]:
    """The database as its owner may write it, with our guard lifted for a moment."""
    connection.check_constraints()  # PostgreSQL alters no table whose deferred checks are pending
    gc.collect()  # SQLite alters none while a forgotten cursor is open
    triggers.uninstall(connection)
    yield
    connection.check_constraints()
    triggers.install(connection)


def grounds_for(level: str) -> dict[str, Any]:
    """Complete legal grounds for a level; empty for the public one."""
    return {} if level == Level.PUBLIC else {**GROUNDS, "article": ARTICLES[level]}


#: Serie of each kind of expediente, as the demo's schedule has them.
SERIES = dict(zip(ExpedienteKind.values, (110, 120, 130, 140, 150, 170, 160, 180, 190), strict=True))


def make_trd(number: int = 1, since: datetime.date = datetime.date(2000, 1, 1)) -> TrdVersion:
    """A version of the schedule with one subserie per kind of expediente, whose codes begin "GC-<serie>-"."""
    trd, made = TrdVersion.objects.get_or_create(
        number=number, defaults={"in_force_from": since, "office_code": "GC", "name": f"TRD de prueba {number}"}
    )
    for kind, code in SERIES.items() if made else ():
        serie = Serie.objects.create(trd=trd, code=str(code), name=str(ExpedienteKind(kind).label))
        Subserie.objects.create(serie=serie, code=f"{code}.1", name=serie.name, kind=kind)
    return trd


def make_tipo(
    code: str = "anexo_del_convenio", kinds: tuple[str, ...] = (ExpedienteKind.DERIVED,), **fields: Any
) -> TipoDocumental:
    tipo, _made = TipoDocumental.objects.get_or_create(
        trd=make_trd(),
        code=code,
        defaults={"name": code.replace("_", " ").capitalize(), "kinds": list(kinds), **fields},
    )
    return tipo


def make_expediente(actor: Any, code: str = "", **fields: Any) -> Expediente:
    make_tipo()
    number = next(_numbers)
    kind = fields.pop("kind", ExpedienteKind.DERIVED)
    return expedientes.open_expediente(
        actor=actor,
        code=code or f"GC-{SERIES[kind]}-PRUEBA-{number:04d}",
        title=fields.pop("title", f"Expediente {number}"),
        kind=kind,
        opened_on=fields.pop("opened_on", DAY),
        **fields,
    )


def appoint_custodian(expediente: Expediente, person: Any, **dates: Any) -> Appointment:
    return access.appoint(
        expediente=expediente,
        person=person,
        kind=AppointmentKind.CUSTODIAN,
        act="Resolución 1",
        starts_on=dates.get("starts_on", DAY),
        ends_on=dates.get("ends_on", FAR),
    )


def appoint_supervisor(expediente: Expediente, person: Any) -> Appointment:
    return access.appoint(
        expediente=expediente,
        person=person,
        kind=AppointmentKind.SUPERVISOR,
        act="Resolución 2",
        starts_on=DAY,
        ends_on=FAR,
    )


def upload(content: bytes = b"", name: str = "anexo.txt") -> filing.Upload:
    """A file offered for filing; without content, a short text like no other."""
    return filing.Upload(name, io.BytesIO(content or f"Texto de prueba {next(_numbers)}\n".encode()))


def metadata(**fields: Any) -> filing.FilingMetadata:
    return filing.FilingMetadata(
        tipo=fields.get("tipo", "anexo_del_convenio"), date=fields.get("date", DAY), title=fields.get("title", "")
    )


def file_piece(
    actor: Any, expediente: Expediente, content: bytes = b"", name: str = "anexo.txt", **meta: Any
) -> Document:
    """A piece filed through the service."""
    receipt = filing.file_document(
        actor=actor, expediente=expediente, upload=upload(content, name), metadata=metadata(**meta)
    )
    return Document.objects.get(pk=receipt.document)


def give_level(document: Document, level: str, proposer: Any, approver: Any) -> Document:
    """The piece at a level, proposed and approved through the services."""
    act = classification.propose_level(actor=proposer, document=document, level=level, grounds=grounds_for(level))
    if act.state == "proposed":
        classification.approve_act(actor=approver, act=act)
    document.refresh_from_db()
    return document


def insert_piece(filer: Any, expediente: Expediente, level: str = Level.UNCLASSIFIED, **fields: Any) -> Document:
    """A piece as rows only, for tests of reading rights: no cell, no services. `fields` are columns."""
    number = next(_numbers)
    staged = storage.store().stage(io.BytesIO(f"fila {number}".encode()), limit=1000)
    storage.store().keep(staged)
    blob, _made = Blob.objects.get_or_create(
        digest=staged.digest, defaults={"size": staged.size, "stored_at": expediente.created_at}
    )
    order = expediente.documents.count() + 1
    columns = {
        "expediente": expediente, "tipo": None, "order": order, "folio_first": order, "folio_last": order,
        "radicado": f"2026-{900000 + number}", "title": f"Pieza {number}", "date": DAY, "author": "Grupo de Contratos",
        "filed_by": filer, "filed_at": expediente.created_at, "blob": blob, "original_name": "pieza.txt",
        "media_type": "text/plain", "extension": "txt", "pages": 1, "inspected": True, "level": level, **fields,
    }  # fmt: skip
    document = Document.objects.create(**{**columns, "tipo": columns["tipo"] or make_tipo()})
    Reading.objects.create(document=document, state="read")
    return document


def tell_filing(piece: Document) -> Document:
    """What the ledger would tell of a piece that was inserted as rows only, had it been filed and given its level."""
    with transaction.atomic():
        audit.record("document.filed", actor=piece.filed_by, subject=piece, **filing.evidence(piece))
        audit.record("level.approved", actor=piece.filed_by, subject=piece, level=piece.level)
    return piece


def insert_what_is_said_of(piece: Document, actor: Any) -> None:
    """One row of every table that tells something of a piece or its expediente, for tests of those tables."""
    now, digest = piece.filed_at, piece.blob_id
    other = make_expediente(actor)
    Annex.objects.create(expediente=piece.expediente, key="A-1", label="Anexo 1", listed_by=actor, listed_at=now)
    Placement.objects.create(
        document=piece, expediente=other, order=1, folio_first=1, folio_last=1, placed_by=actor, placed_at=now
    )
    PhysicalPlace.objects.create(
        document=piece, archive="Depósito", cross_reference="Caja 1", noted_by=actor, noted_at=now
    )
    Annulment.objects.create(document=piece, reason="Repetida", annulled_by=actor, annulled_at=now)
    Part.objects.create(document=piece, index=0, role="body", media_type="text/plain", size=1, digest=digest)
    Rendition.objects.create(
        document=piece, kind="text", digest=digest, size=1, media_type="text/plain", engine="x", made_at=now
    )
    SignatureReport.objects.create(document=piece, engine="x", validated_at=now)
    IndexIssue.objects.create(
        expediente=other, number=1, occasion="request", file=piece.blob, cover=piece.blob, documents=0, folios=0,
        certificate=digest, issued_by=actor, issued_at=now,
    )  # fmt: skip
    hold = Hold.objects.create(
        kind="audit", document=piece, authority="Auto 1", reason="x", placed_by=actor, placed_at=now
    )
    HoldLift.objects.create(
        hold=hold,
        authority="Auto 2",
        reason="x",
        lifted_by=piece.expediente.appointments.all()[0].person,
        lifted_at=now,
    )
    Certificate.objects.create(
        kind="document", scope=piece.pk, expediente=piece.expediente, document=piece, with_bytes=True, pieces=1,
        events=1, size=1, sha256=digest, manifest=digest, key="x", issued_by=actor, issued_at=now, event=0,
    )  # fmt: skip
    Resentencing.objects.create(
        expediente=other,
        from_subserie=other.subserie,
        to_subserie=other.subserie,
        reason="x",
        proposed_by=actor,
        proposed_at=now,
    )
    insert_what_is_said_of_people(piece, actor)


def insert_what_is_said_of_people(piece: Document, actor: Any) -> None:
    """One row of every table of roles, organisations, recusals, requests and emergencies."""
    now, by = piece.filed_at, {"noted_by": actor, "noted_at": piece.filed_at}
    ended = {"ended_at": now, "ended_by": actor}
    other = get_user_model().objects.create_user(username=f"otra.{next(_numbers)}")
    ConvenioNumber.objects.create(number="CD-1")
    Package.objects.create(id=piece.pk, expediente=piece.expediente)
    role = RoleAssignment.objects.create(person=other, role="reviewer", assigned_at=now)
    RoleEnd.objects.create(assignment=role, **ended)
    asked = PersonAct.objects.create(kind="role", person=other, role="reviewer", act="x", asked_by=actor, asked_at=now)
    PersonActDecision.objects.create(asked=asked, confirmed=True, decided_by=actor, decided_at=now)
    AppointmentEnd.objects.create(appointment=appoint_supervisor(piece.expediente, other), **ended)
    supplier = Organisation.objects.create(kind="supplier", name="Empresa", **by)
    member = OrganisationMember.objects.create(organisation=supplier, person=other, starts_on=DAY, act="Poder 1", **by)
    MemberEnd.objects.create(member=member, **ended)
    tie = Tie.objects.create(kind="signs", organisation=supplier, document=piece, tied_at=now)
    TieEnd.objects.create(tie=tie, **ended)
    recusal = Recusal.objects.create(person=other, document=piece, starts_on=DAY, act="Acta 1", **by)
    RecusalEnd.objects.create(recusal=recusal, **ended)
    insert_what_was_asked_for(piece, actor, other)


def insert_what_was_asked_for(piece: Document, actor: Any, other: Any) -> None:
    now = piece.filed_at
    request = AccessRequest.objects.create(person=other, reference="x", purpose="x", asked_at=now)
    AccessAnswer.objects.create(request=request, answered_by=actor, answered_at=now)
    emergency = BreakGlass.objects.create(document=piece, reason="x", minutes=1, asked_by=other, asked_at=now)
    grant = Grant.objects.create(
        person=other, document=piece, until=DAY, reason="x", basis="break_glass", case_number="1", granted_by=actor,
        granted_at=now,
    )  # fmt: skip
    BreakGlassConfirmation.objects.create(
        emergency=emergency, grant=grant, asked_by=other, confirmed_by=actor, confirmed_at=now
    )
    BreakGlassReview.objects.create(emergency=emergency, observations="x", reviewed_by=actor, reviewed_at=now)
    case = AccessCase.objects.create(
        basis="audit", case_number="1", authority="x", official="x", instrument="x", instrument_on=DAY, reason="x",
        expediente=piece.expediente, person=other, until=DAY, opened_by=actor, opened_at=now,
    )  # fmt: skip
    CaseEnd.objects.create(case=case, ended_at=now, ended_by=actor)
