"""Those who must hear of answers before they leave (the ledger) and of hits that the database does not confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from search.sources import Viewer
from search.types import AnswerHit

OnAnswer = Callable[[Viewer, str, Sequence[AnswerHit]], None]
"""(viewer, text, shown): called before the answer is returned, also when nothing is shown. What it raises stops
the answer: nothing is read that could not be recorded."""

OnMismatch = Callable[[frozenset[str]], None]
"""(keys): hits that the index gave and the database refused, though no change of theirs was waiting."""

_on_answer: list[OnAnswer] = []
_on_mismatch: list[OnMismatch] = []


def observe(*, on_answer: OnAnswer | None = None, on_mismatch: OnMismatch | None = None) -> None:
    """Adds observers. One that is there already is not added twice."""
    if on_answer is not None and on_answer not in _on_answer:
        _on_answer.append(on_answer)
    if on_mismatch is not None and on_mismatch not in _on_mismatch:
        _on_mismatch.append(on_mismatch)


def forget(*, on_answer: OnAnswer | None = None, on_mismatch: OnMismatch | None = None) -> None:
    """Takes observers off again; unknown ones are fine."""
    if on_answer in _on_answer:
        _on_answer.remove(on_answer)
    if on_mismatch in _on_mismatch:
        _on_mismatch.remove(on_mismatch)


def tell_answer(viewer: Viewer, text: str, shown: Sequence[AnswerHit]) -> None:
    """Tells every observer of an answer about to leave."""
    for listener in _on_answer:
        listener(viewer, text, shown)


def tell_mismatch(keys: frozenset[str]) -> None:
    """Tells every observer of hits that were dropped."""
    for listener in _on_mismatch:
        listener(keys)
