"""What a student is asked and earns nothing with: a guess before a picture, questions at the door of a notebook."""
