"""The room as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Finding, under a reader's scope."""

    name = "search"
    verbose_name = "Búsqueda"

    def ready(self) -> None:
        """Registers the start-up checks."""
        from search import checks  # noqa: F401 importing registers them
