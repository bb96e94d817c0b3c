"""Tests of the search room over the database: outbox, service, commands."""
