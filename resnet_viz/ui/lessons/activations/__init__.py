"""The lesson *Inside the network*."""
