"""The form of a project's page: whose it is comes from what is published now and from nowhere else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.publication.models import PublishedProject

HELP = _("Se ofrecen los publicados que aún no tienen página. Sus datos no se escriben aquí.")
NONE_LEFT = _(
    "Todos los proyectos publicados tienen ya su página: ábrala en la lista del Banco de Proyectos y escriba en ella."
)
NOT_OFFERED = _("Elija un proyecto que esté publicado hoy y que aún no tenga página.")


class ProjectPageForm(WagtailAdminPageForm):
    """Offers the published projects without a page; a page that was public once stays with its project."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        its = self.instance
        offered = self._offered(its.project_code)
        self.fields["project_code"] = forms.ChoiceField(
            label=_("Proyecto"),
            choices=[("", "—"), *offered],
            disabled=its.pk is not None and its.was_public,
            required=True,
            help_text=HELP if offered else NONE_LEFT,
            error_messages={"invalid_choice": NOT_OFFERED, "required": NOT_OFFERED},
        )

    def _offered(self, its_own: str) -> list[tuple[str, str]]:
        taken = type(self.instance).objects.exclude(pk=self.instance.pk).values("project_code")
        named = dict(PublishedProject.objects.exclude(code__in=taken).order_by("code").values_list("code", "name"))
        own = {its_own: ""} if its_own and its_own not in named else {}
        return [(code, f"{code} · {name}" if name else code) for code, name in {**own, **named}.items()]
