"""People in Wagtail's admin: a login is written once, and whoever acted is disabled, never deleted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserEditForm
from wagtail.users.views.users import DeleteView, UserViewSet

from cms.users.models import LOGIN_STAYS

KEPT = _(
    "No se puede borrar a quien ya actuó: su nombre está en la historia. Desmarque «activo» para que no entre más."
)


class PersonEditForm(UserEditForm):
    """The login is shown and not asked: what is sent for it counts for nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["username"]
        login.disabled, login.help_text = True, LOGIN_STAYS


class PersonDeleteView(DeleteView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                answer: HttpResponse = super().post(request, *args, **kwargs)
                return answer
        except ProtectedError:
            messages.error(request, KEPT)
            return redirect(reverse("wagtailusers_users:edit", args=[self.object.pk]))


class PersonViewSet(UserViewSet):
    delete_view_class = PersonDeleteView

    def get_form_class(self, for_update: bool = False) -> Any:
        return PersonEditForm if for_update else super().get_form_class(for_update)
