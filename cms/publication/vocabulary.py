"""Words for the codes that a published row carries: an unknown code is shown as it came, never hidden."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: Fases del Banco (art. 25.a), in their order.
PHASES: dict[str, Any] = {
    "structuring": _("Estructuración"),
    "review": _("Revisión"),
    "execution": _("Ejecución"),
    "closing": _("Cierre"),
}
#: Apuestas de la Política de Reindustrialización.
BETS: dict[str, Any] = {
    "energy_transition": _("Transición energética justa"),
    "agroindustry": _("Agroindustrialización y soberanía alimentaria"),
    "health": _("Sector salud"),
    "defence_life": _("Defensa y vida"),
    "territories": _("Territorios y tejido empresarial"),
}
#: Áreas de interés (art. 6).
AREAS: dict[str, Any] = {
    "technology_transfer": _("Transferencia de tecnología y conocimiento"),
    "talent": _("Formación y cualificación de talento humano"),
    "talent_training": _("Formación y cualificación de talento humano"),
    "linkages": _("Encadenamientos productivos"),
    "cti_investment": _("Inversión en ciencia, tecnología e innovación"),
    "sti_investment": _("Inversión en ciencia, tecnología e innovación"),
    "sustainability": _("Sostenibilidad ambiental y transición energética"),
}
#: Clases de convenio (arts. 16, 18).
CONVENIO_KINDS: dict[str, Any] = {"framework": _("Convenio marco"), "derived": _("Convenio derivado")}
#: Clases de Offset (art. 7).
OFFSET_KINDS: dict[str, Any] = {"direct": _("Directo"), "indirect": _("Indirecto")}
#: Criterios diferenciales (arts. 30, 37).
INCLUSION: dict[str, Any] = {
    "women": _("Mujeres"),
    "youth": _("Jóvenes"),
    "women_youth": _("Mujeres y jóvenes"),
    "msme": _("Mipymes"),
    "msmes": _("Mipymes"),
    "territorial": _("Enfoque territorial"),
    "territorial_approach": _("Enfoque territorial"),
    "sustainability": _("Sostenibilidad y economía circular"),
    "circular_economy": _("Economía circular"),
    "popular_economy": _("Economía popular y comunitaria"),
}
#: Clases de impacto (arts. 7, 25.b, 41), in their order.
IMPACTS: dict[str, Any] = {
    "technological": _("Tecnológico"),
    "industrial": _("Industrial"),
    "social": _("Social"),
    "territorial": _("Territorial"),
}


#: What each literal of article 18 protects (Ley 1712 de 2014), as it completes «no se publican».
GROUNDS: dict[str, Any] = {
    "a": _("para proteger la intimidad de las personas"),
    "b": _("para proteger la vida, la salud o la seguridad"),
    "c": _("por secreto comercial, industrial o profesional"),
}


def ground(article: str, literal: str) -> str:
    """Why, in words; empty for what article 18 does not name."""
    return str(GROUNDS.get(literal, "")) if article == "18" else ""


def label(words: dict[str, Any], code: str) -> str:
    """The Spanish word of a code, or the code as it came."""
    return str(words.get(code, code))
