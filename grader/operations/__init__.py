"""What operators do to a service as a whole: see how a machine is, start programs, prune, back up and restore."""
