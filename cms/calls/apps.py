"""Calls to take part in a programme."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "cms.calls"
    verbose_name = _("Convocatorias")
    default_auto_field = "django.db.models.BigAutoField"
