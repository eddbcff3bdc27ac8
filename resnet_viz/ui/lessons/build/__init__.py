"""The lesson *Build*."""
