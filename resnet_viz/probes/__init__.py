"""What can be measured on a network."""
