"""The worker: durable tasks (reading documents) and the search outbox, drained side by side (D16)."""

from cms.worker.loop import Tally, drain_once, run

__all__ = ["Tally", "drain_once", "run"]
