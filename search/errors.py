"""Refusals of the search room: a stable code and facts; Spanish sentences are made at the edge."""

from __future__ import annotations


class SearchError(Exception):
    """Base of all refusals. `code` is stable; `facts` never carry text of documents or queries."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class EngineUnavailable(SearchError):
    """No whole answer can be given now. Codes: index_missing, index_outdated, index_damaged, index_busy,
    index_unwritable, index_disagrees; of an engine on servers also index_unreachable, index_forbidden (they refuse who
    asks), index_partial (part of an answer), index_foreign (another installation's, or another server's),
    index_ambiguous (a name for two indexes), index_incomplete (fewer entries than were brought). `facts["why"]` is a
    word for who runs the service."""


class UnknownEngine(SearchError):
    """The settings name no engine so called."""


class UnknownSource(SearchError):
    """Nothing registered under that name, or a source answered for what it does not own."""
