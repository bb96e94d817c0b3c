"""Everything in one process: the embedded demo and the tests."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from cms.urls import account, desk, editor, public
from cms.urls.public import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    *account.urlpatterns,
    *desk.desk,
    path("", include("cms.notices.urls")),
    *editor.editor,
    *public.urlpatterns,
]
