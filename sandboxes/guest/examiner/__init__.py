"""The examiner: holds the hidden tests and decides outcomes. Learner code never runs here."""
