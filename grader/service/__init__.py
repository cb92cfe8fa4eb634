"""What the service does: operations on the store, each within a session that its caller opens.

Nothing here knows HTTP, Celery or Docker. Times come in as arguments.
"""
