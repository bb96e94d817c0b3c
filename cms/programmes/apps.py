"""Programmes by axis, with the figures as they were published."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "cms.programmes"
    verbose_name = _("Programas")
    default_auto_field = "django.db.models.BigAutoField"
