"""Sandbox images: one folder for each language, and how they are built without a network."""
