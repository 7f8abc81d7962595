"""`Face` in, `Wish` and `Explanation` out."""
