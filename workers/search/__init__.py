"""`Wish` in, `Match`es from a catalogue snapshot out."""
