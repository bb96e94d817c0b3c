"""One function per act: check, rule, write, event; the actor is always named."""
