"""The lesson *Home*."""
