"""What every page family stands on: the base page, common blocks, neutral template tags, calm error pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "cms.core"
    verbose_name = _("Sitio público")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.core import signals

        signals.connect()
