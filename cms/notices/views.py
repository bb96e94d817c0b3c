"""/cuenta/avisos/…: ending alert mails from a mail, in one step and without a login."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cms.notices import stopping

TEMPLATE = "cms/notices/stop.html"


# The link itself is the authority, and a mail program that ends a subscription for its reader holds no cookie of ours.
@csrf_exempt
@require_http_methods(("GET", "HEAD", "POST"))
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Asks by GET, so that a program that follows links ends nothing; ends by POST. A link that serves no more, is of
    nobody, or was invented gets one and the same page."""
    mail = stopping.find_mail(token)
    if mail is None:
        return render(request, TEMPLATE, {"state": "gone"}, status=404)
    if request.method == "POST":
        stopping.stop(mail)
        return render(request, TEMPLATE, {"state": "done"})
    return render(request, TEMPLATE, {"state": "asks"})
