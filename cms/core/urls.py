"""Public addresses that are not Wagtail pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cms.core import pictures

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("cms.core.urls_health")),
    path("imagenes/<path:name>", pictures.picture, name="picture"),
    path("", include("cms.publication.urls")),
]
