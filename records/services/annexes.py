"""The annex registry of an expediente: a stable key for each annex; what it is called is only a label (B8)."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction

from records import audit, clock, permissions
from records.errors import Incomplete
from records.models import Annex, Expediente
from records.permissions import Actor
from records.services.expedientes import hold_open
from records.vocabulary import Action

#: A key is written in addresses and manifests: letters without accents, digits, dot, dash and underscore.
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
#: Models of art. 44 of the offset policy, by their item.
TEMPLATES = ("i", "ii", "iii", "iv", "v", "vi")


def list_annex(
    *,
    actor: Actor,
    expediente: Expediente,
    key: str,
    label: str,
    title: str = "",
    template: str = "",
    template_version: str = "",
) -> Annex:
    """Note an annex that an open expediente has or awaits. Two may be called "Anexo 1"; no two have the same key.

    `template` is an item of art. 44 or empty. Raises NotFound, AccessDenied, ClosedExpediente, or Incomplete with
    every fault.
    """
    permissions.check(actor, Action.FILE, expediente)
    columns = {"key": key.strip(), "label": label.strip(), "title": title.strip(), "template": template.strip(),
               "template_version": template_version.strip()}  # fmt: skip
    with transaction.atomic():
        held = hold_open(expediente.pk)
        check_annex(held, columns)
        return write_annex(actor, held, columns)


def check_annex(expediente: Expediente, columns: dict[str, str]) -> None:
    rows = (
        ("annex_key", not KEY.fullmatch(columns["key"])),
        ("annex_key_taken", expediente.annexes.filter(key=columns["key"]).exists()),
        ("annex_label", not columns["label"]),
        ("annex_template", columns["template"] not in ("", *TEMPLATES)),
        ("annex_template_named", bool(columns["template_version"]) and not columns["template"]),
    )
    if faults := [code for code, lacks in rows if lacks]:
        raise Incomplete(faults)


def write_annex(actor: Actor, expediente: Expediente, columns: dict[str, str]) -> Annex:
    """The title stays in the row: it may name what is reserved."""
    try:
        with transaction.atomic():
            annex = Annex.objects.create(expediente=expediente, listed_by=actor, listed_at=clock.now(), **columns)
    except IntegrityError as taken:
        raise Incomplete(["annex_key_taken"]) from taken
    facts = {name: columns[name] for name in ("key", "template", "template_version")}
    audit.record("annex.listed", actor=actor, subject=expediente, annex=annex.pk, **facts)
    return annex
