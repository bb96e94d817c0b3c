"""Real servers for the tests: started here, on loopback, never as root, gone when the caller is."""
