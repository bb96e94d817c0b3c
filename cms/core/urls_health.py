"""Liveness and readiness, the same in every process."""

from __future__ import annotations

from django.urls import path

from cms.core import views

urlpatterns = [
    path("salud/", views.alive, name="health"),
    path("salud/listo/", views.ready, name="ready"),
]
