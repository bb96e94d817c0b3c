"""Which test proves which row of the four lists: marks, last results, and what nobody proves yet."""
