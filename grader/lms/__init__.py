"""Talking to learning platforms: gradebook files, webhooks out, submissions in."""
