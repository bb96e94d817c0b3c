"""How the house is called and what its sign is: set by who approves pages, shown on every public page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="home")
class Identity(BaseGenericSetting):
    """Name and sign of the site. Empty means as the product comes."""

    name = models.CharField(
        _("nombre del sitio"), max_length=60, blank=True, help_text=_("Vacío: Banco de Proyectos Offset.")
    )
    entity = models.CharField(
        _("entidad"), max_length=120, blank=True, help_text=_("Quién publica, como aparece al pie y en los datos.")
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logotipo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Se muestra junto al nombre, a 32 puntos de alto. El nombre queda escrito a su lado."),
    )

    panels: ClassVar[list[Any]] = [FieldPanel("name"), FieldPanel("entity"), FieldPanel("logo")]

    class Meta:
        verbose_name = _("identidad del sitio")
