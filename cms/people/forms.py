"""Forms of people: everything that is missing is told at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from cms.users.forms import PASSWORD_RULES, Counted
from cms.users.models import User
from records import api as records
from records.api import Role

WRONG_CODE = _("Ese código no corresponde, o nadie ha confirmado la invitación todavía. Pídalo a quien la confirma.")
REASON = _("El acto o motivo, con su fecha y número si los tiene. Queda en la historia.")


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """A day that may be left empty."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"),
        help_text=help_text,
        error_messages={"invalid": _("Escriba una fecha que exista, como dd/mm/aaaa.")},
        widget=forms.TextInput({"placeholder": "dd/mm/aaaa", "inputmode": "numeric", "autocomplete": "off"}),
    )


class DescribeForm(forms.Form):
    full_name = forms.CharField(label=_("Nombre completo"), max_length=200)
    email = forms.EmailField(label=_("Correo"), required=False)
    desk_access = forms.BooleanField(label=_("Entra a custodia"), required=False, initial=True)
    is_staff = forms.BooleanField(label=_("Edita páginas públicas"), required=False)


class CreateForm(DescribeForm):
    login = forms.CharField(
        label=_("Usuario"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Con él entra y firma; no cambia nunca."),
    )
    field_order = ("login", "full_name", "email", "desk_access", "is_staff")

    def clean_login(self) -> str:
        """Logins that differ only in capitals would be taken one for the other by whoever reads them."""
        login = str(self.cleaned_data["login"])
        if User.objects.filter(username__iexact=login).exists():
            raise forms.ValidationError(_("Ese usuario ya existe."))
        return login


class InvitedForm(Counted, SetPasswordForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """The code that a second person gave her, and her password. Wrong codes count with those of the password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["new_password1"].help_text = PASSWORD_RULES
        self.fields["new_password2"].help_text = ""
        if records.last_invitation(self.user) is not None:
            widget = forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})
            self.fields["code"] = forms.CharField(
                label=_("Código"), help_text=_("Se lo dio quien confirmó su invitación."), max_length=40, widget=widget
            )
            self.order_fields(["code", "new_password1", "new_password2"])

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.check_open()
        if not records.is_code_of(self.user, code):
            raise self.refused()
        return code

    def refused(self) -> forms.ValidationError:
        super().refused()
        return forms.ValidationError(WRONG_CODE)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Motivo"), help_text=REASON, widget=forms.Textarea({"rows": 3}), max_length=300)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Cargo"), choices=())
    act = forms.CharField(label=_("Acto"), help_text=REASON, max_length=300)
    until = day_field(_("Hasta el día"), _("Día, mes y año. Vacío: hasta que alguien lo termine."))

    def __init__(self, *args: Any, held: frozenset[str] = frozenset()) -> None:
        super().__init__(*args)
        free = [choice for choice in Role.choices if choice[0] not in held]
        choices = forms.ChoiceField(label=_("Cargo"), choices=[("", _("Elija")), *free])
        self.fields["role"] = choices
