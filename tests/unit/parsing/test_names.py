"""Names: shown safely whatever was received, and never the reason of a refusal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.parsing import formats, names


@pytest.mark.criterion(19)
@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("acta.pdf", "acta.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\actas\\acta 1.pdf", "acta 1.pdf"),
        ("acta\u202efdp.exe", "actafdp.exe"),
        ("acta\x00\r\nX-Y: z.pdf", "actaX-Y: z.pdf"),
        ("re\u0301gimen.pdf", "régimen.pdf"),
        ('el "acta" d\'hoy.pdf', 'el "acta" d\'hoy.pdf'),
        ("  acta  .  ", "acta"),
        ("\u200b\u202e", "sin-nombre"),
        ("", "sin-nombre"),
        ("/", "sin-nombre"),
    ],
)
def test_names_are_shown_safely(received, shown):
    assert names.safe_display_name(received) == shown


def test_a_long_name_is_cut_and_keeps_its_extension():
    shown = names.safe_display_name("a" * 300 + ".pdf")
    assert len(shown) <= names.MAX_DISPLAY
    assert shown.endswith("….pdf")
    assert names.name_flags("a" * 300 + ".pdf") == ("long_name",)


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("acta.PDF", ".pdf"),
        ("acta.tar.gz", ".gz"),
        ("acta", ""),
        ("acta.", ""),
        ("acta.pdf. ", ".pdf"),
        ("acta.pdf\u202e", ".pdf"),
        ("acta\u202efdp.exe", ".exe"),
        ("carpeta.pdf/acta", ""),
        ("acta.una extensión", ""),
    ],
)
def test_the_extension_is_the_one_the_name_really_ends_in(name, extension):
    assert names.extension_of(name) == extension


@pytest.mark.parametrize(
    ("name", "media_type", "extension"),
    [
        ("a.JPEG", "image/jpeg", ".jpeg"),
        ("a.exe", "image/jpeg", ".jpg"),
        ("a", "application/pdf", ".pdf"),
        ("a.pdf", "application/x-otra", ".bin"),
    ],
)
def test_the_stored_extension_comes_from_our_table(name, media_type, extension):
    assert names.storage_extension(name, media_type) == extension


@pytest.mark.criterion(19)
@given(st.text(max_size=400))
def test_any_name_gives_a_safe_one(received):
    shown = names.safe_display_name(received)
    assert 0 < len(shown) <= names.MAX_DISPLAY
    assert not set(shown) & set("/\\\x00\r\n\t")
    assert not names.BIDI.search(shown)
    assert unicodedata.is_normalized("NFC", shown)
    assert names.safe_display_name(shown) == shown


@given(st.text(max_size=60))
def test_any_extension_is_accepted_or_refused_by_a_known_code(name):
    extension = names.extension_of(name)
    refusals = formats.extension_refusals(extension)
    assert set(refusals) <= set(formats.REFUSALS)
    assert bool(refusals) == (extension in formats.REFUSED_EXTENSIONS)


def test_every_extension_of_the_table_is_in_one_place_only():
    accepted = [extension for row in formats.ACCEPTED for extension in row.extensions]
    assert len(accepted) == len(set(accepted))
    assert not set(accepted) & set(formats.REFUSED_EXTENSIONS)
