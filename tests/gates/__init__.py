"""The gates of `make check`: one table, all of them run, each says what it found."""
