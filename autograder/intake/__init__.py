"""What was handed in: found, unpacked, read, grafted onto the master, looked at."""
