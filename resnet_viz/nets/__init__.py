"""What a network is: its description, its arithmetic, the network itself, its weights."""
