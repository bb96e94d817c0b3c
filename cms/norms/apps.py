"""Norms, article by article, each with an address of its own."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NormsConfig(AppConfig):
    name = "cms.norms"
    verbose_name = _("Normas")
    default_auto_field = "django.db.models.BigAutoField"
