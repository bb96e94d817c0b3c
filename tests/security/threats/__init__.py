"""Files made to harm whoever opens them, built when a test runs; none is kept. Each names what must become of it."""
