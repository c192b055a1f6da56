"""The machinery around the course: `python3 -m ci`, the tests, nbval's settings, the benchmarks."""
