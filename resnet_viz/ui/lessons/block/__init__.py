"""The lesson *The residual block*."""
