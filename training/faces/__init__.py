"""Recipes for the weights that read a face: features, heads, parsing, colours; and how each is judged."""
