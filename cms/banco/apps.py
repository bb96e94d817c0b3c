"""The public Banco: editorial text around facts of the published projection."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BancoConfig(AppConfig):
    name = "cms.banco"
    verbose_name = _("Banco de Proyectos")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.banco import beside

        beside.connect()
