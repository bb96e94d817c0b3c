"""Forms of entering: login and password, then the second factor. What is wrong is told without saying which part."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.users import spent

WRONG_CODE = _("Ese código no sirve. Espere a que su aplicación muestre el siguiente y escríbalo.")
#: What the validators of the settings ask, in one sentence: Django's own is a list, which a form's help cannot hold.
PASSWORD_RULES = _("Ocho caracteres o más, que no se parezca a sus datos ni sea de las más comunes.")
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}


class EnterForm(LoginForm):
    """Our own names of fields; what allauth does with them is its own."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields = {
            "username": forms.CharField(
                label=_("Usuario"),
                max_length=150,
                widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
            ),
            "password": forms.CharField(
                label=_("Contraseña"),
                strip=False,
                max_length=4096,
                widget=forms.PasswordInput({"autocomplete": "current-password"}),
            ),
        }

    def clean(self) -> Any:
        self.cleaned_data["login"] = self.cleaned_data.get("username", "")
        return super().clean()


class Counted:
    """A factor's form whose failures count with those of the password: five lock, and locked is not told."""

    user: Any

    def refused(self) -> ValidationError:
        """Count a failure; the sentence is the same whatever was wrong."""
        credentials = {"username": self.user.get_username()}
        user_login_failed.send(sender=__name__, credentials=credentials, request=context.request)
        return ValidationError(WRONG_CODE)

    def check_open(self) -> None:
        if not AxesProxyHandler.is_allowed(context.request, {"username": self.user.get_username()}):
            context.request.axes_locked_out = True
            raise self.refused()


class FactorForm(Counted, AuthenticateForm):
    """A code of the application, or one of the recovery codes; each is taken once."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"] = forms.CharField(label=_("Código"), max_length=40, widget=forms.TextInput(CODE_ATTRIBUTES))

    def clean_code(self) -> str:
        self.check_open()
        try:
            code = str(super().clean_code())
        except ValidationError:
            raise self.refused() from None
        if self.authenticator.type == Authenticator.Type.TOTP and not spent.spend(self.user, code):
            raise self.refused()
        return code


class KeyForm(Counted, AuthenticateWebAuthnForm):
    """A key or the device itself."""

    def clean_credential(self) -> Authenticator:
        self.check_open()
        try:
            return super().clean_credential()
        except ValidationError:
            raise self.refused() from None


class OwnPasswordForm(PasswordChangeForm):
    """One's own password, changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["new_password1"].help_text = PASSWORD_RULES
        self.fields["new_password2"].help_text = ""


class NewKeyForm(AddWebAuthnForm):
    """A new key, with the name her person gives it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Nombre de la llave")
        self.fields["name"].max_length = 100


class NewCodesForm(ActivateTOTPForm):
    """The first code of a new application; it does not open a session afterwards."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"] = forms.CharField(
            label=_("Código que muestra la aplicación"), max_length=40, widget=forms.TextInput(CODE_ATTRIBUTES)
        )

    def clean_code(self) -> str:
        try:
            code = str(super().clean_code())
        except ValidationError:
            raise ValidationError(WRONG_CODE) from None
        spent.spend(self.user, code)
        return code
