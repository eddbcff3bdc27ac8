"""The lesson *Shortcuts and down-sampling*."""
