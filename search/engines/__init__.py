"""Engines behind one port: `base` states it, `embedded` is tantivy, `memory` is the plain model of both."""
