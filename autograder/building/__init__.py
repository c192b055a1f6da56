"""From source/ to assignments/ and solutions/, refused where an answer leaks or a cell is wrong."""
