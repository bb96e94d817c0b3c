from __future__ import annotations

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(AppConfig):
    default = True
    name = "cms.users"
    label = "users"
    verbose_name = "Personas y dependencias"

    def ready(self) -> None:
        from cms.users import limits, trail  # after the app registry is ready

        limits.connect()
        trail.connect()


class PeopleAdminConfig(WagtailUsersAppConfig):
    """Wagtail's admin of people, with our forms."""

    user_viewset = "cms.users.viewsets.PersonViewSet"
