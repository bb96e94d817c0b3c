"""What a page may not be published with: a heading that skips a level, a link whose words say nothing, a text that no
page can be made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

#: Words that say where to press and not where one gets to: who hears only the links hears nothing (WCAG 2.4.4).
EMPTY_WORDS = frozenset({
    "", "aquí", "aqui", "acá", "clic aquí", "haga clic aquí", "click aquí", "pulse aquí", "más", "ver más", "leer más",
    "ver", "enlace", "este enlace", "link", "este link", "descargar", "www",
})  # fmt: skip
_LINK = re.compile(r"<a\b[^>]*>(.*?)</a>", re.DOTALL | re.IGNORECASE)
_TO_PAGE = re.compile(r'<a\b(?=[^>]*\slinktype="page")[^>]*\sid="([^"]*)"')
#: A page's number, as every database can ask for it.
_NUMBER = re.compile(r"[0-9]{1,18}")
SECOND, THIRD = 2, 3
#: Block → the level of the heading that it begins with, where that does not depend on its value.
LEVELS: dict[str, int] = {
    "route": SECOND, "calendar": SECOND, "requirements": SECOND, "scoring": SECOND, "questions": THIRD, "links": THIRD,
}  # fmt: skip


def check_text(source: str) -> None:
    """Raises ValidationError for rich text that cannot stand in a page: what an editor's form sends is not always what
    its editor made, and a page that fails fails for everybody."""
    check_drawable(source)
    check_links(source)


def check_drawable(source: str) -> None:
    """Whether its letters have bytes, and its links to pages numbers that a database can be asked for."""
    lone = any("\ud800" <= letter <= "\udfff" for letter in source)
    if lone or not all(_NUMBER.fullmatch(number) for number in _TO_PAGE.findall(source)):
        raise ValidationError(_("El texto tiene signos o enlaces que no se pueden mostrar. Escríbalos de nuevo."))


def check_links(source: str) -> None:
    """Raises ValidationError where a link of rich text has no words of its own."""
    for words in _LINK.findall(source):
        said = strip_tags(words).strip().strip(".…»«").lower()
        if said in EMPTY_WORDS or said.startswith(("http://", "https://")):
            told = _("Un enlace dice «%(words)s»: escriba con palabras a dónde lleva.")
            raise ValidationError(told % {"words": said}, code="link_words")


def skipped(stream: Iterable[Any], level_of: Callable[[Any], int | None]) -> list[int]:
    """Places of blocks that begin with a third-level heading under no second-level one."""
    found, under = [], False
    for place, child in enumerate(stream):
        level = level_of(child)
        under = under or level == SECOND
        if level == THIRD and not under:
            found.append(place)
    return found


def level_of(child: Any) -> int | None:
    if child.block_type == "heading":
        return int(child.value["level"])
    return LEVELS.get(child.block_type)
