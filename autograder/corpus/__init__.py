"""The answers and attacks of audit/, read and put together as hand-ins."""
