"""What a person typed in a form, without what says who she is: that is never carried nor kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest

PASSWORD, CODE = "confirmar-clave", "confirmar-codigo"
#: What the page that asks adds to the form it carries.
OWN = (PASSWORD, CODE, "csrfmiddlewaretoken")


def typed_in(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in OWN:
            yield from ((name, value) for value in values)
