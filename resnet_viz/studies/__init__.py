"""Measurements of several steps, each with what was recorded of it: deletion, paths, loss surfaces, sweeps, claims."""
