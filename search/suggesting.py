"""Spelling and completion: only words that stand in what this reader may read, and that may be told before reading.

Every candidate is cut out of the title or the best page of a document that the engine found under the reader's scope
and the database confirmed for him. Which documents were looked at first depends on points that each earns by its own
text, so what he may not see decides nothing: neither which words are offered, nor which were left out, nor their order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.analysis import Token, form_of, tokens
from search.asking import Near, Node, Run, Start, Wide
from search.looking import Look
from search.nearness import is_near, strokes, strokes_allowed
from search.parsing import MIN_START, parse, typed_of
from search.types import Query
from search.widening import widen

LEAST = 4
"""Letters of the shortest word whose spelling is questioned."""

MOST_WORDS = 6
"""Words of one query that are looked at."""

LOOKED_AT = 30
"""Documents whose words are candidates."""

OFFERED = 8
"""Completions offered at once."""

_LAST = re.compile(r'(?<![\w:"*])[^\W\d_]+\Z')


@dataclass(frozen=True)
class _Asked:
    """A word of the query as it stands in the text."""

    term: str
    form: str


def corrected(look: Look, text: str, query: Query) -> tuple[str, ...]:
    """The text with each word that stands nowhere replaced by the nearest that does; nothing where no such word
    exists, or where the whole would find nothing either."""
    better = text
    for asked in _spelt(text, query):
        if not look.count(Run((asked.term,))) and (word := _nearest(look.worded(), asked)):
            better = _replaced(better, asked.term, word)
    found = better != text and look.found(widen(parse(better))).total
    return (better,) if found else ()


def _spelt(text: str, query: Query) -> Iterator[_Asked]:
    """Words that were typed one by one, outside quotes, and are words: a number is what it is."""
    forms = {token.term: token.form for token in tokens(text)}
    runs = (node.said if isinstance(node, Wide) else node for node in query.asked[:MOST_WORDS])
    for run in runs:
        if isinstance(run, Run) and len(run.terms) == 1 and not run.typed.startswith('"'):
            form = forms.get(run.terms[0], "")
            if len(form) >= LEAST and form.isalpha():
                yield _Asked(run.terms[0], form)


def _nearest(look: Look, asked: _Asked) -> str:
    """The nearest word; of equally near ones the one in more of the documents looked at, then the first by letters."""
    counted = _words(look, (Near(asked.form),), lambda form: is_near(asked.form, form))
    most = strokes_allowed(asked.form)
    return min(counted, key=lambda word: (_away(word, asked.form, most), -counted[word], word), default="")


def _away(word: str, form: str, most: int) -> int:
    return min((strokes(form, token.form, most) for token in tokens(word)), default=most + 1)


def _replaced(text: str, term: str, word: str) -> str:
    for token in reversed(tokens(text)):
        if token.term == term:
            text = text[: token.start] + word + text[token.end :]
    return text


def completed(look: Look, text: str) -> tuple[str, ...]:
    """The text with each word that its last one may become, together with what stands before it; the commonest first
    among the documents looked at, then by letters."""
    last = _LAST.search(text)
    letters = form_of(last.group()) if last else ""
    if not last or len(letters) < MIN_START:
        return ()
    before = parse(text[: last.start()])
    counted = _words(look.worded(), (*before.asked, Start(letters)), lambda form: form.startswith(letters))
    longer = [word for word in counted if len(word) > len(last.group())]
    best = sorted(longer, key=lambda word: (-counted[word], word))[:OFFERED]
    return tuple(text[: last.start()] + word for word in best)


def _words(look: Look, asked: Sequence[Node], test: Callable[[str], bool]) -> Counter[str]:
    """Words of the documents found that pass the test, in small letters → in how many of those they stand."""
    if look.reach.scope.is_empty:
        return Counter()
    found = look.found(Query(tuple(asked)), LOOKED_AT)
    counted: Counter[str] = Counter()
    for text in look.texts(found.hits):
        counted.update({_written(text, token) for token in tokens(text) if test(token.form)})
    return counted


def _written(text: str, token: Token) -> str:
    return "".join(c for c in text[token.start : token.end].lower() if c.isprintable())


def lonely(look: Look, query: Query) -> tuple[str, ...]:
    """What of the query stands by itself in nothing that the reader may find, as he typed it."""
    if len(query.asked) < 2:
        return ()
    return tuple(dict.fromkeys(typed_of(part) for part in _parts(query) if not look.count(part)))


def _parts(query: Query) -> Iterable[Run | Wide]:
    return (node for node in query.asked[: 2 * MOST_WORDS] if isinstance(node, Run | Wide))
