"""The whole site, and /custodia/medida/: a view behind the session, the floor of every page of the desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from cms.urls.all import *  # noqa: F403  with its handlers
from cms.urls.all import urlpatterns as whole


def bare(request: HttpRequest) -> HttpResponse:
    """Who is there, and nothing else."""
    return HttpResponse(str(request.user), content_type="text/plain")


urlpatterns = [path("custodia/medida/", bare), *whole]
