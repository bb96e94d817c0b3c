"""What the cell's codes mean to a reader: flags of a piece, how its reading went, why there is no copy of it.

Every code of `formats.FLAGS`, `formats.REFUSALS` and of the name flags has its sentence here; a test says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from records.models import Document, Reading
from records.parsing import formats
from records.sentences import Sentence
from records.vocabulary import ReadingState

#: What was noticed on receiving it, said of a piece or of one of its parts.
FLAGS: Mapping[str, Sentence] = {
    "unknown_format": _("Es de un formato que no se abre aquí: se conserva tal como llegó, sin inspeccionar."),
    "damaged": _("Su estructura está dañada: se conserva tal como llegó, sin inspeccionar."),
    "limits": _("Es demasiado grande o complejo para inspeccionarlo: se conserva tal como llegó."),
    "cell_unavailable": _("Cuando llegó no había celda de lectura: se conserva sin inspeccionar."),
    "not_scanned": _("Se radicó sin revisarla con antivirus: este equipo no tenía uno configurado."),
    "open_action": _("Al abrirse va a una página o a un enlace; no ejecuta nada."),
    "links": _("Tiene enlaces a sitios de internet."),
    "remote_links": _("Tiene enlaces a otros archivos."),
    "form": _("Es un formulario, sin programas."),
    "owner_password": _("Tiene contraseña de propietario: se abre sin ella, pero pide limitar su uso."),
    "signed": _("Lleva firmas electrónicas."),
    "embedded_files": _("Lleva otros archivos dentro."),
    "multimedia": _("Contiene sonido, video o 3D."),
    "import_data": _("Puede traer datos de otro archivo a un formulario."),
    "trailing_comment": _("Tiene un comentario después del final del PDF."),
    "trailing_data": _("Tiene datos después del final del PDF."),
    "leading_bytes": _("Tiene datos antes del comienzo del PDF."),
    "external_links": _("Remite a recursos externos."),
    "embedded_objects": _("Lleva otros objetos incrustados."),
    "dde": _("Tiene un campo que pide datos a otro programa (DDE)."),
    "attachments": _("Trae archivos adjuntos."),
    "malformed": _("Una parte del mensaje está mal formada: no se distinguen sus propias partes."),
    "bad_encoding": _("Está mal codificado: otros programas pueden leerlo de otro modo."),
    "unknown_encoding": _("Está en una codificación que no se deshace aquí."),
    "bad_charset": _("El texto no corresponde al juego de caracteres que declara."),
    "text_outside_parts": _("Hay texto fuera de las partes del mensaje, donde ningún programa de correo lo muestra."),
    "within_message": _("Viene dentro de un mensaje adjunto."),
    "nested_message": _("Es un mensaje dentro de otro mensaje adjunto: se conserva entero, sin abrir."),
    "path_in_name": _("El nombre recibido traía una ruta de carpetas; aquí se muestra solo el nombre."),
    "bidi_in_name": _("El nombre recibido traía marcas que alteran el orden de las letras; aquí se muestra sin ellas."),
    "invisible_in_name": _("El nombre recibido traía caracteres invisibles; aquí se muestra sin ellos."),
    "control_in_name": _("El nombre recibido traía caracteres de control; aquí se muestra sin ellos."),
    "quotes_in_name": _("El nombre recibido trae comillas."),
    "long_name": _("El nombre recibido es muy largo; aquí se muestra cortado."),
    "name_not_nfc": _("El nombre recibido escribe las tildes de un modo poco común; aquí se muestra como se lee."),
}
#: Why a part of a piece would not be filed by itself. It stays inside the piece all the same.
REFUSED: Mapping[str, Sentence] = {
    "empty": _("Está vacío."),
    "extension_mismatch": _("Su contenido no es el que dice su extensión."),
    "executable": _("Es un programa: se conserva dentro y no se entrega por separado."),
    "html": _("Es una página web: se entrega solo como archivo, para no abrirla aquí."),
    "svg": _("Es un dibujo SVG, que puede llevar programas: se entrega solo como archivo."),
    "archive": _("Es un archivo comprimido: se entrega sin abrir."),
    "polyglot": _("Lleva otro archivo pegado al final."),
    "macros": _("Contiene macros: se conserva dentro y no se entrega por separado."),
    "doctype": _("Contiene declaraciones externas (DOCTYPE)."),
    "encrypted": _("Está cifrado con contraseña."),
    "pdf_javascript": _("Es un PDF con JavaScript."),
    "pdf_launch": _("Es un PDF que intenta abrir programas."),
    "pdf_submit": _("Es un PDF que envía datos a otro sitio."),
    "pdf_xfa": _("Es un formulario XFA."),
    "pdf_richmedia": _("Es un PDF con multimedia activa."),
}
#: What people call a format.
FORMATS: Mapping[str, Sentence] = {
    "application/pdf": "PDF",
    formats.DOCX: "Word",
    formats.XLSX: "Excel",
    formats.PPTX: "PowerPoint",
    "text/plain": _("texto"),
    "text/csv": _("tabla CSV"),
    "text/markdown": _("texto"),
    "text/html": _("página web"),
    "text/rfc822-headers": _("encabezados"),
    "message/rfc822": _("mensaje de correo"),
    "image/png": _("imagen PNG"),
    "image/jpeg": _("imagen JPEG"),
    "image/tiff": _("imagen TIFF"),
    "image/svg+xml": _("dibujo SVG"),
    "application/zip": _("archivo comprimido"),
    "application/octet-stream": _("formato desconocido"),
    "application/x-executable": _("programa"),
    "application/x-empty": _("vacío"),
    "application/x-ole-storage": _("documento de Office antiguo o cifrado"),
    "application/vnd.ms-office.macroEnabled": _("documento de Office con macros"),
}
UNNAMED = _("Tiene algo poco común que aún no tiene descripción.")
#: Why the reading is not whole, and what to do.
READING: Mapping[str, Sentence] = {
    "ocr_waiting": _("Las páginas sin texto esperan reconocimiento óptico; aparecerá aquí sin que usted haga nada."),
    "no_ocr": _("En este equipo no hay reconocimiento óptico: esas páginas se leen en su imagen y la pieza se encuentra"
                " por sus datos. Cuando se instale, use «Leer de nuevo»."),
    "ocr_gave_up": _("El reconocimiento óptico no pudo terminar. Use «Leer de nuevo»."),
    "asked": _("Se pidió leerla de nuevo; el resultado aparecerá aquí."),
    "gave_up": _("Se intentó varias veces sin lograrlo. Use «Leer de nuevo»; si vuelve a fallar, baje el original."),
    "limits": _("Es demasiado grande o complejo para leerlo completo. Descargue el original para verlo entero."),
    "damaged": _("El archivo está dañado. Descargue el original o pida una copia sana a quien lo entregó."),
    "encrypted": _("Está protegido con contraseña. Pida una copia sin contraseña a quien lo entregó."),
    "no_reader": _("Es de un formato que no se lee aquí. Descargue el original para abrirlo en su programa."),
    "pages": _("Alguna página no se pudo leer; véala en su imagen."),
    "missing": _("No se encuentran los bytes radicados: avise al custodio."),
    "altered": _("Los bytes guardados no coinciden con los radicados: avise al custodio."),
    "unreadable": _("No se pueden leer los bytes guardados: avise a soporte."),
    "unreachable": _("No se pueden leer los bytes guardados: avise a soporte."),
}  # fmt: skip
#: Why there is no archival copy.
NO_PDFA: Mapping[str, Sentence] = {
    "no_converter": _("En este equipo no hay con qué convertir este formato."),
    "text_differs": _("La copia no decía exactamente lo mismo que el original, y por eso no se conservó."),
    "not_conformant": _(
        "El archivo usa algo que PDF/A no admite, como letras que no lleva dentro: no se convierte sin cambiarlo."
    ),
    "limits": _("El archivo es demasiado grande o complejo para convertirlo."),
    "damaged": _("El archivo está dañado y no se pudo convertir."),
    "encrypted": _("El archivo está protegido y no se pudo convertir."),
    "unreachable": _("No se pudieron leer los bytes guardados."),
    "gave_up": _("Se intentó varias veces sin lograrlo."),
}
NOT_MADE = _("No se pudo hacer la copia.")


def told_flags(codes: Iterable[str]) -> list[str]:
    """A sentence for each code, each once; refusals first, as they matter more."""
    known = {**REFUSED, **FLAGS}
    ordered = sorted(codes, key=lambda code: code not in REFUSED)
    return list(dict.fromkeys(str(known.get(code, UNNAMED)) for code in ordered))


def told_reading(document: Document, reading: Reading) -> list[str]:
    """How the reading of a piece went: how much was read and how, what lacks text, and what to do."""
    told = [counted(document, reading), recognised(reading), unreadable(reading)]
    told += [str(READING[code]) for code in reading.detail.split() if code in READING]
    return [sentence for sentence in told if sentence]


def counted(document: Document, reading: Reading) -> str:
    if reading.state == ReadingState.PENDING:
        return _now("Espera lectura: su texto aparecerá aquí y podrá buscarse.")
    if not document.inspected:
        return _now("No se inspeccionó: los bytes están en custodia tal como llegaron.")
    if reading.state == ReadingState.UNREADABLE:
        return _now("No se pudo leer su texto: se encuentra por sus datos, no por lo que dice.")
    return ""


def recognised(reading: Reading) -> str:
    if not reading.ocr_pages:
        return ""
    if reading.ocr_pages == 1:
        return _now("El texto de una página se obtuvo por reconocimiento óptico.")
    return _now("El texto de %(n)s páginas se obtuvo por reconocimiento óptico.") % {"n": reading.ocr_pages}


def unreadable(reading: Reading) -> str:
    if not reading.unreadable_pages or reading.state == ReadingState.PENDING:
        return ""
    if reading.unreadable_pages == 1:
        return _now("Una página no tiene texto que se pueda leer ni buscar.")
    return _now("%(n)s páginas no tienen texto que se pueda leer ni buscar.") % {"n": reading.unreadable_pages}


def told_no_pdfa(fault: str) -> str:
    return str(NO_PDFA.get(fault, NOT_MADE)) if fault else ""
