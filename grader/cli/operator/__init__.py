"""Commands of operators: run the service, and what is done on its store."""
