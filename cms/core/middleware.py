"""Where the rooms differ: the editor's own content policy, and addresses that no editor leads away."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER, NONE, SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from wagtail.contrib.redirects.middleware import RedirectMiddleware

EDITOR = "/editor/"
#: First words of addresses where people enter and work; also without the last bar, as one types them.
OURS = frozenset({"custodia", "cuenta", "editor", "salud", "api", "static"})

#: Same host only, as everywhere; inline styles and scripts of the admin itself; previews framed by the editor.
EDITOR_POLICY: dict[str, list[str]] = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}


class EditorPolicy:
    """Replaces the policy under /editor/ before the policy's own middleware writes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(EDITOR):
            # A preview was answered by the public page's own middleware first: its policy must not stay.
            del response[HEADER]
            # The attribute by which django-csp's own decorators speak to its middleware.
            setattr(response, "_csp_replace", EDITOR_POLICY)  # noqa: B010 - the name is another package's private one
        return response


class PublicRedirects(RedirectMiddleware):
    """Wagtail's redirects of addresses that nobody answers, on the public site alone: who approves pages must not lead
    whoever types the address of the desk or of the login to a door of her own (I12)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        room = request.path_info.strip("/").partition("/")[0].casefold()
        if room in OURS:
            return response
        followed: HttpResponse = super().process_response(request, response)
        return followed
