"""The public process: Wagtail's pages and the published projection; nothing of custody is even routed."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.documents import urls as wagtaildocs_urls

#: Wagtail's own routes come last: they answer for every address nobody else claimed.
pages: list[URLPattern | URLResolver] = [
    path("archivos/", include(wagtaildocs_urls)),
    path("", include(wagtail_urls)),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include("cms.core.urls")), *pages]

handler400 = "cms.core.views.bad_request"
handler403 = "cms.core.views.forbidden"
handler404 = "cms.core.views.not_found"
handler500 = "cms.core.views.server_error"
