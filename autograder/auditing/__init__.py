"""The audit: mistakes, right answers and seeds show whether each test cell takes exactly the right points."""
