"""Suspension of the disposition, and what is due for it by the retention schedule (R5, B11)."""
