"""Training: an experiment as a value, the trainer that runs it, and the pictures it sees."""
