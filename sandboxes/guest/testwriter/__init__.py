"""Runs in the candidate's place when learners write the tests: the tests and pytest are here, the program is elsewhere."""
