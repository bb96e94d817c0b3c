"""The editor's process: Wagtail's admin under /editor/, and the pages it previews; nothing of custody."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from cms.urls import account, public
from cms.urls.public import handler400, handler403, handler404, handler500
from cms.users.views import Leave

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


SHUT = ("users", "groups", "bulk/users", "bulk/auth")


def shut(_request: HttpRequest, **_rest: str) -> HttpResponse:
    raise Http404


#: Wagtail's own login and logout would be second doors: the one ends a session on a mere GET.
doors: list[URLPattern | URLResolver] = [
    path("editor/login/", RedirectView.as_view(url=settings.LOGIN_URL, query_string=True)),
    path("editor/logout/", Leave.as_view()),
    # People are managed at the desk, by who manages people, and nowhere else (ADR 31).
    *(path(f"editor/{room}/{rest}", shut) for room in SHUT for rest in ("", "<path:rest>")),
]
editor: list[URLPattern | URLResolver] = [*doors, path("editor/", include(wagtailadmin_urls))]
urlpatterns: list[URLPattern | URLResolver] = [*account.urlpatterns, *editor, *public.urlpatterns]
