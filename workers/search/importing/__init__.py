"""Tables and images of a shop in, a snapshot out."""
