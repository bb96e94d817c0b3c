"""Search in custody, under the desk's prefix."""

from __future__ import annotations

from django.urls import path

from cms.desk_search import views

urlpatterns = [path("buscar/", views.search, name="desk-search")]
