"""The lesson *Why it works*."""
