"""Our own Spanish for the page editor: the compiled catalogue says what its text says, and no text loses a part."""

from __future__ import annotations

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext as told
from django.utils.translation import ngettext, override

FOLDER = Path(settings.LOCALE_PATHS[0]) / "es_CO" / "LC_MESSAGES"
LINE = re.compile(r'^(msgid|msgid_plural|msgstr|msgstr\[\d\]) ("(?:[^"\\]|\\.)*")$', re.MULTILINE)
#: What must stand in a translation as it stands in the words: places of values, and marks of HTML.
PARTS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?[a-z][^>]*>")
ENTRIES = [
    {name: ast.literal_eval(text) for name, text in LINE.findall(block)}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n")[1:]
]


def forms(entry: dict[str, str]) -> list[tuple[str, str]]:
    """(words, translation) of each form."""
    if "msgid_plural" not in entry:
        return [(entry["msgid"], entry["msgstr"])]
    return [(entry["msgid"], entry["msgstr[0]"]), (entry["msgid_plural"], entry["msgstr[1]"])]


def test_the_compiled_catalogue_is_the_text() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    said = {
        entry["msgid"]: [compiled.ngettext(entry["msgid"], entry.get("msgid_plural", ""), many) for many in (1, 2)]
        if "msgid_plural" in entry
        else [compiled.gettext(entry["msgid"])]
        for entry in ENTRIES
    }

    assert len(ENTRIES) > 200
    assert said == {entry["msgid"]: [translation for _words, translation in forms(entry)] for entry in ENTRIES}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["msgid"][:40] for entry in ENTRIES])
def test_a_translation_keeps_every_value_and_mark(entry: dict[str, str]) -> None:
    for words, translation in forms(entry):
        assert sorted(PARTS.findall(translation)) == sorted(PARTS.findall(words))
        assert translation.strip()


def test_it_fills_what_the_library_leaves_and_takes_nothing_from_it() -> None:
    with override("es-co"):
        assert told("Search all pages…") == "Buscar en todas las páginas…"
        assert told("Save draft") == "Guardar borrador"
        assert ngettext("Referenced %(count)s time", "Referenced %(count)s times", 2) == "Se usa %(count)s veces"
