"""The reference interpreter: what a model means, plainly and completely. The oracle in tests."""
