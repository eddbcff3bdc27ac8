"""The lesson *Degradation*."""
