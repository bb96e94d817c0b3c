"""Entering, leaving and one's own account: forms only, so other pages need no token."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

EDITOR = "/editor/"


class Enter(LoginView):
    template_name = "cms/users/login.html"
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """Where the person was going; not back to the editor's door, which would send her here again for ever."""
        going = super().get_success_url()
        shut = going.startswith(EDITOR) and not getattr(self.request.user, "is_staff", False)
        return self.get_default_redirect_url() if shut else going

    def get_default_redirect_url(self) -> str:
        """Staff land on their bandeja; page editors on the editor; anybody else on the account page."""
        user = self.request.user
        if getattr(user, "desk_access", False):
            return "/custodia/"
        return "/editor/" if getattr(user, "is_staff", False) else "/cuenta/"


class Leave(LogoutView):
    """GET shows the form (the link in every page leads here); POST ends the session."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
        return render(request, "cms/users/logout.html")


@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "cms/users/account.html")
