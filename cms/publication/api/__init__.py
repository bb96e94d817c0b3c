"""The read-only API over published rows: `v1` answers, `reading` pages through the sets, `page` explains it."""
