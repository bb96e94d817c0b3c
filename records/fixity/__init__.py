"""Fixity: every stored byte proved on a cycle, a second copy elsewhere, repair from the good one (K1–K3)."""
