"""The lesson plan: for the desk, to read or to print."""
