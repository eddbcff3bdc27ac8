"""The lesson *Basic or bottleneck*."""
