"""Pictures to learn from without a download: real digits, cars drawn from a seed, CIFAR-10 where a student has it."""
