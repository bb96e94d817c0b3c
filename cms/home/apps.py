"""The home page and plain explanatory pages."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "cms.home"
    verbose_name = _("Inicio")
    default_auto_field = "django.db.models.BigAutoField"
