"""People and offices, under the desk's prefix."""

from __future__ import annotations

from django.urls import path

from cms.people import organisations, views

app_name = "people"
urlpatterns = [
    path("personas/", views.people, name="people"),
    path("personas/nueva/", views.new, name="new"),
    path("organizaciones/", organisations.organisations, name="organisations"),
    path("organizaciones/nueva/", organisations.new, name="organisation-new"),
    path("organizaciones/<uuid:key>/", organisations.organisation, name="organisation"),
    path("organizaciones/<uuid:key>/vincular/", organisations.join, name="organisation-join"),
    path("organizaciones/vinculos/<uuid:key>/terminar/", organisations.leave, name="organisation-leave"),
    path("personas/<uuid:key>/", views.person, name="person"),
    path("personas/<uuid:key>/datos/", views.describe, name="describe"),
    path("personas/<uuid:key>/cargo/", views.assign, name="assign"),
    path("personas/<uuid:key>/cargo/<slug:role>/terminar/", views.end_role, name="end-role"),
    path("personas/<uuid:key>/estado/", views.state, name="state"),
    path("personas/<uuid:key>/factor/", views.factor, name="factor"),
    path("personas/<uuid:key>/institucional/", views.identity, name="identity"),
    path("personas/<uuid:key>/invitacion/", views.invitation, name="invitation"),
]
