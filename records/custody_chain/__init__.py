"""The chain of custody of a piece (K7): received, verified, moved, viewed, copied, transferred; told and exported."""
