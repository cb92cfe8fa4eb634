"""Code that runs inside the containers. Imports the standard library and msgpack alone (and pytest in the examiner)."""
