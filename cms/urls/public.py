"""The public process: Wagtail's pages and the published projection; nothing of custody is even routed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail.urls import serve_pattern
from wagtail.views import serve

from cms.core.kept_pages import same_for_everybody
from cms.guides.views import public_guide as guide

#: Wagtail's pages come last: they answer for every address nobody else claimed. Nothing else of Wagtail is
#: routed: its document view confirms names by its status, and its own login would be a second door.
pages: list[URLPattern | URLResolver] = [re_path(serve_pattern, same_for_everybody(serve), name="wagtail_serve")]
public_guide = same_for_everybody(guide)
urlpatterns: list[URLPattern | URLResolver] = [
    path("ayuda/", public_guide, name="help"),
    path("ayuda/edicion/", public_guide, {"name": "edicion"}, name="help_editing"),
    path("ayuda/buscar/", public_guide, {"name": "buscar"}, name="help_search"),
    path("", include("cms.core.urls")),
    *pages,
]

handler400 = "cms.core.views.bad_request"
handler403 = "cms.core.views.forbidden"
handler404 = "cms.core.views.not_found"
handler500 = "cms.core.views.server_error"
