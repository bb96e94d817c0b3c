"""More like this: the words that tell one document from the others that its reader may find, as a question of its own.

How rare a word is, is counted among the documents that this reader may find, and nowhere else; so the question is the
same whatever else exists, and its answer is an ordinary one, with its scope, its total and its event.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from search.analysis import Token, tokens
from search.asking import Run
from search.looking import Look
from search.ranking import Text, levels

TELLING = 6
"""Words of the question."""

WEIGHED = 24
"""Words of the document whose rarity is asked."""

LEAST = 4
"""Letters of the shortest word that may tell a document."""


@dataclass(frozen=True)
class Question:
    """A question as it would be typed, and the words it asks two of. Both are empty for a document that no word tells
    from the others."""

    text: str = ""
    words: tuple[str, ...] = ()


def question_of(look: Look, title: str, pages: Sequence[str]) -> Question:
    """Documents that hold at least two of the document's most telling words, quoted, so that nothing is guessed."""
    words = _telling(look, title, pages)
    pairs = (f'("{one}" "{other}")' for one, other in combinations(words, 2))
    return Question(" OR ".join(pairs), words if len(words) > 1 else ())


def _telling(look: Look, title: str, pages: Sequence[str]) -> tuple[str, ...]:
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    terms_of = [_terms(text, written) for text in (title, *pages)]
    spoken = levels(Text(title=terms_of[0], pages=[page for page in terms_of[1:] if page]))
    strongest = sorted(spoken, key=lambda term: (-spoken[term], term))[:WEIGHED]
    counts = {term: look.count(Run((term,))) for term in strongest}
    # What stands in this document alone leads to no other.
    shared = [term for term in strongest if counts[term] > 1]
    most = max(counts.values(), default=0)
    worth = {term: spoken[term] * math.log((most + 1) / counts[term] + 1) for term in shared}
    best = sorted(shared, key=lambda term: (-worth[term], term))[:TELLING]
    return tuple(min(written[term], key=lambda form: (-written[term][form], form)) for term in best)


def _terms(text: str, written: dict[str, Counter[str]]) -> list[str]:
    kept = [token for token in tokens(text) if _may_tell(token)]
    for token in kept:
        written[token.term][text[token.start : token.end].lower()] += 1
    return [token.term for token in kept]


def _may_tell(token: Token) -> bool:
    return len(token.form) >= LEAST and token.form.isalpha()
