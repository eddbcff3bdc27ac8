"""The lesson *Gradient flow*."""
