"""Tests of the search room without a database."""
