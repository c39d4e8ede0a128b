"""A real browser against a real `tocsin serve` (marker `browser`, run by `make test-all`)."""
