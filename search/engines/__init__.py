"""Engines behind one port: `base` states it, `embedded` is tantivy, `elastic` a cluster of Elasticsearch, `memory` the
plain model of both."""
