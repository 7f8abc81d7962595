"""`Wish` in, `Design` out: the frame nobody has yet."""
