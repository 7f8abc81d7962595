"""The conditional generator: its data, networks, training and judging."""
