"""The lesson *Your own classes*."""
