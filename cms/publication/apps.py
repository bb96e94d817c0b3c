"""The published projection: plain rows copied out of custody by a decision (D2)."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    name = "cms.publication"
    verbose_name = _("Publicación")
    default_auto_field = "django.db.models.BigAutoField"
