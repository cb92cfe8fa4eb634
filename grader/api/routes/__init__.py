"""The routes, one module for each part."""
