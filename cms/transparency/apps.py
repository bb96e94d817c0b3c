"""What is published, what is withheld and how to ask."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransparencyConfig(AppConfig):
    name = "cms.transparency"
    verbose_name = _("Transparencia")
    default_auto_field = "django.db.models.BigAutoField"
