"""Those who must hear of answers before they leave (the ledger) and of hits that the database does not confirm."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from search.sources import Viewer
from search.types import AnswerHit, Drift

OnAnswer = Callable[[Viewer, str, Sequence[AnswerHit]], None]
"""(viewer, text, shown): called before the answer is returned, also when nothing is shown. What it raises stops
the answer: nothing is read that could not be recorded."""

OnMismatch = Callable[[frozenset[str]], None]
"""(keys): hits that the index gave and the database refused, though no change of theirs was waiting."""

OnNews = Callable[[Viewer, Any, Collection[tuple[str, str]]], None]
"""(owner, saved search, new): inside the transaction that notes what a saved search found with nobody at a keyboard."""

OnAudit = Callable[[Drift, bool], None]
"""(drift, repaired): the serving index was compared with its sources."""

_on_answer: list[OnAnswer] = []
_on_mismatch: list[OnMismatch] = []
_on_news: list[OnNews] = []
_on_audit: list[OnAudit] = []


def observe(
    *,
    on_answer: OnAnswer | None = None,
    on_mismatch: OnMismatch | None = None,
    on_news: OnNews | None = None,
    on_audit: OnAudit | None = None,
) -> None:
    """Adds observers. One that is there already is not added twice."""
    if on_answer is not None and on_answer not in _on_answer:
        _on_answer.append(on_answer)
    if on_mismatch is not None and on_mismatch not in _on_mismatch:
        _on_mismatch.append(on_mismatch)
    if on_news is not None and on_news not in _on_news:
        _on_news.append(on_news)
    if on_audit is not None and on_audit not in _on_audit:
        _on_audit.append(on_audit)


def forget(
    *, on_answer: OnAnswer | None = None, on_mismatch: OnMismatch | None = None, on_audit: OnAudit | None = None
) -> None:
    """Takes observers off again; unknown ones are fine."""
    if on_answer in _on_answer:
        _on_answer.remove(on_answer)
    if on_mismatch in _on_mismatch:
        _on_mismatch.remove(on_mismatch)
    if on_audit in _on_audit:
        _on_audit.remove(on_audit)


def tell_answer(viewer: Viewer, text: str, shown: Sequence[AnswerHit]) -> None:
    """Tells every observer of an answer about to leave."""
    for listener in _on_answer:
        listener(viewer, text, shown)


def tell_mismatch(keys: frozenset[str]) -> None:
    """Tells every observer of hits that were dropped."""
    for listener in _on_mismatch:
        listener(keys)


def tell_news(viewer: Viewer, saved: Any, new: Collection[tuple[str, str]]) -> None:
    """Tells every observer of what was found for somebody who was not asking at that moment."""
    for listener in _on_news:
        listener(viewer, saved, new)


def tell_audit(drift: Drift, repaired: bool) -> None:
    """Tells every observer what a comparison found."""
    for listener in _on_audit:
        listener(drift, repaired)
