"""Entering with an identity of the institution: it opens the account to which its person tied it, and nothing else.

An identity is (issuer, subject). Mail, names and whatever else the issuer tells are not even read: they change hands.
Whoever is not tied, is disabled, or brings a token that proves nothing meets the same page (ADR 37).
"""

from __future__ import annotations

import dataclasses
import hmac
import time
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from cms.users import issuer
from cms.users.confirming import confirmed, confirmed_page, is_recent
from cms.users.id_tokens import Untrusted
from cms.users.limits import CONFIRMED
from cms.users.models import Identity, User
from cms.users.trail import is_told_lately, note
from records.api import digest_of

ASKED = "identity_asked"
#: Seconds that somebody may take at the issuer's pages.
PATIENCE = 600
READ = require_http_methods(["GET", "HEAD"])
BOTH = require_http_methods(["GET", "HEAD", "POST"])


def offered() -> None:
    if not issuer.is_offered():
        raise Http404


def back_of(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("identity-back"))


def sent_away(request: HttpRequest, **kept: str) -> HttpResponse:
    """To the issuer; what is to be compared at the return stays in the session."""
    question = issuer.Question.new()
    try:
        where = issuer.address_to_ask(question, back_of(request))
    except Untrusted as fault:
        return refused(request, fault.code)
    request.session[ASKED] = {**dataclasses.asdict(question), **kept}
    return HttpResponseRedirect(where)


@READ
def enter(request: HttpRequest) -> HttpResponse:
    offered()
    if request.user.is_authenticated:
        return redirect("account")
    return sent_away(request, next=request.GET.get("next", "")[:500])


@BOTH
@login_required
@confirmed_page
def tie(request: HttpRequest) -> HttpResponse:
    """Tie an identity to one's own account: only who just said who she is. From its page a link leads away: a form
    may not (`form-action`)."""
    offered()
    if "ir" in request.GET:
        return sent_away(request, ties=str(request.user.pk))
    return render(request, "cms/users/identity_tie.html", {"institution": settings.OIDC["NAME"]})


@READ
@sensitive_variables()
def back(request: HttpRequest) -> HttpResponse:
    offered()
    kept = request.session.pop(ASKED, None)
    try:
        question = question_of(request, kept)
        subject = issuer.subject_told(question, request.GET.get("code", ""), back_of(request))
    except Untrusted as fault:
        return refused(request, fault.code)
    if "ties" in kept:
        return tied(request, kept["ties"], subject)
    return entered(request, subject, kept.get("next", ""))


def question_of(request: HttpRequest, kept: Any) -> issuer.Question:
    """What this session asked, if this is its answer."""
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["began"] < PATIENCE:
        raise Untrusted("not_asked")
    if not hmac.compare_digest(request.GET.get("state", "").encode(), kept["state"].encode()):
        raise Untrusted("state")
    if not request.GET.get("code"):
        raise Untrusted("no_code")
    return issuer.Question(**{field.name: kept[field.name] for field in dataclasses.fields(issuer.Question)})


def entered(request: HttpRequest, subject: str, following: str) -> HttpResponse:
    """The account to which the identity is tied goes on as after a password: its factor is asked for all the same."""
    held = Identity.objects.filter(issuer=settings.OIDC["ISSUER"], subject=subject).select_related("person").first()
    if held is None or not held.person.is_active:
        return refused(request, "disabled" if held else "not_tied", held.person if held else None, subject)
    inside = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    note("identity.used", held.person)
    answer: HttpResponse = perform_login(request, Login(user=held.person, redirect_url=following if inside else None))
    if request.user.is_authenticated and CONFIRMED in request.session:
        # The issuer may not have asked anything: an act of approval does.
        request.session[CONFIRMED] = 0
    return answer


def refused(request: HttpRequest, code: str, person: User | None = None, subject: str = "") -> HttpResponse:
    """One page for every reason; the ledger keeps which, and of who is nobody here a keyed digest. The same is told
    once in the time a lock lasts: a stranger comes back as often as she likes."""
    named = {"typed": digest_of(f"identity:{settings.OIDC['ISSUER']} {subject}")} if subject and not person else {}
    told = f'"typed":"{named["typed"]}"' if named else f'"code":"{code}"'
    if not is_told_lately("identity.refused", person or "person", told):
        note("identity.refused", person or "person", code=code, **named)
    return render(request, "cms/users/identity_refused.html", status=403)


def tied(request: HttpRequest, whose: str, subject: str) -> HttpResponse:
    person: Any = request.user
    if str(getattr(person, "pk", "")) != whose or not is_recent(request):
        return refused(request, "not_hers")
    try:
        with transaction.atomic():
            Identity.objects.create(person=person, issuer=settings.OIDC["ISSUER"], subject=subject)
            note("identity.tied", person)
    except IntegrityError:
        return refused(request, "tied_already", person)
    return redirect("mfa_index")


@require_POST
@login_required
@confirmed
def untie(request: HttpRequest) -> HttpResponse:
    offered()
    person: Any = request.user
    untie_all(person)
    return redirect("mfa_index")


def untie_all(person: User, **facts: str) -> int:
    """Take away every identity of a person, with its event; how many there were."""
    with transaction.atomic():
        gone, _kinds = Identity.objects.filter(person=person).delete()
        if gone:
            note("identity.untied", person, **facts)
    return gone
