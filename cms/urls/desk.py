"""The desk's process: staff screens under /custodia/ and the account; no page of the public site."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from cms.urls import account
from cms.urls.public import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

desk: list[URLPattern | URLResolver] = []
if find_spec("records.desk.urls"):
    # Search and guides know custody's front door only; they come first because the desk's last route takes the rest.
    desk.append(path("custodia/", include("cms.desk_search.urls")))
    desk.append(path("custodia/", include("cms.guides.desk_urls")))
    desk.append(path("custodia/", include("records.desk.urls")))
urlpatterns: list[URLPattern | URLResolver] = [
    *account.urlpatterns,
    *desk,
    path("", include("cms.core.urls_health")),
]
