"""What a mail leads to without a login."""

from __future__ import annotations

from django.urls import path

from cms.notices import views

urlpatterns = [path("cuenta/avisos/cancelar/<str:token>/", views.stop_mail, name="stop-mail")]
