"""`list_without_database --out FILE [--signer HEX]…`: what the bytes alone tell of what was held."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from records.commanding import JsonCommand, Outcome, Refused
from records.errors import IndexRefused
from records.fixity.places import places
from records.indexes import certificates
from records.services.rescue import Rescued, rescue


class Command(JsonCommand):
    help = "Relaciona lo que había, por los bytes y los índices firmados que quedan, sin abrir la base de datos."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="relación que se escribe, en JSON")
        parser.add_argument(
            "--signer", action="append", metavar="HEX",
            help="huella SHA-256 de un certificado que firmó índices; sin ella, la del vigente",
        )  # fmt: skip

    def run(self, options: Mapping[str, Any]) -> Outcome:
        roots = [place.root for place in places() if place.root.is_dir()]
        signers = options["signer"] or own_signer()
        try:
            descriptor = os.open(options["out"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            self.usage(_("«%(path)s» ya existe, o su carpeta no.") % {"path": options["out"]}, as_json=options["json"])
        with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
            found = rescue(roots, {signer.lower() for signer in signers}, sink, self.meter(_("Leyendo")))
        return Outcome(asdict(found), told(found), fine=not (found.altered or found.missing or found.foreign))


def own_signer() -> list[str]:
    try:
        return [certificates.credential().fingerprint]
    except IndexRefused as refusal:
        raise Refused("no_signer", _("Falta el certificado de los índices: dé su huella con --signer.")) from refusal


def told(found: Rescued) -> tuple[str, ...]:
    counts = asdict(found)
    return (
        _("%(files)d archivos con los bytes de su nombre, %(bytes)d bytes") % counts,
        _("%(expedientes)d expedientes con índice: %(pieces)d piezas, %(missing)d sin bytes") % counts,
        _("%(unnamed)d archivos que ningún índice nombra: de ellos solo quedan los bytes") % counts,
        *(_("%(sha256)s: alterado en todas partes") % {"sha256": digest} for digest in found.altered),
        *(
            _("%(count)d índices firmados por otro certificado: %(signer)s") % {"count": count, "signer": signer}
            for signer, count in sorted(found.foreign.items())
        ),
    )
