"""Refusals as Spanish sentences, made at the edge: everything that is missing, and what to do next.

No sentence names what its reader may not see: facts used here are the reader's own or of the file offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records import sentences_access
from records.errors import Incomplete, RecordsError, RejectedUpload

Sentence = str | Promise

#: One sentence per code of a refusal.
REFUSALS: Mapping[str, Sentence] = {
    **sentences_access.REFUSALS,
    "not_found": _("No hay nada en custodia que usted pueda consultar con esa referencia."),
    "access_denied": _("Usted no tiene a su cargo ese acto. Consulte con el custodio del expediente."),
    "custodian_only": _("Solo quien tiene la custodia del expediente puede proponer o cambiar una reserva."),
    "closed_expediente": _("El expediente está cerrado y no recibe documentos."),
    "self_approval": _("Quien propone o radica no puede aprobar: debe decidir otra persona."),
    "filer_cannot_propose": _(
        "Quien radicó la pieza no puede proponer su reserva o clasificación: debe hacerlo otra persona."
    ),
    "duplicate": _(
        "Ese mismo archivo ya está radicado. Decida si lo vincula (link) o conserva ambos con un motivo (keep)."
    ),
    "unknown_duplicate_choice": _("Ante un archivo repetido se elige link (vincular) o keep (conservar ambos)."),
    "unknown_level": _("Ese nivel no existe: use pública, clasificada o reservada."),
    "same_level": _("La pieza ya tiene ese nivel."),
    "already_proposed": _("Ya hay una propuesta de nivel por decidir sobre esta pieza."),
    "act_decided": _("Esa propuesta ya fue decidida."),
    "person_disabled": _("La persona está inhabilitada y no puede recibir acceso."),
    "grant_to_oneself": _("Nadie se concede acceso a sí mismo."),
    "already_withdrawn": _("Esa concesión ya fue retirada."),
    "nothing_rolled_back": _("La base de datos es la que guarda la copia de la bitácora: no hay nada que reconocer."),
    "backup_exists": _("La carpeta del respaldo ya existe: indique una nueva."),
    "backup_database": _(
        "Esta base de datos se copia con su propia herramienta: hágalo primero y repita con --database-dumped."
    ),
    "no_reason": _("Diga qué pasó y quién decidió seguir."),
    "reading_too_fast": _(
        "Usted ha leído mucho en poco tiempo: más de %(most)s piezas, o mucho peso, en %(minutes)s minutos. Espere y "
        "siga después; a quien tiene la custodia se le avisó. Si su trabajo lo pide, hable con esa persona."
    ),
    "ledger_unavailable": _(
        "La bitácora no recibió la anotación de este acto, y por eso no se hizo ni se entregó nada. Avise a soporte."
    ),
    "clock_behind": _(
        "El reloj del servidor está atrasado: el último acto se anotó a las %(last)s. No se hace ni se entrega nada "
        "hasta que el reloj se corrija. Avise a soporte."
    ),
    "integrity_failure": _(
        "Los bytes guardados no coinciden con los radicados: no se entrega nada y se avisó al custodio."
    ),
    "missing_bytes": _("No se encuentran los bytes radicados: no se entrega nada y se avisó al custodio."),
    "missing": _("No se encuentran los bytes radicados: no se entrega nada y se avisó al custodio."),
    "altered": _("Los bytes guardados no coinciden con los radicados: no se entrega nada y se avisó al custodio."),
    "unreadable": _("No se pueden leer los bytes guardados: no se entrega nada y se avisó al custodio."),
    "store_unavailable": _(
        "El almacén de documentos no puede guardar ahora. No se radicó nada; vuelva a intentarlo más tarde."
    ),
    "ledger_diverged": _(
        "La bitácora no es la que se guardó afuera: la base de datos se restauró de un día anterior o alguien la "
        "reescribió. Ejecute verify_ledger y avise al auditor."
    ),
    "ledger_altered": _(
        "La bitácora no es la que se firmó: no se expide nada. Ejecute verify_ledger y avise al auditor."
    ),
    "pieces_gone": _(
        "La bitácora cuenta piezas radicadas en este expediente que la base de datos ya no tiene en él: no se expide "
        "nada. Ejecute verify_custody y avise al auditor."
    ),
    "certificate_gone": _("El archivo del certificado ya se retiró. Expida otro: prueba lo mismo y algo más."),
    "nothing_to_certify": _("La bitácora está vacía: todavía no hay nada que certificar."),
    "reading_unavailable": _(
        "El sistema no puede anotar su consulta ahora, y sin eso no entrega nada. Vuelva a intentarlo más tarde."
    ),
    "signing_key_unavailable": _(
        "El sistema no encuentra su llave de firma y no puede expedir recibos. No se radicó nada; avise a soporte."
    ),
    "under_hold": _(
        "La disposición del expediente está suspendida: nada de él se descarta mientras la suspensión no se levante."
    ),
    "hold_own": _("Quien suspendió la disposición no levanta la suspensión: debe hacerlo otra persona."),
    "already_lifted": _("Esa suspensión ya fue levantada."),
    "already_settled": _("Ese archivo ya fue atendido."),
    "scanner_unavailable": _(
        "El antivirus no responde y el archivo no se puede revisar. No se radicó nada; vuelva a intentarlo más tarde."
    ),
    "batch_receipt_unsigned": _(
        "El sistema no encuentra su llave de firma y no puede expedir ahora el recibo del envío. Avise a soporte."
    ),
    "refused_batch": _("No se radicó ninguno de los archivos: corrija los que se nombran y vuelva a enviar el lote."),
    "wrong_state": _("El estado actual no permite ese paso. Vuelva a cargar la página y revise qué falta."),
    "unreadable_path": _("No se puede leer el archivo: %(cause)s."),
    "package_refused": _("No se radicó nada del paquete. Corrija lo señalado y envíelo completo otra vez."),
    "digest_differs": _("La huella no es la del manifiesto: el archivo cambió, o no es el anunciado."),
    "bytes_differ": _("El tamaño no es el del manifiesto: el archivo cambió, o no es el anunciado."),
    "file_absent": _("El manifiesto lo anuncia y el archivo no llegó."),
    "file_unannounced": _("El archivo llegó y el manifiesto no lo anuncia."),
    "path_repeated": _("Otra fila del manifiesto ya anuncia este archivo."),
    "manifest_unreadable": _("No se puede leer el manifiesto. Guárdelo de nuevo como CSV, XLSX o JSON."),
    "manifest_encrypted": _("El manifiesto está cifrado con contraseña. Quite la contraseña y envíelo de nuevo."),
    "manifest_format": _("El manifiesto no es CSV, XLSX ni JSON."),
    "manifest_limits": _("El manifiesto es demasiado grande para leerlo entero. Divida el paquete."),
    "manifest_headless": _(
        "No se reconocen las columnas del manifiesto. Escriba en la primera fila: path, sha256, tipo, date."
    ),
    "manifest_empty": _("El manifiesto no anuncia ningún archivo."),
    "manifest_too_long": _(
        "El manifiesto anuncia demasiados archivos. Divida el paquete: 5.000 como máximo en cada uno."
    ),
    "manifest_count": _("El manifiesto dice un número de archivos y enumera otro."),
    "manifest_not_text": _("Un valor del manifiesto no es texto ni número."),
    "column_missing": _("Al manifiesto le falta una columna: %(name)s."),
    "column_repeated": _("Dos columnas del manifiesto dicen lo mismo: %(name)s."),
    "column_unknown": _("El manifiesto tiene una columna que no se conoce: %(name)s. Quítela o corrija su nombre."),
    "inventory_unreadable": _("No se puede leer el inventario. Guárdelo de nuevo como XLSX o CSV."),
    "inventory_format": _("El inventario no es XLSX ni CSV."),
    "inventory_empty": _("El inventario no tiene filas."),
    "inventory_too_long": _("El inventario es demasiado largo. Divídalo: 20.000 filas como máximo en cada uno."),
    "inventory_headless": _("No se reconocen las columnas del inventario: archivo, tipo documental, fecha, título."),
    "inventory_column_missing": _("Al inventario le falta una columna: %(name)s."),
    "row_elsewhere": _("La fila nombra otro expediente."),
    "row_expediente_unknown": _("«%(value)s» no es el código de un expediente en el que usted radique."),
    "row_tipo_unknown": _(
        "«%(value)s» no está en el catálogo de tipos documentales del expediente. Los nombres y códigos están en la "
        "página TRD."
    ),
    "row_annex_unknown": _("«%(value)s» no es la clave de un anexo de este expediente. Las claves están en Anexos."),
    "row_day_unknown": _("«%(value)s» no es una fecha que exista. Escríbala como 10/06/2026."),
    "row_without_file": _("La fila no trae archivo: digitalice la pieza, o descríbala en el expediente."),
    "row_file_absent": _("Ese archivo no está entre los que esperan en este expediente."),
    "row_file_repeated": _("Otra fila del inventario ya trae este archivo."),
    "row_already": _("Una importación anterior ya radicó esta fila."),
    "row_changed": _("Una importación anterior radicó esta fila con otro contenido. Revise cuál es el bueno."),
    "row_not_hybrid": _("Tiene papel y el expediente figura como electrónico: cambie su soporte a híbrido."),
    "row_unfinished": _("Esta fila no se pudo terminar y el trabajo siguió con las demás. Consulte con soporte."),
    "job_put_off": _("El trabajo no pudo seguir: el sistema no estuvo disponible. Reanúdelo; lo hecho no se repite."),
    "placed_at_home": _("La pieza ya está en ese expediente: allí se radicó."),
    "placed_annulled": _("La pieza está anulada y no se incorpora a otros expedientes."),
    "already_placed": _("La pieza ya está incorporada en ese expediente."),
    "no_replacement": _("La pieza que reemplaza debe estar en el mismo expediente, ser otra y no estar anulada."),
    "version_of_annulled": _("La pieza está anulada: radique un documento que la reemplace, no una versión."),
    "has_next_version": _("La pieza ya tiene una versión posterior. Radique la nueva sobre la última versión."),
    "stage_unknown": _("Esa etapa no es del curso de este tipo de expediente."),
    "same_stage": _("El expediente ya está en esa etapa."),
    "stage_out_of_course": _("Las etapas se cumplen una a una: pase primero a la que sigue."),
    "evidence_elsewhere": _("La pieza que sustenta el paso debe estar en este expediente."),
    "index_key_unavailable": _(
        "No se puede firmar el índice: falta la llave o el certificado de firma, o están dañados. Avise a soporte."
    ),
    "index_key_foreign": _("No se puede firmar el índice: el certificado no es de la llave. Avise a soporte."),
    "index_certificate_expired": _(
        "No se puede firmar el índice: el certificado de firma venció el %(until)s. Pida uno vigente a soporte."
    ),
    "index_certificate_early": _(
        "No se puede firmar el índice: el certificado de firma rige desde el %(since)s. Avise a soporte."
    ),
    "index_stamp_unavailable": _(
        "La autoridad de estampado cronológico no respondió o su estampa no vale. Vuelva a intentarlo más tarde."
    ),
    "index_mismatch": _(
        "No se expide el índice: los bytes guardados no son los radicados en %(named)s. Avise al custodio y a soporte."
    ),
    "index_incoherent": _(
        "No se expide el índice: el orden o los folios no siguen desde el documento %(order)s. Avise a soporte."
    ),
    "index_overtaken": _("El expediente cambió mientras se preparaba el índice. Vuelva a intentarlo."),
    "closed_today": _("El cierre definitivo se hace en una fecha posterior a la del cierre administrativo."),
    "draft_busy": _("Otra ventana está enviando este mismo archivo. Espere un momento."),
    "draft_gone": _("Ese archivo se descartó mientras llegaba."),
    "wrong_offset": _("Lo que se envía no sigue a lo que ya llegó. Vuelva a intentarlo."),
    "beyond_announced": _("Llegan más bytes que los anunciados. Quite el archivo y vuelva a soltarlo."),
    "too_many_drafts": _(
        "Usted tiene demasiados archivos por completar. Radique o descarte algunos y vuelva a intentarlo."
    ),
    "too_many_draft_bytes": _(
        "Sus archivos por completar ocupan todo el espacio que le corresponde. Radique o descarte algunos y vuelva a "
        "intentarlo."
    ),
    "too_much_at_once": _(
        "Lo que envía de una vez es más de lo que se le recibe. Envíelo por partes, o radique o descarte antes lo que "
        "tiene por completar."
    ),
    "arrivals_full": _(
        "No hay espacio para recibir más. Lo que ya llegó queda guardado; vuelva a intentarlo más tarde."
    ),
    "schedule_refused": _("La tabla no se cargó. Corrija lo que se indica y vuelva a cargarla."),
    "schedule_overtaken": _("Otra persona cargó una versión mientras tanto. Revise otra vez qué cambiaría."),
    "schedule_changed": _("El archivo no es el que usted revisó. Cárguelo otra vez para ver qué cambiaría."),
    "resentencing_pending": _("Ya hay un cambio de versión por decidir sobre este expediente."),
    "resentencing_same": _("El expediente ya está en esa versión de la tabla."),
    "resentencing_not_later": _("Un expediente solo pasa a una versión posterior a la suya."),
    "resentencing_not_begun": _("Esa versión todavía no rige. Proponga el cambio desde el día en que empiece a regir."),
    "resentencing_kind": _("Esa subserie no es de expedientes de este tipo."),
    "resentencing_overtaken": _("El expediente cambió de versión después de la propuesta: ya no tiene objeto."),
    "no_page_image": _("Esta pieza no tiene imagen de esa página."),
    "part_refused": _(
        "Esa parte contiene un programa o macros: se conserva dentro de la pieza y no se entrega por separado."
    ),
    "cell_unavailable": _("La celda de lectura no puede abrir archivos ahora. Vuelva a intentarlo en unos minutos."),
}
#: What may be missing from an act, as the phrase that completes "Indique …".
MISSING: Mapping[str, Sentence] = {
    **sentences_access.MISSING,
    "tipo": _("el tipo documental"),
    "bytes": _("el resto del archivo, que todavía no llega"),
    "files": _("al menos un archivo"),
    "code": _("el código"),
    "title": _("el título"),
    "kind": _("un tipo de expediente válido"),
    "code_of_ccd": _("un código que empiece por %(prefix)s, según el cuadro de clasificación"),
    "trd": _("una tabla de retención vigente en la fecha de apertura"),
    "subserie": _("una subserie de la tabla vigente para ese tipo de expediente"),
    "annex_unknown": _("un anexo anotado en el registro de este expediente"),
    "code_taken": _("un código que no esté en uso"),
    "unknown_tipo": _("un tipo documental del catálogo"),
    "tipo_not_in_expediente": _(
        "un tipo documental que este expediente admita (%(tipo)s no va en %(expediente_kind)s)"
    ),
    "date_in_future": _("una fecha que no sea futura"),
    "duplicate_reason": _("el motivo para conservar ambos archivos"),
    "path_absent": _("la ruta del archivo"),
    "sha256": _("la huella SHA-256, con sus 64 cifras hexadecimales"),
    "day": _("una fecha que exista, como 10/06/2026"),
    "size_announced": _("el tamaño en bytes, con solo cifras"),
    "norm": _("la norma con su artículo (una cláusula contractual no basta)"),
    "article": _("el artículo de la Ley 1712 de 2014"),
    "article_of_level": _("el artículo que corresponde al nivel: %(article)s de la Ley 1712 de 2014"),
    "literal": _("el literal de la excepción"),
    "harm_present": _("por qué el daño es presente"),
    "harm_probable": _("por qué el daño es probable"),
    "harm_specific": _("por qué el daño es específico"),
    "balance": _("la ponderación entre el daño y el interés público (art. 28)"),
    "extent": _("si la excepción es total o parcial"),
    "generated": _("la fecha en que se generó la información"),
    "until": _("la fecha en que termina la restricción"),
    "generated_in_future": _("una fecha de generación que no sea futura"),
    "until_before_generated": _("un término posterior a la fecha de generación"),
    "reserve_over_15_years": _("una reserva de 15 años como máximo desde que se generó (art. 22)"),
    "responsible": _("una persona responsable activa, de las oficinas de contratos o de supervisión"),
    "safe_title": _("la denominación que puede conocer el público"),
    "observations": _("la frase que explica la devolución"),
    "until_passed": _("una fecha de fin que no haya pasado"),
    "reason": _("el motivo"),
    "cause": _("la causa legal o administrativa de la reapertura"),
    "unsettled": _("registrar o anular lo que está en el orden %(orders)s"),
    "drafts": _("completar o descartar los archivos que esperan (%(drafts)s)"),
    "office": _("la dependencia responsable"),
    "format": _("si el expediente es electrónico o híbrido"),
    "physical_place": _("la ubicación física del papel"),
    "custodian": _(
        "una persona activa, de las oficinas de contratos o de supervisión, que reciba la custodia: ni proveedores ni "
        "auditoría ni administración de personas"
    ),
    "custodian_oneself": _("otra persona para la custodia: nadie se designa a sí mismo"),
    "custodian_act": _("el acto que designa a quien recibe la custodia"),
    "custodian_until": _("hasta cuándo rige la custodia, en una fecha que no haya pasado"),
    "tipo_in_version": _("un tipo documental que rija en la tabla de retención del expediente"),
    "tipo_of_version": _("el mismo tipo documental de la versión anterior"),
    "date": _("la fecha del documento"),
    "author": _("el autor"),
    "origin": _("el origen: electrónico o digitalizado"),
    "level_in_force": _("un nivel de acceso aprobado y vigente"),
    "annex": _("el anexo del registro al que corresponde"),
    "template_version": _("la versión del modelo con que se hizo"),
    "archive": _("el archivo o depósito"),
    "authority": _("la autoridad y su acto"),
    "hold_kind": _("la causa: proceso, auditoría o petición"),
    "cross_reference": _("la referencia cruzada"),
    "annex_key": _("una clave de letras sin tilde, números, punto o guion, p. ej. PI-A2.1"),
    "annex_key_taken": _("una clave que no esté en el registro de este expediente"),
    "annex_label": _("el rótulo, p. ej. Anexo 1"),
    "annex_template": _("un modelo del artículo 44 (i a vi)"),
    "annex_template_named": _("el modelo al que pertenece esa versión"),
    "correction_note": _("qué corrige, en una frase para los ciudadanos"),
    "bank_entry": _("la aprobación de entrada al Banco por el comité (art. 13.7)"),
    "name": _("el nombre"),
    "phase": _("la fase"),
    "objective": _("el objetivo"),
    "department": _("el lugar"),
    "area_of_interest": _("el área de interés"),
    "supplier": _("el proveedor"),
    "recipient": _("el receptor"),
    "beneficiaries": _("los beneficiarios"),
}
#: Why a file was not admitted, and what to do.
UPLOADS: Mapping[str, Sentence] = {
    "empty": _("El archivo está vacío. Revise que se haya copiado completo y vuelva a soltarlo."),
    "too_large": _("El archivo supera el tamaño admitido (2 GiB). Divídalo o entréguelo en otro medio."),
    "extension_mismatch": _(
        "La extensión no corresponde al contenido. Corrija el nombre o guarde el archivo en su formato."
    ),
    "executable": _("Contiene un programa. Los programas no se radican."),
    "html": _("Es una página web. Guárdela como PDF y vuelva a soltarla."),
    "svg": _("Es un dibujo SVG. Guárdelo como PDF o imagen y vuelva a soltarlo."),
    "archive": _("Es un archivo comprimido. Extraiga su contenido y radique cada pieza."),
    "macros": _("Contiene macros. Guárdelo como .docx, .xlsx o .pptx y vuelva a soltarlo."),
    "doctype": _("Contiene declaraciones externas no admitidas (DOCTYPE). Vuelva a guardarlo y suéltelo de nuevo."),
    "encrypted": _("Está cifrado con contraseña. Quite la contraseña y vuelva a soltarlo."),
    "pdf_javascript": _("El PDF contiene JavaScript. Imprímalo a un PDF nuevo y vuelva a soltarlo."),
    "pdf_launch": _("El PDF intenta abrir programas. Imprímalo a un PDF nuevo y vuelva a soltarlo."),
    "pdf_submit": _("El PDF envía datos a otro sitio. Imprímalo a un PDF nuevo y vuelva a soltarlo."),
    "pdf_xfa": _("El PDF es un formulario XFA. Imprímalo a un PDF nuevo y vuelva a soltarlo."),
    "pdf_richmedia": _("El PDF contiene multimedia activa. Imprímalo a un PDF nuevo y vuelva a soltarlo."),
    "polyglot": _("Lleva otro archivo pegado al final. Guárdelo de nuevo desde su programa y vuelva a soltarlo."),
    "malware": _(
        "El antivirus encontró en él un programa malicioso. Quedó en cuarentena: avise a quien se lo envió y pídale un "
        "archivo limpio."
    ),
    "scanner_limits": _(
        "El antivirus no pudo revisarlo entero: es demasiado grande, o lleva dentro demasiado o algo que no se puede "
        "extraer. Quedó en cuarentena: divídalo, o radique aparte los archivos que lleva dentro."
    ),
    "forbidden_type": _("Ese formato no se admite. Guárdelo como PDF y vuelva a soltarlo."),
}


#: How the sentence of something incomplete begins, where it is not a form that asks.
LEADS: Mapping[str, Sentence] = {"not_ready": _("El expediente no se puede cerrar todavía. Falta: %(parts)s.")}


def sentence_for(error: RecordsError) -> str:
    """The Spanish sentence of a refusal; never empty."""
    if isinstance(error, RejectedUpload):
        return rejected(error)
    if isinstance(error, Incomplete):
        return incomplete(error)
    told = str(REFUSALS.get(error.code, _("No se pudo completar el acto. Consulte con el custodio.")))
    facts = {**error.facts, "named": named(error.facts.get("pieces", ()))}
    return placed(told % facts if "%(" in told else told, facts)


def named(pieces: Iterable[tuple[int, str]]) -> str:
    """`el orden 2 («Acta») y el orden 5`: pieces by their order, and by the title that the person may know."""
    words = [_("el orden %(order)s (%(title)s)") % {"order": order, "title": f"«{title}»"} if title
             else _("el orden %(order)s") % {"order": order} for order, title in pieces]  # fmt: skip
    return " y ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def placed(told: str, facts: Mapping[str, Any]) -> str:
    """A sentence about a place of a table or a text, with the place where there is one."""
    line, column = facts.get("line"), facts.get("column")
    if not line:
        return told
    where = str(_("Línea %(line)s, columna %(column)s") if column else _("Línea %(line)s")) % facts
    return f"{where}: {told[0].lower()}{told[1:]}"


#: A cause that says nothing more beside another, or would send its reader the wrong way: by cause, the others.
SAID_BY_OTHERS: Mapping[str, frozenset[str]] = {
    "extension_mismatch": frozenset(UPLOADS) - {"extension_mismatch"},
    "archive": frozenset({"macros", "executable"}),
    "forbidden_type": frozenset(UPLOADS) - {"forbidden_type", "extension_mismatch"},
}


def rejected(error: RejectedUpload) -> str:
    """Every cause once. What is refused for what it is is not mended by another name: that is told only alone."""
    reasons = [one for one in error.reasons if not SAID_BY_OTHERS.get(one, frozenset()) & set(error.reasons)]
    causes = [str(UPLOADS.get(reason, UPLOADS["forbidden_type"])) for reason in reasons]
    return " ".join([str(_("No se radicó.")), *dict.fromkeys(causes)])


def told_reasons(codes: Iterable[str]) -> list[str]:
    """Why a file was not admitted, a sentence for each cause."""
    known = {**REFUSALS, **UPLOADS}
    return list(dict.fromkeys(str(known.get(code, UPLOADS["forbidden_type"])) for code in codes))


def incomplete(error: Incomplete) -> str:
    facts: dict[str, Any] = {"tipo": "", "expediente_kind": "", "article": "", "prefix": "", **error.facts}
    parts = [str(MISSING.get(code, code)) % facts for code in error.missing]
    return str(LEADS.get(error.code, _("Indique: %(parts)s."))) % {"parts": "; ".join(parts)}
