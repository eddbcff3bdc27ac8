"""Measurements and plans as pictures: pure functions, data in, picture out."""
