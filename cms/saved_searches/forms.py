"""The one form of a saved search: how it is called, and when its owner hears of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from search import api as search

NO_MAIL = _("Esta instalación no envía correo: los avisos quedan en la bandeja.")
NO_ADDRESS = _("Su cuenta no tiene correo: pídale a quien administra personas que lo anote.")
DISCREET = _("El correo dice cuántas novedades hay y nada de lo que usted buscó ni de lo que se encontró.")


class SavedForm(forms.Form):
    name = forms.CharField(
        label=_("Nombre"),
        error_messages={"required": _("Escriba un nombre para reconocerla después.")},
        help_text=_("Solo usted la ve, ni siquiera quien administra."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": 80}),
    )
    alert = forms.ChoiceField(
        label=_("Avisar de lo nuevo"),
        choices=search.Alert.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Elija cuándo quiere que se le avise.")),
    )

    def __init__(self, *args: Any, person: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        may_mail = settings.MAIL_ON and person.email
        kept = str(self.initial.get("alert", ""))
        self.fields["alert"].help_text = DISCREET if may_mail else NO_ADDRESS if settings.MAIL_ON else NO_MAIL
        if not may_mail:
            self.fields["alert"].choices = [  # type: ignore[attr-defined]
                choice for choice in search.Alert.choices if choice[0] not in search.BY_MAIL or choice[0] == kept
            ]
