"""`kill -9` in the place of each call by which an act writes, and what must hold when the installation opens again."""
