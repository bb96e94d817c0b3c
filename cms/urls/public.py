"""The public process: Wagtail's pages and the published projection; nothing of custody is even routed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail.urls import serve_pattern
from wagtail.views import serve

from cms.guides.views import public_guide

#: Wagtail's pages come last: they answer for every address nobody else claimed. Nothing else of Wagtail is
#: routed: its document view confirms names by its status, and its own login would be a second door.
pages: list[URLPattern | URLResolver] = [re_path(serve_pattern, serve, name="wagtail_serve")]
urlpatterns: list[URLPattern | URLResolver] = [
    path("ayuda/", public_guide, name="help"),
    path("", include("cms.core.urls")),
    *pages,
]

handler400 = "cms.core.views.bad_request"
handler403 = "cms.core.views.forbidden"
handler404 = "cms.core.views.not_found"
handler500 = "cms.core.views.server_error"
