"""A report about signatures, in words: who, when, whether what was signed is what one reads, and whom to trust."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from records.models import SignatureReport
from records.sentences import Sentence

PROBLEMS: Mapping[str, Sentence] = {
    "altered": _("Los bytes firmados no son los que se firmaron."),
    "forged": _("No se hizo con la llave del certificado que nombra."),
    "changed_after": _("Después de firmar se cambió algo que la firma no permitía cambiar."),
    "partial_coverage": _("La firma deja sin cubrir una parte de lo que se firmó."),
    "no_roots": _("No se sabe si el certificado es de confianza: esta instalación no nombra autoridades."),
    "untrusted_chain": _("El certificado no llega a una autoridad de confianza de esta instalación."),
    "expired": _("El certificado había vencido en el momento que consta."),
    "not_yet_valid": _("El certificado aún no regía."),
    "revoked": _("El certificado estaba revocado."),
    "revocation_unknown": _("El archivo no trae constancia de si el certificado estaba revocado."),
    "key_usage": _("El certificado no es para firmar documentos."),
    "weak_algorithm": _("Se hizo con un algoritmo que hoy no prueba nada."),
    "timestamp_altered": _("El sello de tiempo no es de esta firma."),
    "timestamp_untrusted": _("La autoridad del sello de tiempo no es de confianza de esta instalación."),
    "time_unproved": _("La hora la declara quien firma; ningún sello de tiempo la prueba."),
    "malformed": _("La firma no se puede interpretar."),
    "unsupported": _("Es un tipo de firma que no se valida aquí."),
}
FAULTS: Mapping[str, Sentence] = {
    "no_validator": _("En este equipo no hay con qué validar firmas."),
    "limits": _("El archivo es demasiado grande o complejo para validar sus firmas."),
    "damaged": _("El archivo está dañado y sus firmas no se pudieron validar."),
    "encrypted": _("El archivo está protegido y sus firmas no se pudieron validar."),
    "unreachable": _("No se pudieron leer los bytes guardados."),
    "gave_up": _("Se intentó validar las firmas varias veces sin lograrlo."),
}
NOT_JUDGED = _("Las firmas no se pudieron validar.")
#: Told by the sentence about integrity or trust, not again in the list.
SAID = frozenset({"altered", "no_roots", "untrusted_chain"})


@dataclass(frozen=True)
class ToldSignature:
    """`mark`: "ok", "warn" or "bad", with its `word`; the sentences go from who to what is missing."""

    mark: str
    word: str
    who: str
    when: str
    sentences: tuple[str, ...]


def told_signatures(report: SignatureReport | None) -> list[ToldSignature]:
    return [told(signature) for signature in report.signatures] if report else []


def told_fault(report: SignatureReport | None) -> str:
    """Why nothing was judged; empty when it was."""
    return str(FAULTS.get(report.fault, NOT_JUDGED)) if report and report.fault else ""


def told(signature: Mapping[str, Any]) -> ToldSignature:
    mark, word = verdict(signature)
    rest = (str(PROBLEMS[code]) for code in signature.get("problems", ()) if code in PROBLEMS and code not in SAID)
    sentences = [integrity(signature), coverage(signature), trust(signature), *rest]
    return ToldSignature(mark, word, who(signature), when(signature), tuple(dict.fromkeys(filter(None, sentences))))


def verdict(signature: Mapping[str, Any]) -> tuple[str, str]:
    if not signature.get("intact") or not signature.get("valid"):
        return "bad", _now("No vale")
    if signature.get("trusted"):
        return "ok", _now("Vale")
    return "warn", _now("Íntegra, sin confianza comprobada")


def who(signature: Mapping[str, Any]) -> str:
    return str(signature.get("signer") or _now("Firmante sin nombre"))


def when(signature: Mapping[str, Any]) -> str:
    """The moment and how it is known."""
    try:
        moment = datetime.datetime.fromisoformat(str(signature.get("signed_at", "")))
    except ValueError:
        return _now("No consta cuándo se firmó.")
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    written = date_format(local, "j \\d\\e F \\d\\e Y, H:i").lower()
    if signature.get("time_source") == "timestamp":
        return _now("Firmó el %(at)s, según un sello de tiempo.") % {"at": written}
    return _now("Firmó el %(at)s, según declara quien firma.") % {"at": written}


def integrity(signature: Mapping[str, Any]) -> str:
    if not signature.get("intact"):
        return _now("Lo firmado fue alterado: los bytes no son los que se firmaron.")
    return _now("Lo firmado está íntegro: son los mismos bytes que se firmaron.")


def coverage(signature: Mapping[str, Any]) -> str:
    if signature.get("coverage") == "whole":
        return _now("La firma cubre todo el archivo.")
    covered, total = int(signature.get("signed_bytes", 0)), int(signature.get("total_bytes", 0))
    if not covered or not total:
        return ""
    told_bytes = {"signed": grouped(covered), "total": grouped(total)}
    said = _now("La firma cubre %(signed)s de %(total)s bytes: se añadió algo después.") % told_bytes
    if signature.get("changed_after"):
        return said
    return said + " " + _now("Lo añadido no cambia lo que se lee.")


def trust(signature: Mapping[str, Any]) -> str:
    problems = signature.get("problems", ())
    if signature.get("trusted"):
        return _now("El certificado llega a una autoridad de confianza: %(issuer)s.") % {"issuer": issuer(signature)}
    return str(PROBLEMS["no_roots" if "no_roots" in problems else "untrusted_chain"])


def issuer(signature: Mapping[str, Any]) -> str:
    chain = signature.get("chain") or ()
    return str(chain[-1] if chain else signature.get("issuer") or _now("sin nombre"))


def grouped(number: int) -> str:
    """With the separators of es-CO: 12.300."""
    return f"{number:,}".replace(",", ".")
