"""Help of the desk."""

from __future__ import annotations

from django.urls import path

from cms.guides import views

urlpatterns = [
    path("ayuda/", views.desk_guide, name="desk-help"),
    path("ayuda/<slug:name>/", views.desk_guide, name="desk-guide"),
]
