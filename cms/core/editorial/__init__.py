"""First words of the site, which page editors then own: plain values, in the raw form a StreamField keeps."""

from __future__ import annotations

import json
from typing import Any

Block = dict[str, Any]


def heading(text: str, anchor: str = "", level: str = "2") -> Block:
    return {"type": "heading", "value": {"text": text, "level": level, "anchor": anchor}}


def paragraph(*html: str) -> Block:
    """One block of running text; each argument is a paragraph or a list, already marked up."""
    marked = (part if part.startswith("<") else f"<p>{part}</p>" for part in html)
    return {"type": "paragraph", "value": "".join(marked)}


def bullets(*items: str) -> str:
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def numbered(*items: str) -> str:
    return "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"


def notice(title: str, text: str, kind: str = "info") -> Block:
    return {"type": "notice", "value": {"kind": kind, "title": title, "text": text}}


def links(*rows: tuple[str, str, str]) -> Block:
    """Cards: (title, address, what for)."""
    listed = [{"title": title, "address": address, "text": text} for title, address, text in rows]
    return {"type": "links", "value": {"links": listed}}


def figures(source: str, *rows: tuple[str, str]) -> Block:
    """Figures: (value as read, what it counts)."""
    listed = [{"value": value, "label": label} for value, label in rows]
    return {"type": "figures", "value": {"figures": listed, "source": source}}


def results(caption: str, source: str, *rows: tuple[str, str, str, str]) -> Block:
    """A table of (indicator, target, result, note)."""
    names = ("indicator", "target", "result", "note")
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    return {"type": "results", "value": {"caption": caption, "rows": listed, "source": source}}


def questions(*rows: tuple[str, str]) -> Block:
    listed = [{"question": question, "answer": f"<p>{answer}</p>"} for question, answer in rows]
    return {"type": "questions", "value": {"questions": listed}}


def article(number: str, title: str, *html: str, note: str = "") -> Block:
    text = paragraph(*html)["value"]
    return {"type": "article", "value": {"number": number, "title": title, "text": text, "note": note}}


def chapter(text: str) -> Block:
    return {"type": "chapter", "value": text}


def raw(*blocks: Block) -> str:
    """Blocks as the JSON text a StreamField reads; a figure never parts from its per cent sign."""
    return json.dumps(blocks, ensure_ascii=False).replace(" %", "\u00a0%")
