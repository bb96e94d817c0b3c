"""Public addresses that are not Wagtail pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("cms.core.urls_health")),
    path("", include("cms.publication.urls")),
]
