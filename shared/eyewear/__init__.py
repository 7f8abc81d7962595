"""Frames: what they are, how they look, how they sit on a face."""
