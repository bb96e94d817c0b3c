"""The editor's process: Wagtail's admin under /editor/, and the pages it previews; nothing of custody."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtailadmin_urls

from cms.urls import account, public
from cms.urls.public import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

editor: list[URLPattern | URLResolver] = [path("editor/", include(wagtailadmin_urls))]
urlpatterns: list[URLPattern | URLResolver] = [*account.urlpatterns, *editor, *public.urlpatterns]
