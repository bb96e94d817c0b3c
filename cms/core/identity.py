"""How the house is called and what its sign is: set by who approves pages, shown on every public page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from cms.core import known

#: The name where none is set.
AS_IT_COMES = _("Banco de Proyectos Offset")


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

    @property
    def said_name(self) -> str:
        """How the site is called, also where nobody named it."""
        return self.name or str(AS_IT_COMES)

    @property
    def publisher(self) -> str:
        """Who publishes: the entity, or the site where none is named."""
        return self.entity or self.said_name


@known.kept
def the_site() -> Identity:
    """The identity of this site; nothing is written where none was set, and nobody changes what is got here."""
    return Identity.objects.select_related("logo").first() or Identity()
