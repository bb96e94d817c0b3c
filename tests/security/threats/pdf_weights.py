"""PDFs that cost more than they weigh: bombs, loops, depths and multitudes."""

from __future__ import annotations

import io
import zlib

import pikepdf

from tests.security.threats.judged import Build, Expected, accepted, accepted_or_left, left
from tests.security.threats.pdf_writing import (
    CATALOG,
    PAGE,
    PAGES,
    packed,
    page_with,
    simple,
    stream,
    streamed,
    updated,
    written,
)
from tests.unit.parsing import makers

GIGABYTE = 1_000_000_000
MILLION = 1_000_000


def _inflating(first: bytes, size: int = GIGABYTE) -> bytes:
    """``first`` and then ``size`` blanks, deflated: one deflated block, which needs none before it, repeated."""
    packer = zlib.compressobj(9)
    start = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MILLION) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * (size // MILLION) + packer.flush()


def object_stream_bomb() -> bytes:
    """The page lies in an object stream that inflates to a gigabyte."""
    holder = stream(_inflating(b"3 0 " + PAGE), b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    return streamed({1: CATALOG, 2: PAGES, 4: holder}, {3: (4, 0)})


def reference_stream_bomb() -> bytes:
    """The table of references itself inflates to a gigabyte."""
    head = b"%PDF-1.7\n1 0 obj\n" + CATALOG + b"\nendobj\n2 0 obj\n" + PAGES + b"\nendobj\n"
    body = stream(_inflating(b""), b"/Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Filter/FlateDecode")
    return head + b"4 0 obj\n" + body + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def table_that_precedes_itself() -> bytes:
    """A table whose /Prev is itself."""
    data = simple()
    start = int(data[data.rindex(b"startxref") :].split()[1])
    return data.replace(b"trailer<<", b"trailer<</Prev %d" % start)


def tables_that_precede_each_other() -> bytes:
    """Two revisions, each before the other."""
    first = simple(trailer=b"/Prev 0000000000")
    both = updated(first, {3: PAGE})
    latest = int(both[both.rindex(b"startxref") :].split()[1])
    return both.replace(b"/Prev 0000000000", b"/Prev %010d" % latest)


def hybrid_loop() -> bytes:
    """A table that refers to itself as the stream that completes it."""
    data = simple()
    start = int(data[data.rindex(b"startxref") :].split()[1])
    return data.replace(b"trailer<<", b"trailer<</XRefStm %d" % start)


def table_of_a_billion() -> bytes:
    """A table that promises a thousand million objects and brings four."""
    return simple().replace(b"xref\n0 4\n", b"xref\n0 999999999\n").replace(b"/Size 4", b"/Size 2147483647")


def table_of_a_million() -> bytes:
    """A million entries, all there, all free but four."""
    data = simple()
    rows, head = b"0000000000 65535 f \n" * (MILLION - 4), data[: data.rindex(b"trailer")]
    body = head.replace(b"xref\n0 4\n", b"xref\n0 %d\n" % MILLION) + rows
    start = data.index(b"xref\n")
    return body + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (MILLION, start)


def page_tree_of_itself() -> bytes:
    """A page tree whose child is its own parent."""
    return makers.looping_pages_pdf()


def page_tree_of_a_million() -> bytes:
    """One page, named a million times by its tree."""
    return simple(pages=b"<</Type/Pages/Kids[" + b"3 0 R " * MILLION + b"]/Count 1000000>>")


def page_tree_down_and_down(depth: int = 20_000) -> bytes:
    """A page below twenty thousand nodes, one under the other."""
    node = b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>"
    objects = {1: CATALOG, **{n: node % (n + 1, n - 1) for n in range(2, depth + 2)}, depth + 2: PAGE}
    return written(objects)


def annotations_of_a_million() -> bytes:
    """One annotation, named a million times by its page."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[" + b"4 0 R " * MILLION + b"]>>"
    return simple(b"<</Type/Annot/Subtype/Link/Rect[0 0 1 1]>>", page=page)


def names_of_a_million() -> bytes:
    """A tree of names with a million leaves."""
    names = b"[" + b"(a)4 0 R" * MILLION + b"]"
    catalog = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names 5 0 R>>>>>>"
    return simple(b"<</Type/Filespec/F(a)>>", names, catalog=catalog)


def dictionaries_down_and_down(depth: int = 300_000) -> bytes:
    """A dictionary in a dictionary in a dictionary."""
    return simple(b"<</A" * depth + b"null" + b">>" * depth, page=PAGE[:-2] + b"/X 4 0 R>>")


def actions_within_actions(depth: int = 300_000) -> bytes:
    """Actions that follow one another without being objects of their own."""
    return simple(catalog=CATALOG[:-2] + b"/OpenAction" + b"<</S/GoTo/Next" * depth + b"null" + b">>" * depth + b">>")


def outline_down_and_down(depth: int = 100_000) -> bytes:
    """Bookmarks each below the other."""
    items = {
        n: b"<</Title(a)/Parent %d 0 R/First %d 0 R/Last %d 0 R>>" % (n - 1, n + 1, n + 1) for n in range(4, depth)
    }
    return written({1: CATALOG[:-2] + b"/Outlines 4 0 R>>", 2: PAGES, 3: PAGE, **items, depth: b"<</Title(z)>>"})


def outline_round_and_round() -> bytes:
    """Bookmarks that go round: after the second comes the first, and below each the other."""
    first = b"<</Title(a)/Next 6 0 R/First 6 0 R>>"
    second = b"<</Title(b)/Next 5 0 R/First 5 0 R/Parent 5 0 R>>"
    return simple(b"<</First 5 0 R/Last 6 0 R>>", first, second, catalog=CATALOG[:-2] + b"/Outlines 4 0 R>>")


def fields_round_and_round() -> bytes:
    """Form fields that are each other's children, and names that are their own."""
    catalog = CATALOG[:-2] + b"/AcroForm<</Fields[4 0 R]>>/Names<</JavaScript 6 0 R>>>>"
    return simple(b"<</T(a)/Kids[5 0 R]>>", b"<</T(b)/Kids[4 0 R]/Parent 4 0 R>>", b"<</Kids[6 0 R]>>", catalog=catalog)


def filters_upon_filters(layers: int = 8) -> bytes:
    """A content under eight layers of Flate, each a bomb to the one before."""
    body = bytes(100_000)
    for _ in range(layers):
        body = zlib.compress(body * 3, 9)
    names = b"[" + b"/FlateDecode " * layers + b"]"
    return simple(stream(body, b"/Filter" + names), page=page_with(b""))


def filters_by_the_thousand() -> bytes:
    """A content that says it went through twenty thousand filters."""
    body = stream(b"", b"/Filter[" + b"/ASCIIHexDecode " * 20_000 + b"]")
    return simple(body, page=page_with(b""))


def picture_flood() -> bytes:
    """A picture of ten thousand million pixels, in a few bytes."""
    members = b"/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    picture = stream(zlib.compress(bytes(1000)), members)
    return simple(packed(b"/I Do"), picture, page=page_with(b"", b"/XObject<</I 5 0 R>>"))


def forms_that_laugh(layers: int = 12, times: int = 10) -> bytes:
    """A drawing made of ten drawings made of ten drawings, twelve times over: a million million lines of text."""

    def form(n: int) -> bytes:
        members = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F %d 0 R>>/Font<</F1 %d 0 R>>>>"
        last = n == 5 + layers
        return packed(b"BT /F1 9 Tf (ja) Tj ET" if last else b"/F Do " * times, members % (n + 1, 6 + layers))

    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    forms = [form(n) for n in range(5, 6 + layers)]
    return simple(packed(b"/F Do"), *forms, font, page=page_with(b"", b"/XObject<</F 5 0 R>>"))


def form_that_draws_itself() -> bytes:
    """A drawing made of itself."""
    members = b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F 5 0 R>>>>"
    return simple(packed(b"/F Do"), packed(b"/F Do /F Do", members), page=page_with(b"", b"/XObject<</F 5 0 R>>"))


def tiles_without_end() -> bytes:
    """A page tiled with a drawing whose steps are a millionth of a point."""
    members = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/Resources<<>>"
    members += b"/XStep 0.000001/YStep 0.000001"
    content = packed(b"/Pattern cs /P scn 0 0 99 99 re f")
    return simple(content, packed(b"0 0 5 5 re f", members), page=page_with(b"", b"/Pattern<</P 5 0 R>>"))


def states_upon_states() -> bytes:
    """Ten million saved states, never restored."""
    return simple(packed(b"q " * 10_000_000), page=page_with(b""))


def letters_by_the_million() -> bytes:
    """A page of three million letters, more than a page may have."""
    font = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    return simple(packed(b"BT /F1 1 Tf " + b"(aaaaaaaaaa) Tj " * 300_000 + b"ET"), page=page_with(b"", font))


def letters_that_mean_books() -> bytes:
    """A font in which every letter stands for ranges without end."""
    ranges = b"100 beginbfrange\n" + b"<0000><ffff><0000>\n" * 100 + b"endbfrange\n"
    meaning = packed(b"/CIDInit /ProcSet findresource begin begincmap\n" + ranges * 500 + b"endcmap end")
    font = b"<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[7 0 R]>>"
    kid = b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>>>"
    content = packed(b"BT /F1 9 Tf <00410042> Tj ET")
    return simple(content, font, meaning, kid, page=page_with(b"", b"/Font<</F1 5 0 R>>"))


def page_without_end() -> bytes:
    """A page as wide as a country."""
    return simple(packed(b"0 0 9 9 re f"), page=page_with(b"").replace(b"[0 0 99 99]", b"[0 0 9e9 9e9]/UserUnit 9e9"))


def length_that_is_its_own() -> bytes:
    """A stream whose length is the stream."""
    return simple(b"<</Length 4 0 R>>stream\nBT ET\nendstream", page=page_with(b""))


def objects_out_of_rubble() -> bytes:
    """A megabyte of what looks like the beginnings of objects, and no table."""
    return b"%PDF-1.7\n" + b"1 0 obj<</Length 9>>stream\n" * 40_000


def laughing_metadata() -> bytes:
    """XMP with the billion laughs: nobody here reads it as XML."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xpacket?><!DOCTYPE x [<!ENTITY l0 "ja">{laughs}]><x:xmpmeta xmlns:x="adobe:ns:meta/">&l9;</x:xmpmeta>'
    pdf = pikepdf.open(io.BytesIO(makers.text_pdf("Custodia")))
    pdf.Root.Metadata = pdf.make_stream(text.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


WEIGHTS: dict[str, tuple[Build, Expected]] = {
    "flate bomb": (makers.flate_bomb_pdf, left("limits")),
    "two layers of flate": (makers.nested_flate_pdf, left("limits")),
    "eight layers of flate": (filters_upon_filters, accepted()),
    "twenty thousand filters": (filters_by_the_thousand, accepted()),
    "object stream bomb": (object_stream_bomb, left()),
    "reference stream bomb": (reference_stream_bomb, left()),
    "table that precedes itself": (table_that_precedes_itself, left()),
    "tables that precede each other": (tables_that_precede_each_other, left()),
    "hybrid table of itself": (hybrid_loop, left()),
    "table of a billion": (table_of_a_billion, left()),
    "table of a million": (table_of_a_million, accepted()),
    "page tree of itself": (page_tree_of_itself, left()),
    "page tree of a million": (page_tree_of_a_million, left()),
    "page tree twenty thousand deep": (page_tree_down_and_down, left()),
    "a million annotations": (annotations_of_a_million, left("limits")),
    "a million names": (names_of_a_million, accepted_or_left("embedded_files")),
    "arrays half a million deep": (makers.deep_pdf, left()),
    "dictionaries 300,000 deep": (dictionaries_down_and_down, left()),
    "actions 300,000 deep": (actions_within_actions, left()),
    "bookmarks 100,000 deep": (outline_down_and_down, accepted()),
    "bookmarks round and round": (outline_round_and_round, accepted()),
    "fields round and round": (fields_round_and_round, accepted("form")),
    "picture flood": (picture_flood, left("limits")),
    "forms that laugh": (forms_that_laugh, accepted()),
    "form that draws itself": (form_that_draws_itself, accepted()),
    "tiles without end": (tiles_without_end, accepted()),
    "ten million saved states": (states_upon_states, accepted()),
    "three million letters": (letters_by_the_million, accepted()),
    "letters that mean books": (letters_that_mean_books, accepted()),
    "page as wide as a country": (page_without_end, accepted()),
    "length that is its own": (length_that_is_its_own, accepted()),
    "objects out of rubble": (objects_out_of_rubble, left()),
    "laughing metadata": (laughing_metadata, accepted()),
}
