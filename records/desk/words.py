"""Refusals as the desk tells them: the house's sentences, but where a screen offers the way out itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from records.errors import RecordsError
from records.sentences import sentence_for

#: The commands name their arguments; here the choices stand beside the sentence.
AT_DESK: Mapping[str, Any] = {
    "duplicate": _("Ese mismo archivo ya está radicado. Elija si lo vincula o conserva ambos, y vuelva a radicarlo."),
}


def told_at_desk(refusal: RecordsError) -> str:
    """The Spanish sentence of a refusal on a screen; never empty."""
    return str(AT_DESK.get(refusal.code) or sentence_for(refusal))
