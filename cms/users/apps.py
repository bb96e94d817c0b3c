from __future__ import annotations

from django.apps import AppConfig


class UsersConfig(AppConfig):
    default = True
    name = "cms.users"
    label = "users"
    verbose_name = "Personas y dependencias"

    def ready(self) -> None:
        from cms.users import limits, trail  # after the app registry is ready

        limits.connect()
        trail.connect()
