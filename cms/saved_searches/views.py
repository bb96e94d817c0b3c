"""/custodia/buscar/guardadas/: a reader's own searches and alerts. What is not hers is absent."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.desk_search.address import PATH
from cms.saved_searches import words
from cms.saved_searches.forms import SavedForm
from records import api as records
from search import api as search

READ, WRITE = ("GET", "HEAD"), ("POST",)
BOTH = (*READ, *WRITE)
LIST = "saved-searches"
#: The search page's own tab of the desk's bar.
SECTION = PATH


def own(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A view over one of hers, or of the list: what is another's, or gone, is the same page as what never was."""

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            try:
                return view(request, **parts)
            except search.SavedMissing as missing:
                raise Http404 from missing

        return require_http_methods(methods)(guarded)

    return wrap


@own(*READ)
def saved_searches(request: HttpRequest) -> HttpResponse:
    """Hers, each with what it asks, when it tells and how many are new."""
    hers = list(search.saved.list_saved(request.user))
    fresh = search.novelty.count_news(request.user)
    taken = {saved.event for saved in hers}
    offered = [{"url": new_address(search.Asked(event=name)), "told": told} for name, told in words.EVENTS.items()
               if name not in taken]  # fmt: skip
    context = {"rows": [row_of(saved, fresh.get(saved.pk, 0)) for saved in hers], "offered": offered}
    return shown(request, "search/saved.html", context)


def row_of(saved: search.SavedSearch, fresh: int) -> dict[str, Any]:
    asked = search.Asked.of(saved)
    return {
        "saved": saved,
        "told": words.told(asked),
        "doubts": words.doubts(asked),
        "fault": words.FAULTS.get(saved.fault, ""),
        "run_url": words.address_of(asked),
        "fresh": fresh,
    }


def new_address(asked: search.Asked) -> str:
    return f"{reverse('saved-search-new')}?{words.pairs_of(asked)}"


@own(*BOTH)
def new(request: HttpRequest) -> HttpResponse:
    """Keeps what the address asks."""
    asked = words.asked_of(request.GET)
    same = search.saved.find_same(request.user, asked)
    if request.method == "GET" and same:
        messages.info(request, words.refused(search.SavedRefused("already_saved", name=same.name)))
        return redirect("saved-search-change", key=same.pk)
    initial = {"name": words.name_for(asked), "alert": search.Alert.DESK if asked.event else search.Alert.NEVER}
    form = SavedForm(request.POST or None, person=request.user, initial=initial)

    def keep(name: str, alert: str) -> str:
        made = search.saved.save_search(request.user, name, asked, alert, now=records.now(), today=records.today())
        search.novelty.begin(made, request.user, records.now())
        return _("Quedó guardada: «%(name)s».") % {"name": made.name}

    context = {"form": form, "title": _("Guardar la búsqueda") if not asked.event else _("Pedir un aviso"),
               "told": words.told(asked), "doubts": words.doubts(asked), "submit": _("Guardar"),
               "back": words.address_of(asked) or reverse(LIST)}  # fmt: skip
    return answered(request, form, keep, context)


@own(*BOTH)
def change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Another name, another moment to be told."""
    saved = search.saved.get_saved(request.user, key)
    asked = search.Asked.of(saved)
    form = SavedForm(request.POST or None, person=request.user, initial={"name": saved.name, "alert": saved.alert})

    def keep(name: str, alert: str) -> str:
        renamed = search.saved.rename(request.user, key, name)
        changed = search.saved.set_alert(request.user, key, alert, records.today())
        if saved.alert == search.Alert.NEVER:
            search.novelty.begin(changed, request.user, records.now())
        return _("Quedó como «%(name)s».") % {"name": renamed.name}

    context = {"form": form, "title": _("Cambiar nombre y avisos"), "told": words.told(asked),
               "doubts": words.doubts(asked), "submit": _("Guardar"), "back": reverse(LIST)}  # fmt: skip
    return answered(request, form, keep, context)


def answered(
    request: HttpRequest, form: SavedForm, keep: Callable[[str, str], str], context: dict[str, Any]
) -> HttpResponse:
    """The form, or the act and the list; a refusal says what is in the way and keeps what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, keep(form.cleaned_data["name"], form.cleaned_data["alert"]))
            return redirect(LIST)
        except search.SavedRefused as refusal:
            form.add_error(FIELD_OF.get(refusal.code), words.refused(refusal))
    status = 422 if request.method == "POST" else 200
    return shown(request, "search/saved_form.html", context, status)


#: Which field a refusal is of; the others are of the whole form.
FIELD_OF = {"no_name": "name", "long_name": "name", "name_taken": "name", "unknown_alert": "alert"}


@own(*READ)
def news(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What is new in it to her, read again with her rights of now."""
    saved = search.saved.get_saved(request.user, key)
    found = search.novelty.news_of(saved, request.user)
    context = {**row_of(saved, len(found.cards)), "cards": found.cards, "until": found.until.isoformat()}
    return shown(request, "search/saved_news.html", context)


@own(*WRITE)
def seen(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """She has seen what the page showed; what came since stays new."""
    saved = search.saved.get_saved(request.user, key)
    search.novelty.mark_seen(saved, moment_of(request.POST.get("until", "")), records.now())
    messages.success(request, _("Anotado: lo que se le mostró ya no es nuevo."))
    return redirect(LIST)


def moment_of(raw: str) -> datetime.datetime:
    """A page that says no moment showed nothing."""
    try:
        moment = parse_datetime(raw[:40])
    except ValueError:
        moment = None
    return moment if moment and moment.tzinfo else datetime.datetime.min.replace(tzinfo=datetime.UTC)


@own(*BOTH)
def remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Asks first: what it knew goes with it."""
    saved = search.saved.get_saved(request.user, key)
    if request.method != "POST":
        return shown(request, "search/saved_remove.html", row_of(saved, 0))
    search.saved.remove(request.user, key)
    messages.success(request, _("Se borró «%(name)s».") % {"name": saved.name})
    return redirect(LIST)


def shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "section": SECTION, "list_url": reverse(LIST)}, status=status)
