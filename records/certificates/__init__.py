"""Custody certificates: what a document, an expediente or a package is, proved to somebody without the server."""
