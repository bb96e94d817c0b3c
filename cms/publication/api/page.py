"""The page that explains the API, made of its own document: it cannot tell of an address that is not there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms.core.identity import the_site
from cms.core.kept_pages import same_for_everybody
from cms.publication.api import v1
from cms.publication.data_views import base_of
from cms.publication.descriptions import LICENCE


@require_safe
@same_for_everybody
def explained(request: HttpRequest) -> HttpResponse:
    paths = v1.document(the_site().said_name)["paths"]
    context = {
        "operations": [_operation(address, said["get"]) for address, said in paths.items()],
        "base": base_of(request),
        "document": f"{v1.PREFIX}openapi.json",
        "licence": LICENCE,
        "most": settings.PUBLIC_READS_A_MINUTE,
    }
    return render(request, "cms/publication/api.html", context)


def _operation(address: str, said: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": one["name"], "about": one.get("description") or one["schema"].get("description", "")}
        for one in said.get("parameters", ())
    ]
    linked = "" if "{" in address else address
    return {"address": address, "linked": linked, "title": said["summary"], "about": said["description"],
            "id": said["operationId"].rpartition("_")[2], "parameters": parameters}  # fmt: skip
