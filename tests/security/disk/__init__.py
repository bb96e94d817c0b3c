"""A disk that fails at each of its calls in turn, and what must still hold (criterion 11)."""
