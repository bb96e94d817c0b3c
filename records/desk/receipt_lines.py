"""A receipt as it is read, on a screen and on paper: the same facts, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records import signing
from records.models import Document
from records.rendering.receipt_pdf import Leaf
from records.selectors.receipts import ShownReceipt
from records.telling import FORMATS

DAY, MOMENT = "j \\d\\e F \\d\\e Y", "j \\d\\e F \\d\\e Y, H:i:s"
STANDINGS: Mapping[str, Any] = {
    "signed": gettext_lazy("Firmado por el sistema al radicar (Ed25519, llave %(key)s)"),
    "unsigned": gettext_lazy("Sin firma: la pieza se radicó antes de que el sistema firmara sus recibos."),
    "broken": gettext_lazy("La firma no corresponde a los datos guardados. Avise al custodio."),
}
SCRIPT = "verificar_recibo.py"


def pairs_of(receipt: ShownReceipt) -> Iterator[tuple[str, str, str]]:
    """(label, value, kind) of each fact; `kind` is "code", "name" (as received) or empty."""
    piece = receipt.piece
    yield _("Expediente"), f"{piece.expediente.code}, {piece.expediente.title}", ""
    yield _("Documento"), piece.title, ""
    yield _("Recibido"), received(piece), ""
    yield _("Archivo"), piece.original_name, "name"
    yield _("Tamaño y formato"), f"{number_format(piece.blob.size, force_grouping=True)} bytes · {format_of(piece)}", ""
    yield _("Tipo documental"), piece.tipo.name, ""
    yield _("Fecha del documento"), date_format(piece.date, DAY).lower(), ""
    yield _("Lugar"), place(piece), ""
    if not piece.inspected:
        yield _("Inspección"), _("No se pudo inspeccionar; los bytes quedaron tal como llegaron."), ""
    if receipt.twin:
        yield _("Mismo archivo"), _("Vinculado con el radicado %(twin)s") % {"twin": receipt.twin.radicado}, ""
    yield _("Identificador"), str(piece.pk), "code"


def format_of(piece: Document) -> str:
    return str(FORMATS.get(piece.media_type, piece.media_type))


def received(piece: Document) -> str:
    moment = date_format(timezone.localtime(piece.filed_at), MOMENT).lower()  # months are written small
    return _("%(moment)s, hora de Bogotá, de %(person)s") % {"moment": moment, "person": named(piece.filed_by)}


def named(person: Any) -> str:
    """Full name and login: people know the one, and the signed receipt says the other."""
    return f"{person.get_full_name()} ({person.get_username()})"


def place(piece: Document) -> str:
    folios = f"{piece.folio_first}" + (f"–{piece.folio_last}" if piece.folio_last > piece.folio_first else "")
    return _("Orden %(order)s, folio %(folios)s") % {"order": piece.order, "folios": folios}


def standing(receipt: ShownReceipt) -> str:
    return str(STANDINGS[receipt.standing]) % {"key": receipt.piece.receipt_key}


def grouped(digits: str) -> str:
    """Hex in groups of four, as people compare it."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def steps(name: str) -> list[str]:
    """How to check a receipt that was kept as the file `name`, with any computer and without this system."""
    return [
        _(
            "Calcule la huella del archivo que usted conserva (sha256sum en Linux; shasum -a 256 en macOS; en Windows, "
            "certutil -hashfile ARCHIVO SHA256). Debe ser la de este recibo."
        ),
        _(
            "Con Python y los paquetes cryptography y rfc8785, ejecute: python %(script)s %(name)s ARCHIVO. "
            "El programa se descarga de la página del recibo."
        )
        % {"script": SCRIPT, "name": name},
        _("Compare la huella de la llave con la que publica la entidad. Si algo no coincide, avise al custodio."),
    ]


def leaf_of(receipt: ShownReceipt, above: str = "") -> Leaf:
    return Leaf(
        radicado=receipt.piece.radicado,
        above=above,
        pairs=[(label, value) for label, value, _kind in pairs_of(receipt)],
        digest=receipt.piece.blob_id,
        standing=standing(receipt),
        signature=receipt.piece.receipt_signature,
        fingerprint=grouped(signing.fingerprint_of(receipt.public_key)) if receipt.public_key else "",
    )
