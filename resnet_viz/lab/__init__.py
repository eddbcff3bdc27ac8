"""Training: data in memory, experiments, recordings."""
