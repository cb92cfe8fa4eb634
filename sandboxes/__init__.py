"""Isolation: everything that knows about containers, and the code that runs inside them."""
