"""What people read of a certificate: the PDF, one line for each piece, and the page that says how to check it all."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from records import signing
from records.ledger.heads import Head
from records.rendering.receipt_pdf import INK, SOFT, blank_paper, cut, line, printable, rule, write_pair

if TYPE_CHECKING:
    from fpdf import FPDF

    from records.permissions import Actor

#: Lines of pieces that the paper bears; all of them are in certificado.json.
MOST_PIECES = 2_000
BOTTOM = 24.0
KINDS: Mapping[str, str] = {
    "document": "Documento %(id)s del expediente %(code)s",
    "expediente": "Expediente %(code)s",
    "package": "Paquete %(id)s del expediente %(code)s",
}
EXPLAINED = (
    "Prueba qué se radicó, en qué orden y qué ha pasado con ello. La huella (SHA-256) es un número que cambia si "
    "cambia un solo byte. El punto de control es la firma del sistema sobre toda la bitácora de ese momento."
)
README = """CERTIFICADO DE CUSTODIA {certificate}

{scope}
Expedido el {at} por {issued_by}.

QUÉ HAY AQUÍ
  certificado.pdf      lo mismo que este certificado dice, para leer
  certificado.json     lo mismo, para programas
  documentos/          los bytes radicados, si se pidieron: {bytes}
  recibos/             el recibo firmado de cada pieza
  indice/              el índice electrónico y su cubierta firmada, si se expidió y va completo
  historia/            cada suceso de la bitácora sobre estas piezas, con su prueba y el punto de control firmado
  llaves.json          las llaves públicas con que se firmó
  manifiesto.json      nombre, tamaño y huella SHA-256 de cada archivo
  sello.json           la prueba de que la bitácora firmada nombra ese manifiesto
  verify.py            el programa que lo comprueba todo

CÓMO COMPROBARLO, SIN CONEXIÓN Y SIN EL SISTEMA QUE LO EXPIDIÓ
  1. Tenga Python 3.9 o posterior. No hay que instalar nada más.
  2. Saque verify.py de este ZIP, o descárguelo de la página /verificar/ de la entidad: quien entrega un
     certificado falso puede entregar también un verify.py falso.
  3. Ejecute: python3 verify.py certificado.zip --key HUELLA
     HUELLA es la que la entidad publica de su llave. Este certificado dice que lo firmó la llave
     {fingerprint}
  4. Termina con «Todo coincide», o nombra cada archivo cambiado, agregado, ausente o fuera de lugar.

QUÉ NO SE COMPRUEBA AQUÍ
  Las firmas que los documentos llevan por dentro y la del índice electrónico: use un validador de firmas.
  El certificado dice lo que constaba al expedirlo; lo posterior se pregunta a la entidad.
  No vuelva a comprimir el ZIP: cada byte de este archivo se comprueba.
"""


def named(actor: Actor) -> str:
    """Whoever issued it, by name and login."""
    login, name = actor.get_username(), actor.get_full_name()
    return _("%(name)s (usuario %(login)s)") % {"name": name, "login": login} if name else login


def scope_of(summary: Mapping[str, Any]) -> str:
    scope = summary["scope"]
    return KINDS[scope["kind"]] % {"id": scope["id"], "code": summary["expediente"]["code"]}


def moment_of(spoken: str) -> str:
    """A moment in UTC as people of this office read it."""
    moment = timezone.localtime(datetime.datetime.fromisoformat(spoken))
    return f"{moment:%d/%m/%Y %H:%M:%S} (hora de Colombia)"


def readme(summary: Mapping[str, Any], head: Head, issuer: str) -> str:
    """`issuer` names whoever issued it, as `named` does."""
    return README.format(
        certificate=summary["certificate"],
        scope=scope_of(summary),
        at=moment_of(summary["issued_at"]),
        issued_by=issuer,
        bytes="van aquí" if summary["bytes"] else "no van; se certifican sus huellas",
        fingerprint=signing.fingerprint_of(head.public_key),
    )


def certificate_pdf(summary: Mapping[str, Any], head: Head, issuer: str, made: datetime.datetime) -> bytes:
    """The certificate on paper; the same facts give the same bytes."""
    paper = blank_paper(_("Certificado de custodia %(key)s") % {"key": summary["certificate"]}, made)
    paper.add_page()
    line(paper, _("Custodia · certificado de custodia"), 9, color=SOFT)
    line(paper, scope_of(summary), 16, "B")
    line(paper, EXPLAINED, 9, color=SOFT)
    rule(paper)
    for label, value in pairs_of(summary, head, issuer):
        write_pair(paper, label, value)
    rule(paper)
    write_pieces(paper, summary["pieces"])
    line(paper, _("Cómo comprobarlo: python3 verify.py certificado.zip --key HUELLA. Vea LEAME.txt."), 9, color=SOFT)
    return bytes(paper.output())


def pairs_of(summary: Mapping[str, Any], head: Head, issuer: str) -> Iterator[tuple[str, str]]:
    size = sum(piece["bytes"] for piece in summary["pieces"])
    yield _("Certificado"), summary["certificate"]
    yield _("Expedido"), moment_of(summary["issued_at"])
    yield _("Por"), issuer
    yield _("Piezas"), f"{grouped(len(summary['pieces']))} · {grouped(size)} bytes"
    yield _("Bytes"), _("van en el certificado") if summary["bytes"] else _("no van; se certifican sus huellas")
    yield _("Sucesos probados"), grouped(summary["events"])
    yield _("Punto de control"), _("%(size)s sucesos · %(at)s") % {"size": grouped(head.size), "at": moment_of(head.at)}
    yield _("Raíz"), head.root
    yield _("Huella de la llave"), signing.fingerprint_of(head.public_key)


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def write_pieces(paper: FPDF, pieces: Sequence[Mapping[str, Any]]) -> None:
    """Two lines for each piece: what it is, and its digest whole."""
    for piece in pieces[:MOST_PIECES]:
        if paper.get_y() > paper.h - BOTTOM:
            paper.add_page()
        first, last = piece["folios"]
        folios = f"folio {first}" if first == last else f"folios {first}-{last}"
        said = f"{piece['order']}. {piece['radicado']} · {folios} · {grouped(piece['bytes'])} bytes"
        row(paper, f"{said} · {piece['title']}" if piece["title"] else said, "Helvetica", INK)
        row(paper, f"SHA-256 {piece['sha256']}", "Courier", SOFT)
    if len(pieces) > MOST_PIECES:
        row(paper, _("Las demás piezas están en certificado.json."), "Helvetica", SOFT)


def row(paper: FPDF, text: str, family: str, color: tuple[int, int, int]) -> None:
    paper.set_font(family, "", 8)
    paper.set_text_color(*color)
    paper.cell(paper.epw, 4.2, clipped(paper, cut(printable(text))), new_x="LMARGIN", new_y="NEXT")


def clipped(paper: FPDF, text: str) -> str:
    """One line of the page: the whole of it is in certificado.json."""
    while paper.get_string_width(text) > paper.epw - 2 * paper.c_margin:
        text = text[: len(text) * 9 // 10 - 1] + "…"
    return text
