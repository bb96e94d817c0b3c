"""A reader's own searches and alerts, under the desk's prefix."""

from __future__ import annotations

from django.urls import path

from cms.saved_searches import views

HERS = "buscar/guardadas/"

urlpatterns = [
    path(HERS, views.saved_searches, name="saved-searches"),
    path(f"{HERS}nueva/", views.new, name="saved-search-new"),
    path(f"{HERS}<uuid:key>/", views.news, name="saved-search"),
    path(f"{HERS}<uuid:key>/vistas/", views.seen, name="saved-search-seen"),
    path(f"{HERS}<uuid:key>/cambiar/", views.change, name="saved-search-change"),
    path(f"{HERS}<uuid:key>/borrar/", views.remove, name="saved-search-remove"),
]
