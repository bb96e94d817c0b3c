"""Lock-out that tells nothing of an account: whoever is locked, unknown, disabled or wrong meets the same page.

axes counts failures in the database. Five of one login from one address lock that pair; a whole address is locked
after many more, so that one office behind one address is not shut out by the typing of a few.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from records.api import digest_of


class Lockout(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the pair; the limit itself, when the address alone has reached its own."""
        pair, address = (
            rows.aggregate(total=Sum("failures_since_start"))["total"] or 0
            for rows in self.get_user_attempts(request, credentials)
        )
        return max(pair, settings.AXES_FAILURE_LIMIT if address >= settings.ADDRESS_FAILURE_LIMIT else 0)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Who enters is forgiven her own failures, not those of others from the same address."""
        pair, _address = self.filter_user_attempts(request, credentials)
        count, _kinds = pair.delete()
        return int(count)


def digest_of_login(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """A login as axes keeps it. Logins differ by their letters alone, as the database has them."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return digest_of(f"login:{typed}")


def same_answer(
    _request: HttpRequest, original: HttpResponse, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """What the view answered: the page of any refused entry, with its status."""
    return original
