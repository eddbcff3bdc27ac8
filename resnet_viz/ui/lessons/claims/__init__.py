"""The lesson *Claims and quiz*."""
