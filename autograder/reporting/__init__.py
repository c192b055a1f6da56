"""What a class misunderstood: told from the gradebook and from what grading left, without running anything."""
