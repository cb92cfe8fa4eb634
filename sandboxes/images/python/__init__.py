"""Images for Python assignments."""
