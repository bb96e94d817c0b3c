"""Search in custody, under the desk's prefix."""

from __future__ import annotations

from django.urls import path

from cms.desk_search import beside, views

urlpatterns = [
    path("buscar/", views.search, name="desk-search"),
    path("buscar/completar/", beside.complete, name="desk-search-complete"),
    path("buscar/sin-leer/", beside.unread, name="desk-search-unread"),
    path("buscar/porque/<uuid:key>/", beside.why, name="desk-search-why"),
    path("buscar/parecidos/<uuid:key>/", beside.alike, name="desk-search-alike"),
]
