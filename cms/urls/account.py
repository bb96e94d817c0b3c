"""Entering, leaving and what is one's own: /cuenta/. Names with a prefix are those that allauth looks for."""

from __future__ import annotations

from django.urls import path

from cms.people.views import SetPassword
from cms.users import identities, resuming, views

SECURITY = "cuenta/seguridad/"

urlpatterns = [
    path("cuenta/entrar/", views.Enter.as_view(), name="account_login"),
    path("cuenta/entrar/factor/", views.EnterFactor.as_view(), name="mfa_authenticate"),
    path("cuenta/entrar/institucional/", identities.enter, name="identity-enter"),
    path("cuenta/entrar/institucional/regreso/", identities.back, name="identity-back"),
    path("cuenta/retomar/", resuming.resume, name="resume"),
    path("cuenta/salir/", views.Leave.as_view(), name="logout"),
    path("cuenta/", views.account, name="account"),
    path("cuenta/clave/", views.ChangePassword.as_view(), name="password"),
    path("cuenta/invitacion/<slug:uidb64>/<slug:token>/", SetPassword.as_view(), name="invitation"),
    path("cuenta/sesiones/", views.Sessions.as_view(), name="sessions"),
    path(SECURITY, views.Factors.as_view(), name="mfa_index"),
    path(f"{SECURITY}institucional/", identities.tie, name="identity-tie"),
    path(f"{SECURITY}institucional/retirar/", identities.untie, name="identity-untie"),
    path(f"{SECURITY}codigos/", views.NewCodes.as_view(), name="mfa_activate_totp"),
    path(f"{SECURITY}codigos/imagen.svg", views.codes_image, name="codes-image"),
    path(f"{SECURITY}codigos/retirar/", views.EndCodes.as_view(), name="mfa_deactivate_totp"),
    path(f"{SECURITY}llaves/", views.NewKey.as_view(), name="mfa_add_webauthn"),
    path(f"{SECURITY}llaves/<int:pk>/retirar/", views.EndKey.as_view(), name="mfa_remove_webauthn"),
    path(f"{SECURITY}recuperacion/", views.Recovery.as_view(), name="mfa_view_recovery_codes"),
    path(f"{SECURITY}recuperacion/nuevos/", views.NewRecovery.as_view(), name="mfa_generate_recovery_codes"),
]
