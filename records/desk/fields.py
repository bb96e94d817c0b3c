"""Form fields of the desk: dates written day-month-year, and a refusal of a service told beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from records import acting
from records.desk.words import told_at_desk
from records.errors import ClockBehind, Incomplete, LedgerUnavailable, RecordsError
from records.sentences import MISSING
from records.services.told import note_refusal

DAY_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
#: Which field of a form shows a fault whose code is not a field's name; the first that the form has.
ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "case_authority": ("authority",),
    "article_of_level": ("article",),
    "generated_in_future": ("generated",),
    "until_before_generated": ("until",),
    "until_passed": ("until",),
    "grant_until": ("until",),
    "until_before_start": ("until",),
    "until_beyond_most": ("until",),
    "holder": ("person",),
    "person_no_custody": ("person",),
    "one_holder": ("office",),
    "office_unknown": ("office",),
    "reserved_by_name": ("office",),
    "person_disabled": ("person",),
    "grant_to_oneself": ("person",),
    "renewal_later": ("starts_on",),
    "reserve_over_15_years": ("until",),
    "date_in_future": ("date", "opened_on"),
    "code_taken": ("code",),
    "code_of_ccd": ("code",),
    "custodian_oneself": ("custodian",),
    "annex_key": ("key",),
    "annex_key_taken": ("key",),
    "annex_label": ("label",),
    "annex_template": ("template",),
    "annex_template_named": ("template",),
    "annex_unknown": ("annex",),
    "unknown_tipo": ("tipo",),
    "tipo_not_in_expediente": ("tipo",),
    "duplicate_reason": ("motivo",),
}


class DayInput(forms.DateInput):
    """Text with a picker added by script: what is typed is what is sent."""

    input_type = "text"

    def __init__(self, **attrs: str) -> None:
        held = {"placeholder": "dd/mm/aaaa", "inputmode": "numeric", "autocomplete": "off", "data-day": "", **attrs}
        super().__init__(attrs=held, format="%d/%m/%Y")


class ToldByService:
    """Asked for, and shown as such, but what is missing is for the service to say: all of it at once."""

    def validate(self, value: Any) -> None:
        if value not in (None, ""):
            super().validate(value)  # type: ignore[misc]


class DemandedText(ToldByService, forms.CharField):
    pass


class DemandedChoice(ToldByService, forms.ChoiceField):
    pass


class DayField(forms.DateField):
    """A date as day/month/year; ISO text is understood too."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", DayInput())
        options.setdefault("input_formats", DAY_FORMATS)
        options.setdefault("error_messages", {"invalid": _("Escriba una fecha que exista, como dd/mm/aaaa.")})
        super().__init__(**options)


class DemandedDay(ToldByService, DayField):
    pass


#: What is asked for, said by its name; a field that is not here is called by its label.
REQUIRED: Mapping[str, Any] = {
    "file": _("Elija el archivo."),
    "table": _("Elija el archivo."),
    "date": _("Escriba la fecha."),
    "person": _("Elija la persona."),
    "until": _("Escriba hasta qué día."),
    "reason": _("Escriba el motivo."),
    "motivo": _("Escriba el motivo."),
    "code": _("Escriba el código."),
    "expediente": _("Elija el expediente."),
}


class DeskForm(forms.Form):
    """A form that names what it lacks; a field with words of its own keeps them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        usual = forms.Field.default_error_messages["required"]
        for name, field in self.fields.items():
            if field.error_messages.get("required") == usual:
                named = _("Falta %(what)s.") % {"what": f"«{field.label}»"} if field.label else usual
                field.error_messages["required"] = REQUIRED.get(name, named)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, empty or not; None when it was only asked for."""
    return request.POST if request.method == "POST" else None


#: Nothing that anybody writes in a form helps: the page of the refusal says so.
BEYOND_FORMS = (LedgerUnavailable, ClockBehind)


def note_shown(refusal: RecordsError) -> None:
    visit = acting.visit()
    match = visit.request.resolver_match if visit else None
    if visit and visit.person and match:
        note_refusal(actor=visit.person, refusal=refusal, asked=match.kwargs, wrote=visit.request.method == "POST")


def show_refusal(form: forms.BaseForm, refusal: RecordsError) -> None:
    """Put a refusal where its reader can mend it: each missing thing beside its field, the rest on top.

    Raises it again where no form can mend it. The ledger tells it as it tells those that have a page of their own.
    """
    if isinstance(refusal, BEYOND_FORMS):
        raise refusal
    note_shown(refusal)
    if not isinstance(refusal, Incomplete):
        form.add_error(None, told_at_desk(refusal))
        return
    facts: dict[str, Any] = {"tipo": "", "expediente_kind": "", "article": "", "prefix": "", **refusal.facts}
    for code in refusal.missing:
        form.add_error(field_of(form, code), sentence_of(code, facts))


def field_of(form: forms.BaseForm, code: str) -> str | None:
    """The field beside which a fault is told; None: on top."""
    return next((name for name in (code, *ELSEWHERE.get(code, ())) if name in form.fields), None)


def sentence_of(code: str, facts: Mapping[str, Any]) -> str:
    return str(_("Indique %(what)s.") % {"what": str(MISSING.get(code, code)) % facts})


def tell_also(form: forms.BaseForm, codes: Iterable[str], **facts: Any) -> None:
    """Beside what of a form could not be read, what is wrong with the rest of it: all of it at once."""
    for code in codes:
        name = field_of(form, code)
        if name is None or name not in form.errors:
            form.add_error(name, sentence_of(code, facts))
