"""The proof that the box holds: every guarantee attacked on this machine, one by one."""
