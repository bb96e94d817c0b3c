"""Entering and leaving: /cuenta/entrar/, /cuenta/salir/, /cuenta/."""

from __future__ import annotations

from django.urls import path

from cms.users import views

urlpatterns = [
    path("cuenta/entrar/", views.Enter.as_view(), name="login"),
    path("cuenta/salir/", views.Leave.as_view(), name="logout"),
    path("cuenta/", views.account, name="account"),
]
