"""Other languages than English: a catalogue a file, and what finds a finished sentence in it."""
