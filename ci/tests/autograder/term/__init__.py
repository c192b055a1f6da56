"""A term as an instructor has it, played with the real commands."""
