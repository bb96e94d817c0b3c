"""The desk's process: staff screens under /custodia/ and the account; no page of the public site."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cms.urls import account
from cms.urls.public import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# Search, guides and people know its front door only; they come first because the desk's last route takes the rest.
desk: list[URLPattern | URLResolver] = [
    path("custodia/", include("cms.desk_search.urls")),
    path("custodia/", include("cms.saved_searches.urls")),
    path("custodia/", include("cms.guides.desk_urls")),
    path("custodia/", include("cms.people.urls")),
    path("custodia/", include("records.desk.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    *account.urlpatterns,
    *desk,
    path("", include("cms.notices.urls")),
    path("", include("cms.core.urls_health")),
]
