"""What allauth is told of this house: nobody signs up, nothing is mailed, secrets are kept encrypted."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from cms.users import others

EDITOR = "/editor/"
TOUCHED = _("En los últimos siete días otra persona cambió algo de su cuenta: mire qué en Mi cuenta.")
#: Where a session keeps what was sent after the one before it was over, and the page that shows it.
KEPT, RESUME = "kept_form", "/cuenta/retomar/"
#: Tells this key from any other that is derived from the same secret.
PURPOSE = b"custodia: second factors"


def door_of(person: Any) -> str:
    """Where a person lands: staff on their bandeja, page editors on the editor, anybody else on the account page."""
    if getattr(person, "desk_access", False):
        return "/custodia/"
    return EDITOR if getattr(person, "is_staff", False) else "/cuenta/"


def open_to(person: Any, going: str) -> str:
    """Where the person was going; her own door instead of the editor's when that is shut to her: it would send her
    back to the login, and the login to it."""
    shut = going.startswith(EDITOR) and not getattr(person, "is_staff", False)
    return door_of(person) if shut else going


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        return False

    def is_ajax(self, _request: HttpRequest) -> bool:
        """Entering is a form for everybody: its answers do not change with the headers."""
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Its messages are in other words than ours; each page says what was done."""

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """There may be no mail server; the ledger tells what changed of a person."""

    def respond_user_inactive(self, _request: HttpRequest, _user: Any) -> HttpResponse:
        """Somebody disabled between the password and the factor begins again, as a stranger does."""
        return HttpResponseRedirect(settings.LOGIN_URL)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return door_of(request.user)

    def post_login(self, request: HttpRequest, user: Any, **told: Any) -> HttpResponse:
        """Where the person was going, if it is open to her."""
        going = told.pop("redirect_url", None) or get_next_redirect_url(request) or door_of(user)
        if KEPT in request.session:
            going = RESUME
        if others.done_to(user, others.LATELY):
            messages.warning(request, TOUCHED)
        answer: HttpResponse = super().post_login(request, user, redirect_url=open_to(user, going), **told)
        return answer


class FactorAdapter(DefaultMFAAdapter):
    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  the name is the library's
        return _("Llave %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken when neither the secret nor an earlier one (SECRET_KEY_FALLBACKS) opens it."""
        return box().decrypt(encrypted_text.encode()).decode()


def box(purpose: bytes = PURPOSE) -> MultiFernet:
    return box_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS), purpose)


@cache
def box_of(secrets: tuple[str, ...], purpose: bytes) -> MultiFernet:
    """Writes with the first secret, reads with any."""
    return MultiFernet([Fernet(key_of(secret, purpose)) for secret in secrets])


def key_of(secret: str, purpose: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
