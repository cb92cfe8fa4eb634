"""The candidate: holds and runs the learner's code. Nothing in here is trusted once that code is loaded."""
