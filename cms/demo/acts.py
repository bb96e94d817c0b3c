"""The acts of the play, each through the service that serves the screens; every one returns the id it made."""

from __future__ import annotations

import io
from decimal import Decimal

from cms.demo import fixtures, texts
from cms.demo.fixtures import Row
from cms.demo.stage import Stage
from records.api import (
    FilingMetadata,
    Upload,
    advance_stage,
    appoint,
    approve_act,
    describe_expediente,
    file_document,
    grant_access,
    join_organisation,
    list_annex,
    locate_document,
    note_organisation,
    now,
    open_expediente,
    propose_level,
    register_document,
    replace_document,
    tie,
    today,
)
from records.convenios.api import Convenio, Project, note_convenio, publish_project
from search import api as search

PUBLISHER = "secretaria.general"
OPENER = "archivista"
SUPPLIER = "proveedor"


def opening(stage: Stage, row: Row) -> str:
    parent = stage.expediente(row["parent"]) if row["parent"] else None
    expediente = open_expediente(
        actor=stage.people[OPENER],
        code=row["code"],
        title=row["title"],
        kind=row["kind"],
        opened_on=fixtures.day(row["opened"]),
        convenio_number=row["convenio_number"],
        parent=parent,
    )
    return str(expediente.pk)


def appointing(stage: Stage, row: Row, code: str) -> str:
    """Set-up by an operator: the screens for people and offices come later."""
    appointment = appoint(
        expediente=stage.expediente(code),
        person=stage.people[row["login"]],
        kind=row["kind"],
        starts_on=today(),
        ends_on=fixtures.day(row["until"]),
        act=row["act"],
    )
    return str(appointment.pk)


def filing(stage: Stage, row: Row) -> str:
    name, content = texts.piece(row)
    upload = Upload(name, io.BytesIO(content))
    metadata = FilingMetadata(
        tipo=row["tipo"],
        date=fixtures.day(row["date"]),
        title=row["title"],
        annex=row["annex"]["key"] if "annex" in row else "",
    )
    actor = stage.people[row["filer"]]
    if "replaces" in row:
        wrong = stage.document(row["replaces"])
        receipt = replace_document(actor=actor, document=wrong, upload=upload, metadata=metadata, reason=row["reason"])
    else:
        place = stage.expediente(row["expediente"])
        receipt = file_document(actor=actor, expediente=place, upload=upload, metadata=metadata)
    return str(receipt.document)


def locating(stage: Stage, row: Row) -> str:
    clerk = stage.people[OPENER]
    describe_expediente(
        actor=clerk, expediente=stage.expediente(row["expediente"]), format="hybrid", physical_place=row["place"]
    )
    where = {name: row[name] for name in ("archive", "box", "folder", "cross_reference")}
    return str(locate_document(actor=clerk, document=stage.document(row["document"]), **where).pk)


def listing(stage: Stage, row: Row) -> str:
    expediente = stage.expediente(row["expediente"])
    return str(list_annex(actor=stage.people[row["filer"]], expediente=expediente, **row["annex"]).pk)


def registering(stage: Stage, row: Row) -> str:
    document = register_document(
        actor=stage.people["custodia"],
        document=stage.document(row["key"]),
        template_version=row.get("template_version", ""),
    )
    return str(document.pk)


def advancing(stage: Stage, code: str, target: str) -> str:
    expediente = advance_stage(
        actor=stage.people[OPENER], expediente=stage.expediente(code), stage=target, reason="Trámite cumplido"
    )
    return str(expediente.pk)


def proposing(stage: Stage, row: Row) -> str:
    act = propose_level(
        actor=stage.people[row["proposer"]],
        document=stage.document(row["key"]),
        level=row["level"],
        grounds=fixtures.grounds(row),
    )
    return str(act.pk)


def approving(stage: Stage, row: Row) -> str:
    return str(approve_act(actor=stage.people[row["approver"]], act=stage.act(row["key"])).pk)


def granting(stage: Stage, row: Row) -> str:
    grant = grant_access(
        actor=stage.people["custodia"],
        target=stage.document(row["document"]),
        person=stage.people[row["login"]],
        until=fixtures.day(row["until"]),
        reason=row["reason"],
    )
    return str(grant.pk)


def keeping(stage: Stage, row: Row) -> str:
    person = stage.people[row["login"]]
    saved = search.saved.save_search(
        person, row["name"], search.Asked(row["q"]), row["alert"], now=now(), today=today()
    )
    search.novelty.begin(saved, person, now())
    return str(saved.pk)


def tying(stage: Stage, row: Row, kind: str) -> str:
    """What the supplier of the worked example produced or signs is its own; its person acts for it from then on."""
    person = stage.people[SUPPLIER]
    supplier = note_organisation(actor=None, kind="supplier", name=person.get_full_name())
    if not supplier.members.exists():
        join_organisation(
            actor=None, organisation=supplier, person=person, act="Poder general del proveedor", starts_on=today()
        )
    tied = tie(actor=None, organisation=supplier, subject=stage.document(row["key"]), kind=kind)
    return str(tied.pk)


def signing(stage: Stage, row: Row) -> str:
    """The convenio's row; its workflow is a later act of the house."""
    framework = Convenio.objects.filter(number=row["framework"]).first()
    convenio = note_convenio(
        number=row["number"],
        title=row["title"],
        framework=framework,
        expediente=stage.expediente(row["expediente"]),
        supplier=row["supplier"],
        signed_on=fixtures.day(row["signed"]),
        credits_agreed=Decimal(row["obligation_credits"]),
    )
    return str(convenio.pk)


def describing(_stage: Stage, row: Row) -> str:
    """The project's row as it stands today; its workflow is a later act of the house."""
    published = row["published"] and fixtures.day(row["published"]) <= today()
    project, _made = Project.objects.update_or_create(
        code=row["code"],
        defaults={
            **{name: row[name] for name in PLAIN},
            "supplier": fixtures.read("worked_example")["acquisition"]["supplier"],
            "phase": fixtures.phase(row, today()),
            "indicators": fixtures.indicators(row, today()),
            "convenio": Convenio.objects.filter(number=row["convenio"]).first() if row["convenio"] else None,
            "credits_executed": fixtures.executed(row["convenio"], today()),
            "bank_entry_approved_on": fixtures.day(row["bank_entry"]) if published else None,
            "bank_entry_act": row["bank_entry_act"] if published else "",
        },
    )
    return str(project.pk)


PLAIN = (
    "slug",
    "name",
    "objective",
    "summary",
    "department",
    "municipality",
    "area_of_interest",
    "strategic_bet",
    "offset_kind",
    "recipient",
    "beneficiaries",
    "inclusion",
)


def publishing(stage: Stage, row: Row, reason: str) -> str:
    """The project as it stands today, shown to citizens by a decision."""
    describing(stage, row)
    project = Project.objects.get(code=row["code"])
    return str(publish_project(actor=stage.people[PUBLISHER], project=project, reason=reason).pk)
