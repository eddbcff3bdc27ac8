"""The lesson *Channel mixing*."""
