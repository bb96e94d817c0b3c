"""Reads for a person: every function answers as far as that person may know."""
