from __future__ import annotations

from django.apps import AppConfig


class ConveniosConfig(AppConfig):
    name = "records.convenios"
    label = "convenios"
    verbose_name = "Convenios y proyectos"
