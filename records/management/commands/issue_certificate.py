"""`issue_certificate --document UUID|--expediente CODE|--package UUID --as LOGIN --out FILE [--digests]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records import permissions
from records.certificates.issue import issue_certificate
from records.certificates.scope import Scope, of_document, of_expediente, of_package
from records.commanding import JsonCommand, Outcome, person
from records.errors import NotFound
from records.keys import as_uuid
from records.permissions import Actor
from records.selectors.documents import get_document_for


class Command(JsonCommand):
    help = "Expide un certificado de custodia que se comprueba sin este sistema."

    def arguments(self, parser: CommandParser) -> None:
        scope = parser.add_mutually_exclusive_group(required=True)
        scope.add_argument("--document", metavar="UUID", help="identificador del documento")
        scope.add_argument("--expediente", metavar="CODE", help="código del expediente")
        scope.add_argument("--package", metavar="UUID", help="identificador del envío o paquete")
        parser.add_argument("--as", required=True, dest="login", metavar="LOGIN", help="quién lo expide")
        parser.add_argument("--out", required=True, metavar="FILE", help="archivo que se escribe; no debe existir")
        parser.add_argument("--digests", action="store_true", help="solo las huellas, sin los bytes")

    def run(self, options: Mapping[str, Any]) -> Outcome:
        actor, target = person(options["login"]), Path(options["out"])
        if target.exists() or not target.parent.is_dir():
            self.usage(_("«%(path)s» ya existe, o su carpeta no.") % {"path": target}, as_json=options["json"])
        scope = scope_of(actor, options)
        issued = issue_certificate(
            actor=actor, scope=scope, with_bytes=not options["digests"], target=target,
            progress=self.meter(_("Expidiendo")),
        )  # fmt: skip
        said = _("%(file)s: %(pieces)d piezas, %(events)d sucesos, SHA-256 %(sha256)s") % {
            "file": target, "pieces": issued.pieces, "events": issued.events, "sha256": issued.sha256
        }  # fmt: skip
        return Outcome({"ok": True, "file": str(target), "sha256": issued.sha256}, (said,))


def scope_of(actor: Actor, options: Mapping[str, Any]) -> Scope:
    """Raises NotFound for what is not there or not for this person, AccessDenied for what is not her charge."""
    if options["document"]:
        return of_document(actor, get_document_for(actor, options["document"]))
    if options["package"]:
        key = as_uuid(options["package"])
        if key is None:
            raise NotFound
        return of_package(actor, key)
    found = permissions.expedientes_visible_to(actor).filter(code=options["expediente"]).first()
    if found is None:
        raise NotFound
    return of_expediente(actor, found)
