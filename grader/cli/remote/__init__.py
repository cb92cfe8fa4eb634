"""Commands that talk to the service: of learners and instructors."""
