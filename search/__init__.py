"""The search room: finding, under a reader's scope. Knows Django and tantivy; `search.api` is its front door."""
