"""How much a number moves when an input does, with an error bar: differences, random directions, wiggling."""
