"""The composition root as an app, so that every process connects the rooms the same way at start."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class HouseConfig(AppConfig):
    name = "cms"
    label = "house"

    def ready(self) -> None:
        # Only now: the wiring imports the models of all rooms.
        import_module("cms.wiring").connect(settings.SITE_ROLE)
