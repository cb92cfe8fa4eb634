"""The whole service as `grader up` runs it, for tests that need all of it."""
