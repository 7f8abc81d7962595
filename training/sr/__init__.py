"""The enlarger: four times the pixels of a drawn frame; its data, networks, training and judging."""
